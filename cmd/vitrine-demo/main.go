// Command vitrine-demo starts the demo tenant alone: a stand-in Qlik Cloud for
// tests of programs that talk to one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"vitrine/demo"
	"vitrine/static"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "vitrine-demo:", err)
		os.Exit(1)
	}
}

// run serves a tenant until the context ends. It prints the tenant's URL once
// the tenant accepts connections.
func run(ctx context.Context, args []string, out, logs io.Writer) error {
	flags := flag.NewFlagSet("vitrine-demo", flag.ContinueOnError)
	flags.SetOutput(logs)
	addr := flags.String("addr", "localhost:8090", "`address` to listen on; port 0 takes a free one")
	publicURL := flags.String("url", "", "public `URL` of the tenant, its issuer (default http:// and the address)")
	id := flags.String("client-id", demo.DefaultClientID, "`ID` of the registered Web client")
	secret := flags.String("client-secret", demo.DefaultClientSecret, "its `secret`")
	redirects := flags.String("redirect-uri", demo.DefaultRedirectURI, "its redirect `URIs`, comma-separated, at most five")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; see -help", flags.Arg(0))
	}
	files, err := static.New()
	if err != nil {
		return err
	}
	runtime, err := fs.Sub(files.Vendor(), "nebula")
	if err != nil {
		return fmt.Errorf("open browser runtime: %w", err)
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("listen on -addr: %w", err)
	}
	defer listener.Close()
	if *publicURL == "" {
		host, _, _ := net.SplitHostPort(*addr)
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		if host == "" {
			host = "localhost"
		}
		*publicURL = "http://" + net.JoinHostPort(host, port)
	}
	tenant, err := demo.New(demo.Options{
		URL: *publicURL, ClientID: *id, ClientSecret: *secret, RedirectURIs: strings.Split(*redirects, ","),
		Runtime: runtime, Logger: slog.New(slog.NewTextHandler(logs, nil)),
	})
	if err != nil {
		return err
	}
	defer func() { _ = tenant.Close() }()
	server := &http.Server{Handler: tenant, ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() {
		_ = tenant.Close() // sockets first: Shutdown does not wait for them
		_ = server.Shutdown(context.WithoutCancel(ctx))
	})()
	_, _ = fmt.Fprintln(out, *publicURL)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
