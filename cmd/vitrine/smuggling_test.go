package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// bareTenant answers every request and remembers its first line and body; what
// it cannot read it remembers as garbage. Whoever comes to sign in is let in.
type bareTenant struct {
	net.Listener
	mu   sync.Mutex
	seen []string
}

func newBareTenant(t *testing.T) *bareTenant {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	b := &bareTenant{Listener: listener}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go b.serve(conn)
		}
	}()
	return b
}

func (b *bareTenant) serve(conn net.Conn) {
	defer conn.Close()
	for r := bufio.NewReader(conn); ; {
		request, err := http.ReadRequest(r)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				b.note("garbage")
			}
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return // cut by whoever relays it: nothing came of it
		}
		b.note(strings.TrimSpace(request.Method + " " + request.RequestURI + " " + string(body)))
		status, answer := "200 OK", "ok"
		switch {
		case strings.HasPrefix(request.URL.Path, "/.well-known/"):
			status = "404 Not Found"
		case request.URL.Path == "/oauth/token":
			answer = `{"access_token":"a","token_type":"Bearer","expires_in":21600}`
		case request.URL.Path == "/api/v1/users/me":
			answer = `{"id":"u","tenantId":"t","name":"Ann","subject":"s","status":"active"}`
		}
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", status, len(answer), answer)
	}
}

func (b *bareTenant) note(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = append(b.seen, what)
}

func (b *bareTenant) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := strings.Join(b.seen, " | ")
	b.seen = nil
	return seen
}

// signIn returns the header that a browser sends when it is signed in.
func signIn(t *testing.T, portal string) (cookie string) {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar, Timeout: 5 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	visit := func(address string) string {
		resp, err := browser.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.Header.Get("Location")
	}
	authorize, err := url.Parse(visit(portal + "/login"))
	if err != nil {
		t.Fatal(err)
	}
	visit(portal + "/login/callback?" + url.Values{"code": {"c"}, "state": {authorize.Query().Get("state")}}.Encode())
	home, _ := url.Parse(portal)
	for _, c := range jar.Cookies(home) {
		if c.Name == "vitrine" {
			return "Cookie: " + c.String() + "\r\n"
		}
	}
	t.Fatal("not signed in")
	return ""
}

// TestSmuggling sends what two servers could read in two ways to the program
// as it is. Each is refused, or the tenant sees exactly what the server
// understood by RFC 9112: never a part of a body as a request of its own.
func TestSmuggling(t *testing.T) {
	const (
		file   = "/qlik/qlik-embed/main.js"
		hidden = "GET /qlik/hidden HTTP/1.1\r\nHost: portal\r\n\r\n"
		post   = "POST /qlik-embed/main.js"
	)
	tenant := newBareTenant(t)
	addr := freeAddr(t)
	c := start(t, nil, "QLIK_TENANT_URL=http://"+tenant.Addr().String(), "QLIK_CLIENT_ID=client", "QLIK_CLIENT_SECRET=s",
		"PUBLIC_URL=http://"+addr, "LISTEN_ADDR="+addr, "SESSION_KEYS=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if status, _ := get(t, "http://"+addr+"/healthz"); status == http.StatusOK {
			break
		} else if time.Now().After(deadline) {
			t.Fatal(c.text())
		}
	}
	head := " " + file + " HTTP/1.1\r\nHost: portal\r\nSec-Fetch-Site: same-origin\r\n" + signIn(t, "http://"+addr)
	c.awaitLog(t, "set-up checked", 1) // which asks the tenant, too
	tenant.take()
	for name, tt := range map[string]struct {
		send     string
		statuses string // of all answers
		seen     string // by the tenant
	}{
		"nothing odd":             {"POST" + head + "Content-Length: 5\r\n\r\nhello", "200", post + " hello"},
		"nothing odd, in chunks":  {"POST" + head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "200", post + " hello"},
		"length, then chunks":     {"POST" + head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, "200 401", post},
		"chunks, then length":     {"POST" + head + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + hidden, "200 401", post},
		"two lengths":             {"POST" + head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + hidden, "400", ""},
		"one length twice":        {"POST" + head + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "200", post + " hello"},
		"a list of lengths":       {"POST" + head + "Content-Length: 5, 5\r\n\r\nhello", "400", ""},
		"a negative length":       {"POST" + head + "Content-Length: -5\r\n\r\nhello", "400", ""},
		"a length with a sign":    {"POST" + head + "Content-Length: +5\r\n\r\nhello", "400", ""},
		"a length in hex":         {"POST" + head + "Content-Length: 0x5\r\n\r\nhello", "400", ""},
		"a very long length":      {"POST" + head + "Content-Length: " + strings.Repeat("0", 40) + "5\r\n\r\nhello", "200", post + " hello"},
		"folded length":           {"POST" + head + "Content-Length:\r\n 5\r\n\r\nhello", "200", post + " hello"},
		"folded header":           {"POST" + head + "X-A: b\r\n\tTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello", "200", post + " hello"},
		"folded from the start":   {"GET " + file + " HTTP/1.1\r\n X: y\r\nHost: portal\r\n\r\n", "400", ""},
		"bare LF":                 {"GET " + file + " HTTP/1.1\nHost: portal\n\n", "200", "GET /qlik-embed/main.js"},
		"bare LF in a header":     {"POST" + head + "X-A: b\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello\r\n", "400", ""},
		"bare LF at the end":      {"GET" + head + "\n" + hidden, "200 401", "GET /qlik-embed/main.js"},
		"bare CR":                 {"POST" + head + "X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello", "400", ""},
		"another coding":          {"POST" + head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "501", ""},
		"two codings":             {"POST" + head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501", ""},
		"two codings, two lines":  {"POST" + head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", "501", ""},
		"a coding and a tab":      {"POST" + head + "Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + hidden, "200 401", post},
		"a coding in quotes":      {"POST" + head + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", "501", ""},
		"a space before a colon":  {"POST" + head + "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\nhello", "400", ""},
		"a space in a name":       {"POST" + head + "Content Length: 5\r\n\r\nhello", "400", ""},
		"a NUL in a value":        {"POST" + head + "X-A: b\x00c\r\nContent-Length: 5\r\n\r\nhello", "400", ""},
		"a NUL in a name":         {"POST" + head + "X\x00A: b\r\nContent-Length: 5\r\n\r\nhello", "400", ""},
		"no name":                 {"POST" + head + ": b\r\n\r\n", "400", ""},
		"no colon":                {"POST" + head + "nothing\r\n\r\n", "400", ""},
		"no host":                 {"GET " + file + " HTTP/1.1\r\n\r\n", "400", ""},
		"two hosts":               {"GET" + head + "Host: other\r\n\r\n", "400", ""},
		"a negative chunk":        {"POST" + head + "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", "400", ""},
		"a chunk too large":       {"POST" + head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n0\r\n\r\n", "400", ""},
		"a chunk with an end too": {"POST" + head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX\r\n0\r\n\r\n", "400", ""},
		"a bare LF chunk":         {"POST" + head + "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", "400", ""},
		"a chunk extension":       {"POST" + head + "Transfer-Encoding: chunked\r\n\r\n5;a=\"b;c\"\r\nhello\r\n0\r\n\r\n", "200", post + " hello"},
		"a trailer":               {"POST" + head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n", "200", post + " hello"},
		"three words":             {"GET " + file + " /x HTTP/1.1\r\nHost: portal\r\n\r\n", "400", ""},
		"two words":               {"GET " + file + "\r\nHost: portal\r\n\r\n", "400", ""},
		"a tab for a space":       {"GET\t" + file + "\tHTTP/1.1\r\nHost: portal\r\n\r\n", "400", ""},
		"another version":         {"GET " + file + " HTTP/1.2\r\nHost: portal\r\n\r\n", "200", "GET /qlik-embed/main.js"},
		"version 2 by hand":       {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "404", ""},
		"no version 1":            {"GET " + file + " HTTP/9.9\r\nHost: portal\r\n\r\n", "505", ""},
		"a line break, escaped":   {"GET " + file + "%0d%0aX:%20y HTTP/1.1\r\nHost: portal\r\n\r\n", "400", ""},
		"dot segments":            {"GET" + strings.Replace(head, file, "/qlik/../api/v1/items", 1) + "\r\n", "400", ""},
		"dot segments, encoded":   {"GET" + strings.Replace(head, file, "/qlik/%2e%2e/api/v1/items", 1) + "\r\n", "400", ""},
		"two, one after another":  {"GET" + head + "\r\nGET" + head + "\r\n", "200 200", "GET /qlik-embed/main.js | GET /qlik-embed/main.js"},
		"behind a body of GET":    {"GET" + head + "Content-Length: 5\r\n\r\nhelloGET" + head + "\r\n", "200 200", "GET /qlik-embed/main.js hello | GET /qlik-embed/main.js"},
		"behind a refused upgrade": {"GET /qlik/app/x HTTP/1.1\r\nHost: portal\r\nSec-Fetch-Site: same-origin\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + hidden,
			"401", ""},
		"a head too large":  {"GET" + head + "X-A: " + strings.Repeat("x", 80<<10) + "\r\n\r\n", "431", ""},
		"a line too long":   {"GET " + file + "?" + strings.Repeat("x", 80<<10) + " HTTP/1.1\r\nHost: portal\r\n\r\n", "431", ""},
		"an upgrade of 1.0": {"GET" + strings.Replace(head, "1.1", "1.0", 1) + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "200", "GET /qlik-embed/main.js"},
	} {
		statuses := sendRaw(t, addr, tt.send)
		seen := tenant.take()
		if statuses != tt.statuses || seen != tt.seen {
			t.Errorf("%s: answered %s, the tenant saw %q; want %s and %q", name, statuses, seen, tt.statuses, tt.seen)
		}
	}
}

// sendRaw returns the statuses of all answers.
func sendRaw(t *testing.T, addr, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, request)
	var statuses []string
	patience := 5 * time.Second
	for r := bufio.NewReader(conn); ; {
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		patience = 300 * time.Millisecond // a connection that stays open is silent
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			return strings.Join(statuses, " ")
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		statuses = append(statuses, fmt.Sprint(resp.StatusCode))
	}
}
