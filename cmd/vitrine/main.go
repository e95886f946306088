// Command vitrine is the program: a portal and backend-for-frontend for Qlik
// Cloud. It reads the configuration, wires the packages together, and owns
// nothing itself.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // an image from scratch has no time zones of its own

	"vitrine/config"
	"vitrine/handlers"
)

// Exit statuses: a setting is wrong, which an admin mends, or the program
// failed, which a restart may.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

const usage = `vitrine, a portal for Qlik Cloud

  vitrine [serve]       run the portal; without QLIK_TENANT_URL, with a demo tenant;
                        --migrate brings the database's schema up to date first
  vitrine migrate       bring the database's schema up to date
  vitrine prune         delete what is older than SIGN_IN_LOG_RETENTION from the sign-in log
  vitrine keygen        print a new key for SESSION_KEYS
  vitrine keygen jwt    make the key pair of a JWT identity provider at the tenant
  vitrine healthcheck   ask a running portal on this machine whether it lives
  vitrine version       print the version

Configuration is by environment; the README lists every variable.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	for _, line := range faultLines(err) {
		fmt.Fprintln(os.Stderr, "vitrine: "+line)
	}
	os.Exit(exitStatus(err))
}

// usageError is a fault of whoever started the program: a setting, an argument,
// or a port that is taken.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usageErrorf(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// program is what every command gets.
type program struct {
	getenv      func(string) string
	out, errOut io.Writer
	// migrateFirst lets serve bring the schema of a PostgreSQL up to date.
	migrateFirst bool
}

// run is the program without the process: tests call it with their own
// environment.
func run(ctx context.Context, args []string, getenv func(string) string, out, errOut io.Writer) error {
	p := program{getenv: getenv, out: out, errOut: errOut}
	command := "serve"
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "help", "-h", "--help":
		_, err := io.WriteString(out, usage)
		return err
	case "version", "-v", "--version":
		_, err := fmt.Fprintln(out, "vitrine "+version())
		return err
	}
	if command == "keygen" {
		return p.keygen(ctx, args...)
	}
	if command == "serve" && len(args) == 1 && args[0] == "--migrate" {
		p.migrateFirst, args = true, nil
	}
	commands := map[string]func(context.Context) error{
		"serve": p.serve, "migrate": p.migrate, "healthcheck": p.healthcheck, "prune": p.prune,
	}
	do, ok := commands[command]
	if !ok {
		return usageErrorf("there is no command %q; `vitrine help` lists them", command)
	}
	if len(args) > 0 {
		return usageErrorf("%s takes no arguments, got %q", command, strings.Join(args, " "))
	}
	return do(ctx)
}

func (p program) config() (config.Config, error) {
	c, err := config.Load(p.getenv, os.ReadFile, handlers.EmbedModes())
	if err != nil {
		return c, usageError{err}
	}
	return c, nil
}

// faultLines returns one line for each thing that is wrong.
func faultLines(err error) []string {
	var faults config.Faults
	if errors.As(err, &faults) {
		return faults
	}
	if err == nil {
		return nil
	}
	return []string{strings.ReplaceAll(err.Error(), "\n", "; ")}
}

func exitStatus(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		return exitUsage
	}
	return exitFailed
}
