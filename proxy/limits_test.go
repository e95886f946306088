package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vitrine/auth"
)

func TestOneSessionCannotCrowdOutOthers(t *testing.T) {
	release := make(chan struct{})
	var waiting atomic.Int32
	base, p := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			waiting.Add(1)
			<-release
		}
	}, func(o *Options) { o.MaxRequests = 20 })
	var noisy sync.WaitGroup
	for i := range 20 {
		noisy.Go(func() { do(t, request(t, "GET", base+fmt.Sprint("/qlik/slow?", i), "Test-Session", "noisy")) })
	}
	waitFor(t, "all places to be taken", func() bool { return waiting.Load() == 20 })
	resp, body := do(t, request(t, "GET", base+"/qlik/x", "Test-Session", "noisy"))
	if resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "1" || !strings.Contains(body, `"code":"HTTP-429"`) {
		t.Errorf("one too many: %d %s, want 429 in Qlik's form", resp.StatusCode, body)
	}
	if resp, _ := do(t, request(t, "GET", base+"/qlik/x", "Test-Session", "other")); resp.StatusCode != 200 {
		t.Errorf("another person: %d, want 200", resp.StatusCode)
	}
	close(release)
	noisy.Wait()
	waitFor(t, "the books to be empty", func() bool { return p.underWay() == 0 && len(p.traffic.of) == 0 })
	if resp, _ := do(t, request(t, "GET", base+"/qlik/x", "Test-Session", "noisy")); resp.StatusCode != 200 {
		t.Errorf("afterwards: %d, want 200", resp.StatusCode)
	}
}

// TestNoisyPersonCostsOthersNothing compares what one person waits for, while
// another has under way as much as the relay lets them, and asks for more.
func TestNoisyPersonCostsOthersNothing(t *testing.T) {
	release := make(chan struct{})
	base, p := newRelay(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-release
		}
	})
	median := func() time.Duration {
		var took []time.Duration
		for range 41 {
			begun := time.Now()
			do(t, request(t, "GET", base+"/qlik/x", "Test-Session", "quiet"))
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		return took[len(took)/2]
	}
	before := median()
	var noisy sync.WaitGroup
	for i := range p.MaxRequests {
		noisy.Go(func() { do(t, request(t, "GET", base+fmt.Sprint("/qlik/slow?", i), "Test-Session", "noisy")) })
	}
	waitFor(t, "as much as one person may have", func() bool { return p.underWay() == p.MaxRequests })
	var refused atomic.Int32
	noisy.Go(func() {
		for ; ; time.Sleep(time.Millisecond) {
			select {
			case <-release:
				return
			default:
			}
			if resp, _ := do(t, request(t, "GET", base+"/qlik/slow?more", "Test-Session", "noisy")); resp.StatusCode == http.StatusTooManyRequests {
				refused.Add(1)
			}
		}
	})
	during := median()
	close(release)
	noisy.Wait()
	// Noise on a small machine is no fault; waiting behind the other would be.
	if during > 10*before+50*time.Millisecond || refused.Load() == 0 {
		t.Errorf("a quiet person waits %v beside a noisy one, %v alone; %d refused", during, before, refused.Load())
	}
	t.Logf("%v alone, %v beside a noisy person", before, during)
}

func TestBodiesAreBounded(t *testing.T) {
	var got atomic.Int64
	base, _ := newRelay(t, func(_ http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		got.Store(n)
	}, func(o *Options) { o.MaxBody = 1000 })
	for name, tt := range map[string]struct {
		head, body string
		status     int
	}{
		"enough":         {"Content-Length: 1000", strings.Repeat("x", 1000), 200},
		"too much, told": {"Content-Length: 1001", "", 413},
		"too much":       {"Transfer-Encoding: chunked", "3e9\r\n" + strings.Repeat("x", 1001) + "\r\n0\r\n\r\n", 413},
		"in pieces":      {"Transfer-Encoding: chunked", "3e8\r\n" + strings.Repeat("x", 1000) + "\r\n0\r\n\r\n", 200},
	} {
		resp, body := rawDo(t, base, "POST /qlik/x HTTP/1.1\r\nHost: p\r\n"+tt.head+"\r\n\r\n"+tt.body)
		if resp.StatusCode != tt.status || tt.status == 413 && !strings.Contains(body, `"status":"413"`) {
			t.Errorf("%s: %d %s, want %d", name, resp.StatusCode, body, tt.status)
		}
		if got.Load() > 1000 {
			t.Errorf("%s: %d bytes reached the tenant", name, got.Load())
		}
	}
}

func TestStandstillsAreCut(t *testing.T) {
	stuck := make(chan struct{})
	base, p := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/stops":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "begun")
			_ = http.NewResponseController(w).Flush()
			<-stuck
		case "/slowly": // but surely
			for range 8 {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(40 * time.Millisecond)
			}
		case "/endless":
			piece := make([]byte, 64<<10)
			for {
				if _, err := w.Write(piece); err != nil {
					return
				}
			}
		default:
			_, _ = io.Copy(io.Discard, r.Body)
		}
	}, func(o *Options) { o.StallTime = 120 * time.Millisecond })
	t.Cleanup(func() { close(stuck) })

	resp, err := http.DefaultClient.Do(request(t, "GET", base+"/qlik/stops"))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err == nil || string(body) != "begun" {
		t.Errorf("a tenant that stops: %q, %v; want a broken answer", body, err)
	}
	_ = resp.Body.Close()
	if resp, body := do(t, request(t, "GET", base+"/qlik/slowly")); resp.StatusCode != 200 || body != "xxxxxxxx" {
		t.Errorf("a slow tenant: %d %q, want all of it", resp.StatusCode, body)
	}
	if resp, body := rawDo(t, base, "POST /qlik/x HTTP/1.1\r\nHost: p\r\nContent-Length: 10\r\n\r\nhalf"); resp.StatusCode != 408 {
		t.Errorf("a browser that stops: %d %s, want 408", resp.StatusCode, body)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET /qlik/endless HTTP/1.1\r\nHost: p\r\n\r\n")
	waitFor(t, "a browser that does not read to be cut", func() bool { return p.underWay() == 1 })
	waitFor(t, "a browser that does not read to be cut", func() bool { return p.underWay() == 0 })
}

func TestSlowHeaderOfTenantIs504(t *testing.T) {
	stuck := make(chan struct{})
	base, _ := newRelay(t, func(http.ResponseWriter, *http.Request) { <-stuck }, func(o *Options) {
		transport := NewTransport()
		transport.ResponseHeaderTimeout = 50 * time.Millisecond
		o.Transport = transport
	})
	resp, body := do(t, request(t, "GET", base+"/qlik/x"))
	close(stuck)
	if resp.StatusCode != 504 || !strings.Contains(body, `"status":"504"`) {
		t.Errorf("%d %s, want 504", resp.StatusCode, body)
	}
}

func TestRefreshFaultsHaveTheirStatus(t *testing.T) {
	for _, tt := range []struct {
		err    error
		status int
	}{
		{auth.ErrNoSession, 401}, {fmt.Errorf("%w: away", auth.ErrStore), 503}, {errors.New("token endpoint is away"), 502},
	} {
		base, _ := newRelay(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, func(o *Options) {
			o.Refresh = func(context.Context, auth.Session) (auth.Session, error) { return auth.Session{}, tt.err }
		})
		if resp, body := do(t, request(t, "POST", base+"/qlik/x")); resp.StatusCode != tt.status {
			t.Errorf("%v: %d %s, want %d", tt.err, resp.StatusCode, body, tt.status)
		}
	}
}
