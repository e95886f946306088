package qlik

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func call(t *testing.T, hc *http.Client, method, address, want string) {
	t.Helper()
	r, _ := http.NewRequest(method, address, strings.NewReader(""))
	resp, err := hc.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != want {
		t.Fatalf("%q, %v", body, err)
	}
}

func TestTransportKeepsConnections(t *testing.T) {
	s := play(t, ok2, ok2, ok2, strings.Replace(ok2, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
	transport := NewTransport(&http.Transport{})
	hc := &http.Client{Transport: transport}
	for _, method := range []string{"GET", "POST", "PUT", "GET"} {
		call(t, hc, method, s.addr, "ok")
	}
	if n := s.conns.Load(); n != 1 || len(transport.idle.conns) != 0 {
		t.Errorf("%d connections for four calls, %d kept after the last", n, len(transport.idle.conns))
	}
}

func TestTransportKeepsNoConnectionThatIsNotDone(t *testing.T) {
	for name, c := range map[string]struct {
		method, answer string
		read           bool // the caller reads the answer
		ended          bool // the context ends before
		kept           int
	}{
		"a head alone":          {method: "HEAD", answer: ok2[:len(ok2)-2], kept: 1},
		"read":                  {method: "GET", answer: ok2, read: true, kept: 1},
		"not read":              {method: "GET", answer: ok2[:len(ok2)-2]},
		"read after the end":    {method: "GET", answer: ok2, read: true, ended: true},
		"a head when all ended": {method: "HEAD", answer: ok2[:len(ok2)-2], ended: true, kept: 1},
	} {
		s := play(t, c.answer)
		transport := NewTransport(&http.Transport{})
		ctx, cancel := context.WithCancel(t.Context())
		r, _ := http.NewRequestWithContext(ctx, c.method, s.addr, nil)
		resp, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if c.ended {
			cancel()
		}
		if c.read {
			_, _ = io.ReadAll(resp.Body)
		}
		resp.Body.Close()
		cancel()
		if n := len(transport.idle.conns); n != c.kept {
			t.Errorf("%s: %d connections kept", name, n)
		}
	}
}

func TestTransportServesManyAtOnce(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Path)
	}))
	defer server.Close()
	base := &http.Transport{}
	defer base.CloseIdleConnections()
	transport := NewTransport(base)
	var wg sync.WaitGroup
	for i := range 2 * callLimit {
		wg.Go(func() {
			for k := range 20 {
				path := fmt.Sprintf("/%d/%d", i, k)
				resp, err := (&http.Client{Transport: transport}).Get(server.URL + path)
				if err != nil {
					t.Error(err)
					return
				}
				if body, _ := io.ReadAll(resp.Body); string(body) != path {
					t.Errorf("%s answered %s", path, body)
				}
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
	if n := transport.busy.Load(); n != 0 {
		t.Errorf("%d calls under way after all have ended", n)
	}
	if idle := len(transport.idle.conns); idle == 0 || idle > callLimit {
		t.Errorf("%d connections kept", idle)
	}
}

func TestTransportCountsCallsThatFail(t *testing.T) {
	hc := &http.Client{Transport: NewTransport(&http.Transport{})}
	nowhere, refused := "http://127.0.0.1:1", play(t, "no HTTP\r\n\r\n")
	for range 2 * callLimit {
		for _, address := range []string{nowhere, refused.addr} {
			if resp, err := hc.Get(address); err == nil {
				resp.Body.Close()
				t.Fatal("it answered")
			}
		}
	}
	if n := hc.Transport.(*Transport).busy.Load(); n != 0 {
		t.Errorf("%d calls under way after all have failed", n)
	}
}

func TestTransportLeavesACrowdToTheLibrary(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	transport := NewTransport(server.Client().Transport.(*http.Transport))
	hc := &http.Client{Transport: transport}
	transport.busy.Store(callLimit - 1)
	call(t, hc, "GET", server.URL, "HTTP/1.1")
	transport.busy.Store(callLimit)
	call(t, hc, "GET", server.URL, "HTTP/2.0")
}

// What a server did to a connection that idled is seen before the next call,
// which may be one that must not be repeated.
func TestTransportLooksBeforeItAsks(t *testing.T) {
	for name, answers := range map[string][]string{
		"closed":               {ok2, leave},
		"said more than asked": {ok2 + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"},
	} {
		s := play(t, answers...)
		transport := NewTransport(&http.Transport{})
		hc := &http.Client{Transport: transport}
		for range 3 {
			call(t, hc, "POST", s.addr, "ok")
			// Until the news has come.
			for end := time.Now().Add(time.Second); len(transport.idle.conns) > 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
				if c := transport.idle.conns[0]; !c.quiet() {
					break
				}
			}
		}
		if n := s.conns.Load(); n != 3 {
			t.Errorf("%s: %d connections for three calls", name, n)
		}
	}
}

func TestTransportAsksTwiceOnlyWhatMayBe(t *testing.T) {
	for method, asked := range map[string]int32{"GET": 3, "POST": 2} {
		s := play(t, ok2, hangUp)
		hc := &http.Client{Transport: NewTransport(&http.Transport{})}
		call(t, hc, "GET", s.addr, "ok")
		r, _ := http.NewRequest(method, s.addr, nil)
		resp, err := hc.Do(r)
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil) != (method == "GET") || s.asked.Load() != asked {
			t.Errorf("%s: asked %d times, %v", method, s.asked.Load(), err)
		}
	}
}

// By TLS, what came with an answer may stand in the library's own buffers.
func TestTransportLooksIntoTLSBeforeItAsks(t *testing.T) {
	const evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
	for name, head := range map[string]string{"behind an answer": ok2, "behind one without a body": "HTTP/1.1 204 No Content\r\n\r\n"} {
		server := httptest.NewUnstartedServer(nil)
		var asked atomic.Int32
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			gathered := conn.(*tls.Conn).NetConn().(*gathering)
			gathered.hold = true // two records in one piece
			_, _ = io.WriteString(conn, head)
			_, _ = io.WriteString(conn, evil)
			gathered.let()
			_, _ = conn.Read(make([]byte, 1))
		})
		server.Listener = gatheringListener{server.Listener}
		server.StartTLS()
		hc := &http.Client{Transport: NewTransport(server.Client().Transport.(*http.Transport))}
		want := strings.TrimPrefix(head[strings.Index(head, "\r\n\r\n"):], "\r\n\r\n")
		for range 3 {
			call(t, hc, "POST", server.URL, want)
		}
		if n := asked.Load(); n != 3 {
			t.Errorf("%s: asked %d times, want 3", name, n)
		}
		server.CloseClientConnections()
		server.Close()
	}
}

// gathering is a connection that can hold back what is written, and send all of
// it at once.
type gathering struct {
	net.Conn
	hold bool
	held []byte
}

func (g *gathering) Write(p []byte) (int, error) {
	if !g.hold {
		return g.Conn.Write(p)
	}
	g.held = append(g.held, p...)
	return len(p), nil
}

func (g *gathering) let() {
	g.hold = false
	_, _ = g.Conn.Write(g.held)
}

type gatheringListener struct{ net.Listener }

func (l gatheringListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return &gathering{Conn: conn}, err
}

func TestTransportClosesWhatIdles(t *testing.T) {
	s := play(t, ok2)
	transport := NewTransport(&http.Transport{})
	call(t, &http.Client{Transport: transport}, "GET", s.addr, "ok")
	c := transport.idle.conns[0]
	transport.idle.sweep()
	if len(transport.idle.conns) != 1 {
		t.Fatal("a young connection was closed")
	}
	c.since = time.Now().Add(-idleTimeout)
	transport.idle.sweep()
	if _, err := c.Write([]byte("x")); len(transport.idle.conns) != 0 || err == nil {
		t.Errorf("%d connections kept, writing to one: %v", len(transport.idle.conns), err)
	}
}
