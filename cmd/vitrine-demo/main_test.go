package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// start runs the program and returns the URL it prints.
func start(t *testing.T, args ...string) string {
	t.Helper()
	out, in := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		err := run(ctx, args, in, io.Discard)
		in.CloseWithError(err)
		done <- err
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("no URL: %v", err)
	}
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the program failed: %v", err)
		}
	})
	return strings.TrimSpace(line)
}

func TestTenantServesTheGivenClient(t *testing.T) {
	base := start(t, "-addr", "127.0.0.1:0", "-client-id", "mine", "-client-secret", "a-secret-of-mine", "-redirect-uri", "http://localhost:9/cb,https://app.example/cb")
	resp, err := http.Get(base + "/.well-known/oauth-authorization-server")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var metadata struct{ Issuer string }
	if err := json.NewDecoder(resp.Body).Decode(&metadata); err != nil || metadata.Issuer != base {
		t.Errorf("issuer %q, want %q: %v", metadata.Issuer, base, err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for redirect, want := range map[string]int{"https://app.example/cb": http.StatusFound, "https://other.example/cb": http.StatusBadRequest} {
		q := url.Values{"client_id": {"mine"}, "redirect_uri": {redirect}, "response_type": {"code"}, "state": {"s"},
			"code_challenge": {strings.Repeat("a", 43)}, "code_challenge_method": {"S256"}, "scope": {"user_default"}}
		resp, err := client.Get(base + "/oauth/authorize?" + q.Encode())
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("redirect to %s: %d, want %d", redirect, resp.StatusCode, want)
		}
	}
}

func TestBadArgumentsAreErrors(t *testing.T) {
	for _, args := range [][]string{{"-addr", "nowhere"}, {"-unknown"}, {"serve"}, {"-addr", "127.0.0.1:0", "-url", "ftp://x"}} {
		if err := run(context.Background(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}
