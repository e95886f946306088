package qlik

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// script is a server that answers the requests of each connection with what was
// written for them, byte by byte, and then says nothing more.
type script struct {
	addr  string
	conns atomic.Int32
	asked atomic.Int32
}

const (
	ok2    = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	hangUp = "" // in place of an answer
	leave  = "leave without a request"
)

func play(t *testing.T, answers ...string) *script {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s := &script{addr: "http://" + l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.conns.Add(1)
			go s.serve(conn, answers)
		}
	}()
	return s
}

func (s *script) serve(conn net.Conn, answers []string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for _, answer := range answers {
		if answer == leave {
			return
		}
		if _, err := http.ReadRequest(r); err != nil {
			return
		}
		s.asked.Add(1)
		if answer == hangUp {
			return
		}
		_, _ = io.WriteString(conn, answer)
	}
	_, _ = r.ReadByte() // until the other end goes
}

// told is what a caller learns of an answer.
type told struct {
	status           int
	header, trailers string
	body             string
	failed           bool
}

func tell(hc *http.Client, method, address string) told {
	r, _ := http.NewRequest(method, address, nil)
	resp, err := hc.Do(r)
	if err != nil {
		return told{failed: true}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	resp.Header.Del("Date")
	flat := func(h http.Header) string {
		var lines []string
		for _, name := range slices.Sorted(maps.Keys(h)) {
			lines = append(lines, name+": "+strings.Join(h[name], ", "))
		}
		return strings.Join(lines, "\n")
	}
	return told{resp.StatusCode, flat(resp.Header), flat(resp.Trailer), string(body), err != nil}
}

func TestTransportAnswersAsTheLibrarysDoes(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct{ method, answer string }{
		"of a length":             {"GET", ok2},
		"of no length":            {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
		"large":                   {"GET", fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(long), long)},
		"in chunks":               {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-After\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\nX-After: yes\r\n\r\n"},
		"until the end":           {"GET", "HTTP/1.0 200 OK\r\n\r\nuntil"},
		"no content":              {"GET", "HTTP/1.1 204 No Content\r\n\r\n"},
		"not modified":            {"GET", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 7\r\n\r\n"},
		"head":                    {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"},
		"hints before":            {"GET", strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n", 8) + ok2},
		"repeated fields":         {"GET", "HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n"},
		"refused":                 {"GET", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 2\r\n\r\nno"},
		"no HTTP":                 {"GET", "SSH-2.0-OpenSSH\r\n\r\n"},
		"cut off in its head":     {"GET", "HTTP/1.1 200 OK\r\nContent-"},
		"cut off in its body":     {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort"},
		"two lengths":             {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!"},
		"bad chunks":              {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"},
		"another protocol":        {"GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"},
		"too many hints":          {"GET", strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 20_000) + ok2},
		"a head too long":         {"GET", "HTTP/1.1 200 OK\r\nX-Long: " + long + "\r\n\r\n"},
		"elsewhere":               {"GET", "HTTP/1.1 302 Found\r\nLocation: ftp://other/\r\nContent-Length: 0\r\n\r\n"},
		"with what nobody wanted": {"GET", ok2 + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := play(t, c.answer, leave)
			base := &http.Transport{MaxResponseHeaderBytes: headerLimit}
			defer base.CloseIdleConnections()
			want := tell(&http.Client{Transport: base, Timeout: 5 * time.Second}, c.method, s.addr)
			if name == "another protocol" {
				want = told{failed: true} // the library lets callers have the connection
			}
			if got := tell(&http.Client{Transport: NewTransport(base), Timeout: 5 * time.Second}, c.method, s.addr); got != want {
				t.Errorf("got %.300v, the library %.300v", got, want)
			}
		})
	}
}

func TestTransportEndsWithItsContext(t *testing.T) {
	for name, answer := range map[string]string{
		"before the head":  "HTTP/1.1 200",
		"before the body":  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
		"amid of the body": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no",
	} {
		s := play(t, answer)
		transport := NewTransport(&http.Transport{})
		for end, limit := range map[error]func(context.Context) (context.Context, context.CancelFunc){
			context.DeadlineExceeded: func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, 50*time.Millisecond)
			},
			context.Canceled: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(50*time.Millisecond, cancel)
				return ctx, cancel
			},
		} {
			ctx, cancel := limit(t.Context())
			r, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.addr, nil)
			resp, err := transport.RoundTrip(r)
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			cancel()
			if !errors.Is(err, end) {
				t.Errorf("%s: %v instead of %v", name, err, end)
			}
			if n := len(transport.idle.conns); n != 0 {
				t.Errorf("%s: %d connections kept", name, n)
			}
		}
	}
}

func TestTransportLeavesTheRestToTheLibrary(t *testing.T) {
	proxied := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "by the proxy to "+r.URL.Host)
	}))
	defer proxied.Close()
	through, _ := url.Parse(proxied.URL)
	base := &http.Transport{Proxy: http.ProxyURL(through)}
	defer base.CloseIdleConnections()
	call(t, &http.Client{Transport: NewTransport(base)}, "GET", "http://tenant.example", "by the proxy to tenant.example")
}

func TestTransportByTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Proto, r.TLS.DidResume)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	if _, err := (&http.Client{Transport: NewTransport(&http.Transport{})}).Get(server.URL); err == nil {
		t.Error("a certificate that nobody vouches for was accepted")
	}
	base := server.Client().Transport.(*http.Transport).Clone()
	base.TLSHandshakeTimeout = 5 * time.Second
	hc := &http.Client{Transport: NewTransport(base)}
	call(t, hc, "GET", server.URL, "HTTP/1.1false")
	call(t, hc, "GET", server.URL, "HTTP/1.1false")
	server.CloseClientConnections()
	call(t, hc, "POST", server.URL, "HTTP/1.1false")
}

// What is refused before anything is sent is refused by both.
func TestTransportSendsNothingThatTheLibraryRefuses(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	for name, change := range map[string]func(*http.Request){
		"another scheme":       func(r *http.Request) { r.URL.Scheme = "ftp" },
		"no host":              func(r *http.Request) { r.URL.Host = "" },
		"a line in a header":   func(r *http.Request) { r.Header.Set("Authorization", "Bearer a\r\nX: b") },
		"a null in a header":   func(r *http.Request) { r.Header.Set("Authorization", "Bearer a\x00b") },
		"a context that ended": func(r *http.Request) { *r = *r.WithContext(ended) },
	} {
		s := play(t, ok2, ok2)
		base := &http.Transport{}
		defer base.CloseIdleConnections()
		transport := NewTransport(base)
		call(t, &http.Client{Transport: transport}, "GET", s.addr, "ok") // a connection is at hand
		for _, by := range []http.RoundTripper{base, transport} {
			r, _ := http.NewRequest(http.MethodPost, s.addr, nil)
			change(r)
			if resp, err := by.RoundTrip(r); err == nil {
				resp.Body.Close()
				t.Errorf("%s: %T sent it", name, by)
			}
		}
		time.Sleep(10 * time.Millisecond) // for what should not come
		if n := s.asked.Load(); n != 1 {
			t.Errorf("%s: the server was asked %d times, want once before", name, n)
		}
	}
}
