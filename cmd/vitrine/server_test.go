package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/proxy"
)

// served is a handler behind the server as it is set up for the portal, whose
// patience with bodies is short.
func served(t *testing.T, bodyTime time.Duration, h http.Handler) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(h, bodyTime, slog.New(slog.DiscardHandler))
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// relayTo relays for everyone who has a cookie, whichever.
func relayTo(t *testing.T, tenant *bareTenant) http.Handler {
	t.Helper()
	relay, err := proxy.New(proxy.Options{
		TenantURL: "http://" + tenant.Addr().String(), PublicURL: "http://portal",
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" {
			r = r.WithContext(auth.NewContext(r.Context(), auth.Session{ID: "someone", Tokens: auth.TokenSet{AccessToken: "a"}}))
		}
		relay.ServeHTTP(w, r)
	})
}

// connect returns a connection that gives up when nothing comes.
func connect(t *testing.T, addr string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	return conn, bufio.NewReader(conn)
}

// TestSlowHeadersHoldNoConnection: one byte at a time would keep a connection
// open for ever. It takes the ten seconds that the server allows.
func TestSlowHeadersHoldNoConnection(t *testing.T) {
	t.Parallel()
	addr := served(t, time.Minute, http.NotFoundHandler())
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	begin := time.Now()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, conn) // until the server hangs up
	}()
	_, _ = io.WriteString(conn, "GET /login HTTP/1.1\r\nHost: portal\r\nX-Slow: ")
	for {
		select {
		case <-gone:
			if took := time.Since(begin); took < 5*time.Second {
				t.Errorf("hung up after %v: a slow line is no attack", took)
			}
			return
		case <-time.After(200 * time.Millisecond):
			_, _ = io.WriteString(conn, "a")
		}
		if time.Since(begin) > 20*time.Second {
			t.Fatal("the connection is still open")
		}
	}
}

// The server reads on in a body that nobody wanted before it answers: without a
// bound, a byte of it now and then holds the connection for good.
func TestSlowBodyOfARefusedRequestHoldsNoConnection(t *testing.T) {
	addr := served(t, 100*time.Millisecond, relayTo(t, newBareTenant(t)))
	for name, length := range map[string]string{"of a length": "Content-Length: 100\r\n\r\nx", "in chunks": "Transfer-Encoding: chunked\r\n\r\n1\r\nx"} {
		conn, r := connect(t, addr)
		_, _ = io.WriteString(conn, "POST /qlik/x HTTP/1.1\r\nHost: portal\r\n"+length)
		resp, err := http.ReadResponse(r, nil)
		if err != nil || resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %v, %v; want 401", name, resp, err)
			continue
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		if _, err := r.ReadByte(); err != io.EOF {
			t.Errorf("%s: the connection stays open: %v", name, err)
		}
	}
}

// The relay bounds each piece of an upload, and not the whole.
func TestUploadMayTakeLongerThanABodyNobodyReads(t *testing.T) {
	const bodyTime, pieces = 100 * time.Millisecond, 8
	tenant := newBareTenant(t)
	addr := served(t, bodyTime, relayTo(t, tenant))
	conn, r := connect(t, addr)
	_, _ = io.WriteString(conn, "POST /qlik/qlik-embed/main.js HTTP/1.1\r\nHost: portal\r\nCookie: any\r\nContent-Length: 8\r\n\r\n")
	for range pieces {
		time.Sleep(2 * bodyTime / pieces)
		_, _ = io.WriteString(conn, "x")
	}
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", resp, err)
	}
	if seen := tenant.take(); seen != "POST /qlik-embed/main.js xxxxxxxx" {
		t.Errorf("the tenant saw %q", seen)
	}
}

// What is bound is one body: neither the answer to it, when it is read in full,
// nor what comes after on the same connection.
func TestBoundOfABodyEndsWithIt(t *testing.T) {
	const bodyTime = 100 * time.Millisecond
	addr := served(t, bodyTime, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
			w.WriteHeader(http.StatusTeapot) // the server takes the browser for gone
		case <-time.After(2 * bodyTime):
		}
	}))
	conn, r := connect(t, addr)
	for _, request := range []string{"POST / HTTP/1.1\r\nHost: portal\r\nContent-Length: 1\r\n\r\nx", "GET / HTTP/1.1\r\nHost: portal\r\n\r\n"} {
		time.Sleep(2 * bodyTime)
		_, _ = io.WriteString(conn, request)
		resp, err := http.ReadResponse(r, nil)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%.4s: %v, %v", request, resp, err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
	}
}

// net/http writes what a tenant sends unasked to the standard logger, and that
// may be anything.
func TestLogHoldsNothingThatATenantSendsUnasked(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	closed := make(chan string, 100)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				request, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\nthe-tenants-secret")
				_, _ = io.Copy(io.Discard, conn) // until the portal has seen it
				closed <- request.RequestURI
			}()
		}
	}()
	addr := freeAddr(t)
	c := start(t, nil, "QLIK_TENANT_URL=http://"+listener.Addr().String(), "QLIK_CLIENT_ID=client", "QLIK_CLIENT_SECRET=s", "LOG_LEVEL=debug",
		"PUBLIC_URL=http://"+addr, "LISTEN_ADDR="+addr, "SESSION_KEYS=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	c.awaitLog(t, `"serving"`, 1)
	if status, body := get(t, "http://"+addr+"/qlik/qlik-embed/main.js"); status != http.StatusNoContent {
		t.Fatalf("%d %s", status, body)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for path := ""; path != "/qlik-embed/main.js"; {
		select {
		case path = <-closed:
		case <-ctx.Done():
			t.Fatal("the connection to the tenant stays open")
		}
	}
	if strings.Contains(c.text(), "secret") {
		t.Errorf("the log:\n%s", c.text())
	}
}
