package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"vitrine/config"
	"vitrine/store"
)

// released is set by the build of a release (-ldflags "-X main.released=…").
var released string

func version() string {
	if released != "" {
		return released
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func (p program) migrate(ctx context.Context) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	if databaseURL(c) == inMemory {
		_, err = fmt.Fprintln(p.out, "The database is in memory, and is made anew at each start: nothing to migrate. DATABASE_URL names one that lasts.")
		return err
	}
	db, err := store.OpenDB(ctx, databaseURL(c))
	if err != nil {
		return usageErrorf("DATABASE_URL %w", err)
	}
	defer db.Close()
	from, to, err := db.Migrate(ctx)
	if errors.Is(err, store.ErrPassword) {
		return usageErrorf("DATABASE_URL: %w", err)
	}
	if err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	if from == to {
		_, err = fmt.Fprintf(p.out, "The database is up to date (schema %d).\n", to)
	} else {
		_, err = fmt.Fprintf(p.out, "The database was brought from schema %d to %d.\n", from, to)
	}
	return err
}

// prune does once what a running portal does every day.
func (p program) prune(ctx context.Context) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, c, false)
	if err != nil {
		return err
	}
	defer db.Close()
	deleted, err := db.PruneSignIns(ctx, time.Now().Add(-c.SignInLogRetention))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%d entries older than %v were deleted from the sign-in log.\n", deleted, c.SignInLogRetention)
	return err
}

// healthcheck is for containers without a shell: it asks the portal on this
// machine's own port.
func (p program) healthcheck(ctx context.Context) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(c.ListenAddr)
	if err != nil {
		return usageErrorf("LISTEN_ADDR is %q", c.ListenAddr)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return errors.New("the portal does not answer")
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the portal answers %d", resp.StatusCode)
	}
	return nil
}

// inMemory is the URL of a database that ends with the process.
const inMemory = "sqlite::memory:"

// databaseURL fills in the default: a file beside the program, or memory in the
// demo, which leaves nothing behind.
func databaseURL(c config.Config) string {
	switch {
	case c.DatabaseURL != "":
		return c.DatabaseURL.Reveal()
	case c.Demo:
		return inMemory
	}
	return "sqlite:vitrine.db"
}
