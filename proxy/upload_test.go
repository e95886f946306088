package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"vitrine/auth"
)

// begin sends the beginning of a request, and leaves the rest to the test.
func begin(t *testing.T, base, request string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(conn, request)
	return conn
}

// A tenant that answers before the body has come leaves a read of it under way.
// By its end, the framework may have lent the writer to somebody else.
func TestBodyBehindItsAnswerLeavesOthersAlone(t *testing.T) {
	// With one processor, the framework's pool lends what it was given last.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	half, left := make(chan struct{}), make(chan struct{}, 2)
	_, p := newSecureRelay(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/refused" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.ReadFull(r.Body, make([]byte, 4))
		close(half)
		_, _ = io.Copy(io.Discard, r.Body)
	}, func(*httptest.Server) {})
	p.StallTime = 300 * time.Millisecond
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.POST("/qlik/*path", func(c *gin.Context) {
		ctx := auth.NewContext(c.Request.Context(), auth.Session{ID: "session-1"})
		p.ServeHTTP(c.Writer, c.Request.WithContext(ctx))
		left <- struct{}{}
	})
	front := httptest.NewServer(engine)
	t.Cleanup(front.Close)

	refused := begin(t, front.URL, "POST /qlik/refused HTTP/1.1\r\nHost: p\r\nContent-Length: 8\r\n\r\nhalf")
	<-left
	stalls := begin(t, front.URL, "POST /qlik/stalls HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
	<-half
	_, _ = io.WriteString(refused, "rest")
	resp, err := http.ReadResponse(bufio.NewReader(stalls), nil)
	if err != nil {
		t.Fatalf("who stopped to send: %v, want 408", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestTimeout {
		t.Errorf("who stopped to send: %d, want 408", resp.StatusCode)
	}
}

// deadlines remembers how many were set.
type deadlines struct {
	http.ResponseWriter
	set atomic.Int32
}

func (d *deadlines) SetReadDeadline(time.Time) error {
	d.set.Add(1)
	return nil
}

// Once the answer is given, the connection is the server's, and its deadlines
// are the next request's.
func TestNoDeadlineBehindTheAnswer(t *testing.T) {
	body, browser := io.Pipe()
	r, out := httptest.NewRequest("POST", "/", body), httptest.NewRequest("POST", "/", body)
	w := &deadlines{ResponseWriter: httptest.NewRecorder()}
	var u upload
	u.watch(r, w, 100, time.Minute)
	u.giveTo(out, new(httptrace.ClientTrace))
	read := make(chan error)
	go func() {
		_, err := io.ReadAll(out.Body)
		read <- err
	}()
	waitFor(t, "the body to be read", func() bool { return w.set.Load() == 1 })
	u.finish()
	_ = browser.Close()
	if err := <-read; err != nil {
		t.Errorf("the read under way: %v, want the end of the body", err)
	}
	if _, err := out.Body.Read(make([]byte, 1)); err == nil {
		t.Error("the body is read on")
	}
	if n := w.set.Load(); n != 1 {
		t.Errorf("%d deadlines were set, want none behind the first", n)
	}
}

// By HTTP/2 a body may be read to its end, and not be sent: a tenant says how
// much it takes, of a body and of one that is sent once more.
func TestEndOfABodyThatIsNotTaken(t *testing.T) {
	const window = 8 << 10
	stop := make(chan struct{})
	base, p := newSecureRelay(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/never", r.URL.Path == "/never-again" && r.Header.Get("Authorization") == "Bearer token-2":
			<-stop
		case r.URL.Path == "/never-again":
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/late":
			_, _ = io.Copy(io.Discard, r.Body)
			time.Sleep(500 * time.Millisecond)
		}
	}, func(s *httptest.Server) {
		s.Config.HTTP2 = &http.HTTP2Config{MaxReceiveBufferPerStream: window}
	})
	defer close(stop)
	p.StallTime = 400 * time.Millisecond
	p.Refresh = func(_ context.Context, s auth.Session) (auth.Session, error) {
		s.Tokens.AccessToken = "token-2"
		return s, nil
	}
	do(t, request(t, "GET", base+"/qlik/x")) // until then we do not know the window
	for _, tt := range []struct {
		path   string
		size   int
		status int
	}{
		{"/never", window + 1000, 504},    // read to its end at once
		{"/never", keptMost + 1000, 504},  // too large to be kept
		{"/never-again", 2 * window, 504}, // read from what was kept
		{"/late", window + 1000, 200},     // taken, and thought about
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		resp, err := http.DefaultClient.Do(requestWith(t, base+"/qlik"+tt.path, strings.Repeat("x", tt.size)).WithContext(ctx))
		got, body := 0, []byte(nil)
		if err == nil {
			got = resp.StatusCode
			body, _ = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		if cancel(); got != tt.status || got == 504 && !strings.Contains(string(body), "did not take") {
			t.Errorf("%s, %d bytes: %d %s, %v; want %d", tt.path, tt.size, got, body, err, tt.status)
		}
	}
}

// What the tenant has done must not be done twice: it has the whole of a
// request, and its answer is lost.
func TestWhatMayBeDoneIsNotRepeated(t *testing.T) {
	for _, name := range []string{"X-Other", "Idempotency-Key", "X-Idempotency-Key"} {
		var done atomic.Int32
		base, _ := newRelay(t, func(_ http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				_, _ = io.Copy(io.Discard, r.Body)
				done.Add(1)
				panic(http.ErrAbortHandler)
			}
		})
		do(t, request(t, "GET", base+"/qlik/x")) // only a connection in use may have been closed meanwhile
		r := requestWith(t, base+"/qlik/x", "hello")
		r.Header.Set(name, "1")
		resp, body := do(t, r)
		if got := fmt.Sprint(resp.StatusCode, " ", done.Load()); got != "502 1" {
			t.Errorf("%s: status and times done %s, want 502 1: %s", name, got, body)
		}
	}
}
