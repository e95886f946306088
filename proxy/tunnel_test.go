package proxy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"vitrine/auth"
	"vitrine/proxy/tunnel"
)

// TestEngineAddresses covers every form of the engine's addresses that Qlik's
// libraries build; the tenant must get each as it was sent.
func TestEngineAddresses(t *testing.T) {
	const app = "/app/4f6a2a0e-8b1c-4c6b-9d8e-1f2a3b4c5d6e"
	for _, address := range []string{
		app,
		app + "?reloadUri=wss%3A%2F%2Fportal.example.com%2Fqlik%2Fsense%2Fapp%2F4f6a2a0e",
		app + "?reloadUri=x&workloadType=interactive-reload",
		app + "/identity/my%20own/identity%E2%82%AC",
		app + "/identity/a/ttl/60?reloadUri=x",
		app + "/ttl/3600",
		app + "?reloadUri=x&qlik-csrf-token=c&qlik-web-integration-id=WI-1",
		"/app/SessionApp_1764000000000",
		"/app/SessionApp_17?from=4f6a2a0e-8b1c-4c6b-9d8e-1f2a3b4c5d6e",
		"/app/engineData",
		"/app/%3Ftranscient%3D",
	} {
		var seen string
		var bearer []string
		base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
			seen, bearer = r.RequestURI, r.Header["Authorization"]
			if r.Header.Get("Cookie")+r.Header.Get("Origin") != "" {
				t.Errorf("%s: Cookie or Origin reached the tenant", address)
			}
			echo(w, r)
		})
		more := "?accessToken=stolen"
		if strings.Contains(address, "?") {
			more = "&accessToken=stolen"
		}
		conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(base, "http")+"/qlik"+address+more,
			&websocket.DialOptions{HTTPHeader: http.Header{"Cookie": {"vitrine=1"}, "Origin": {publicURL}}})
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		roundTrip(t, conn, "hello")
		_ = conn.CloseNow()
		if seen != address || len(bearer) != 1 || bearer[0] != "Bearer token-1" {
			t.Errorf("%s: the tenant saw %s with %d bearers", address, seen, len(bearer))
		}
	}
}

func TestUpgradeIsRefreshedOnceAndKeepsTheTenantsRefusal(t *testing.T) {
	var asked atomic.Int32
	base, p := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch {
		case strings.HasSuffix(r.URL.Path, "/never"):
			w.Header().Set("Retry-After", "7")
			WriteError(w, http.StatusForbidden, "HTTP-403", "Forbidden", "trace-1")
		case r.Header.Get("Authorization") == "Bearer token-2":
			echo(w, r)
		default:
			WriteError(w, http.StatusUnauthorized, "HTTP-401", "Unauthorized", "trace-2")
		}
	}, func(o *Options) { o.Refresh = toToken2 })
	roundTrip(t, dial(t, base), "hello")
	if asked.Load() != 2 {
		t.Errorf("the tenant was asked %d times, want 2", asked.Load())
	}
	_, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(base, "http")+"/qlik/app/never", nil)
	if err == nil || resp.StatusCode != http.StatusForbidden || resp.Header.Get("Retry-After") != "7" {
		t.Fatalf("error %v, answer %v; want 403 as the tenant gave it", err, resp)
	}
	if body, _ := io.ReadAll(resp.Body); !bytes.Contains(body, []byte("trace-1")) {
		t.Errorf("body %s, want the tenant's", body)
	}
	p.Sockets.EndSession(auth.Handle("session-1"))
	waitFor(t, "the socket to close", func() bool { return p.Sockets.Len() == 0 })
}

func TestRefusedUpgradesGiveTheirPlaceBack(t *testing.T) {
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/never") {
			WriteError(w, http.StatusForbidden, "HTTP-403", "Forbidden", "trace-1")
			return
		}
		echo(w, r)
	}, func(o *Options) { o.MaxSockets = 1 })
	for range 3 {
		_, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(base, "http")+"/qlik/app/never", nil)
		if err == nil || resp.StatusCode != http.StatusForbidden {
			t.Fatalf("error %v, answer %v; want the tenant's 403", err, resp)
		}
	}
	roundTrip(t, dial(t, base), "hello")
}

func toToken2(_ context.Context, s auth.Session) (auth.Session, error) {
	s.Tokens.AccessToken = "token-2"
	return s, nil
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// rawEngine is a tenant that agrees to any upgrade and then does with the
// connection what a test says.
func rawEngine(then func(*net.TCPConn, *bufio.ReadWriter)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, switching)
		then(conn.(*net.TCPConn), buffered)
	}
}

const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: qix\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSet-Cookie: a=1\r\n\r\n"

// rawDial opens a socket by hand, and returns the answer's head.
func rawDial(t *testing.T, base string, behind string) (*net.TCPConn, *bufio.Reader, string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.WriteString(conn, "GET /qlik/app/x HTTP/1.1\r\nHost: portal\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: qix\r\n"+
		"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"+behind)
	r := bufio.NewReader(conn)
	var head strings.Builder
	for {
		line, err := r.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return conn.(*net.TCPConn), r, head.String()
		}
	}
}

func TestHandshakePassesWhatWasNegotiated(t *testing.T) {
	base, p := newRelay(t, rawEngine(func(c *net.TCPConn, b *bufio.ReadWriter) {
		// Both sides may speak before the other has read the answer.
		_, _ = c.Write([]byte{0x81, 2, 'h', 'i'})
		early := make([]byte, 8)
		_, _ = io.ReadFull(b, early)
		_, _ = c.Write(early)
		time.Sleep(50 * time.Millisecond)
		c.Close()
	}))
	go p.Sockets.Watch(t.Context(), time.Hour, func(context.Context, string, bool) (time.Time, bool) { return time.Time{}, false })
	conn, r, head := rawDial(t, base, string(maskedFrame(1, []byte("yo"))))
	for _, want := range []string{"HTTP/1.1 101 ", "Upgrade: websocket\r\n", "Sec-Websocket-Protocol: qix\r\n", "Sec-Websocket-Extensions: permessage-deflate\r\n", "Sec-Websocket-Accept: x\r\n"} {
		if !strings.Contains(head, want) {
			t.Errorf("no %q in %s", want, head)
		}
	}
	if strings.Contains(head, "Cookie") {
		t.Errorf("the tenant's cookie in %s", head)
	}
	got, _ := io.ReadAll(r)
	if want := append([]byte{0x81, 2, 'h', 'i'}, maskedFrame(1, []byte("yo"))...); !bytes.Equal(got, want) {
		t.Errorf("received %x, want %x", got, want)
	}
	conn.Close()
	waitFor(t, "the socket to be forgotten", func() bool { return p.Sockets.Len() == 0 })
}

// However a connection ends, the other side learns of it soon, and no close
// frame is made up that would tell a library to come again, or not to.
func TestEndsCross(t *testing.T) {
	reset := func(c *net.TCPConn) { _ = c.SetLinger(0); c.Close() }
	for name, tt := range map[string]struct {
		tenant, browser func(*net.TCPConn)
		received        []byte // by the browser, before its end
	}{
		"tenant closes without a word": {tenant: func(c *net.TCPConn) { c.Close() }},
		"tenant resets":                {tenant: reset},
		"tenant sends a close frame without a code": {tenant: func(c *net.TCPConn) {
			_, _ = c.Write([]byte{0x88, 0})
			c.Close()
		}, received: []byte{0x88, 0}},
		"tenant sends half a frame and dies": {tenant: func(c *net.TCPConn) {
			_, _ = c.Write([]byte{0x81, 5, 'h'})
			c.Close()
		}, received: []byte{0x81, 5, 'h'}},
		"tenant sends a message and dies": {tenant: func(c *net.TCPConn) {
			_, _ = c.Write([]byte{0x81, 1, 'h'})
			c.Close()
		}, received: []byte{0x81, 1, 'h'}},
		"tenant closes its half": {tenant: func(c *net.TCPConn) { _ = c.CloseWrite() }, browser: func(c *net.TCPConn) { c.Close() }},
		"browser resets":         {browser: reset},
		"browser closes":         {browser: func(c *net.TCPConn) { c.Close() }},
	} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan struct{})
			base, p := newRelay(t, rawEngine(func(c *net.TCPConn, _ *bufio.ReadWriter) {
				if tt.tenant != nil {
					tt.tenant(c)
				}
				_, _ = io.Copy(io.Discard, c)
				c.Close()
				close(ended)
			}))
			go p.Sockets.Watch(t.Context(), time.Hour, func(context.Context, string, bool) (time.Time, bool) { return time.Time{}, false })
			conn, r, _ := rawDial(t, base, "")
			if tt.tenant != nil {
				got, err := io.ReadAll(r)
				if !bytes.Equal(got, tt.received) || errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("the browser received %x, %v; want %x and an end", got, err, tt.received)
				}
			}
			if tt.browser != nil {
				tt.browser(conn)
			} else {
				conn.Close()
			}
			select {
			case <-ended:
			case <-time.After(5 * time.Second):
				t.Error("the tenant's connection stays open")
			}
			waitFor(t, "the socket to be forgotten", func() bool { return p.Sockets.Len() == 0 })
		})
	}
}

// A reader that takes its time holds back the sender, and not in our memory;
// ending its session ends it all the same.
func TestSlowReaderHoldsBackTheSender(t *testing.T) {
	var sent atomic.Int64
	base, p := newRelay(t, rawEngine(func(c *net.TCPConn, _ *bufio.ReadWriter) {
		defer c.Close()
		_, _ = c.Write([]byte{0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0}) // 4 GiB to come
		piece := make([]byte, 64<<10)
		for {
			n, err := c.Write(piece)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	}))
	conn, _, _ := rawDial(t, base, "")
	var last int64
	waitFor(t, "the sender to be held back", func() bool {
		before := last
		time.Sleep(100 * time.Millisecond)
		last = sent.Load()
		return last > 0 && last == before
	})
	if last > 64<<20 {
		t.Errorf("%d MiB were taken from the tenant for a browser that does not read", last>>20)
	}
	begun := time.Now()
	p.Sockets.EndSession(auth.Handle("session-1"))
	waitFor(t, "the socket to be cut", func() bool { return p.Sockets.Len() == 0 })
	if took := time.Since(begun); took > time.Second {
		t.Errorf("a session that ended kept its socket for %v", took)
	}
	conn.Close()
}

func TestSocketsOfOneSessionAreBounded(t *testing.T) {
	base, p := newRelay(t, echo, func(o *Options) { o.MaxSockets = 3 })
	conns := []*websocket.Conn{dial(t, base), dial(t, base), dial(t, base)}
	_, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(base, "http")+"/qlik/app/x", nil)
	if err == nil || resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Fatalf("a fourth socket: %v, %v; want 429", err, resp)
	}
	if body, _ := io.ReadAll(resp.Body); !bytes.Contains(body, []byte(`"code":"HTTP-429"`)) {
		t.Errorf("body %s, want Qlik's form", body)
	}
	_ = conns[0].CloseNow()
	waitFor(t, "a place to become free", func() bool { return p.Sockets.Len() == 2 })
	roundTrip(t, dial(t, base), "hello")
}

// No protocol but WebSocket is switched to, and not for requests that could
// carry another behind them.
func TestOtherUpgradesArePlainRequests(t *testing.T) {
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "upgrade=%q connection=%q", r.Header.Get("Upgrade"), r.Header.Get("Connection"))
	})
	for name, tt := range map[string]struct {
		request string
		status  string
	}{
		"h2c":                   {"GET /qlik/x HTTP/1.1\r\nHost: p\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAA\r\n\r\n", "200"},
		"two protocols":         {"GET /qlik/x HTTP/1.1\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: h2c, websocket\r\n\r\n", "200"},
		"two headers":           {"GET /qlik/x HTTP/1.1\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n\r\n", "200"},
		"by POST":               {"POST /qlik/x HTTP/1.1\r\nHost: p\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "200"},
		"of HTTP/1.0":           {"GET /qlik/x HTTP/1.0\r\nHost: p\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "200"},
		"no Connection":         {"GET /qlik/x HTTP/1.1\r\nHost: p\r\nUpgrade: websocket\r\n\r\n", "200"},
		"with a body":           {"GET /qlik/x HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello", "400"},
		"with a body in pieces": {"GET /qlik/x HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n0\r\n\r\n", "400"},
		"of a public file":      {"GET /qlik/qlik-embed/main.js HTTP/1.1\r\nHost: p\r\nTest-Signed-Out: 1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "401"},
	} {
		resp, body := rawDo(t, base, tt.request)
		if !strings.HasPrefix(resp.Status, tt.status) || tt.status == "200" && body != `upgrade="" connection=""` {
			t.Errorf("%s: %s %s, want %s and no upgrade", name, resp.Status, body, tt.status)
		}
	}
}

// rawDo sends a request as it is spelled.
func rawDo(t *testing.T, base, request string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.WriteString(conn, request)
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%.80q: %v", request, err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp, string(body)
}

// A tenant asked by TLS is read by another way, which has to wait with a
// buffer in hand.
func TestMessagesPassFromTenantByTLS(t *testing.T) {
	tenant := httptest.NewTLSServer(http.HandlerFunc(echo))
	t.Cleanup(tenant.Close)
	base, p := newRelay(t, echo, func(o *Options) {
		transport := NewTransport()
		transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: tenant.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
		o.TenantURL, o.Transport = tenant.URL, transport
	})
	conn := dial(t, base)
	for _, size := range []int{1, 496, 500, 501, 16 << 10, 1 << 20, 3, 100 << 10, 5} {
		roundTrip(t, conn, strings.Repeat("x", size))
	}
	time.Sleep(500*time.Millisecond + 50*time.Millisecond) // it goes back to waiting with little
	roundTrip(t, conn, "still here")
	p.Sockets.EndSession(auth.Handle("session-1"))
	if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != tunnel.CloseSessionEnded {
		t.Errorf("closed with %v, want 4006", err)
	}
}
