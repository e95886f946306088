package proxy

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vitrine/auth"
)

// stubborn answers with a header, and then says nothing more.
func stubborn(t *testing.T, status int, header ...string) http.HandlerFunc {
	t.Helper()
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}
}

func soonStalled(o *Options) { o.StallTime = 100 * time.Millisecond }

// Nobody may wait for ever for an answer that has begun, whatever is done with
// it before it is passed on.
func TestAnswersThatStallAreCutWhereverTheyAreRead(t *testing.T) {
	for name, tt := range map[string]struct {
		tenant http.HandlerFunc
		change func(*Options)
	}{
		"small JSON, looked through": {tenant: stubborn(t, 200, "Content-Type", "application/json", "Content-Length", "100")},
		"JSON, rewritten":            {tenant: stubborn(t, 200, "Content-Type", "application/json")},
		"a file":                     {tenant: stubborn(t, 200, "Content-Length", "100")},
		"a refused token":            {stubborn(t, 401, "Content-Length", "100"), func(o *Options) { o.Refresh = toToken2 }},
		"a part of JSON":             {tenant: stubborn(t, 206, "Content-Type", "application/json", "Content-Length", "100")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := []func(*Options){soonStalled}
			if tt.change != nil {
				change = append(change, tt.change)
			}
			base, p := newRelay(t, tt.tenant, change...)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			resp, err := http.DefaultTransport.RoundTrip(request(t, "GET", base+"/qlik/api/v1/x").WithContext(ctx))
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				_ = resp.Body.Close()
			}
			if ctx.Err() != nil || err == nil {
				t.Errorf("half an answer ended with %v, %v", err, ctx.Err())
			}
			waitFor(t, "its place to be free", func() bool { return p.underWay() == 0 })
		})
	}
}

// Nor for the end of an answer that is here up to its last byte.
func TestAnswersThatDoNotEndAreCut(t *testing.T) {
	byHTTP2(t)
	left := make(chan struct{})
	base, p := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "2")
		_, _ = io.WriteString(w, "{}")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(left)
	}, soonStalled)
	resp, err := http.DefaultTransport.RoundTrip(request(t, "GET", base+"/qlik/api/v1/x"))
	if err == nil {
		_, _ = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	select {
	case <-left:
	case <-time.After(5 * time.Second):
		t.Error("the tenant's call is still under way")
	}
	waitFor(t, "its place to be free", func() bool { return p.underWay() == 0 })
}

func TestEndOfASessionCutsItsAnswers(t *testing.T) {
	base, p := newRelay(t, stubborn(t, 200, "Content-Length", "100"))
	over := make(chan error)
	go func() {
		resp, err := http.DefaultClient.Do(request(t, "GET", base+"/qlik/x"))
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		over <- err
	}()
	waitFor(t, "an answer under way", func() bool {
		p.traffic.mu.Lock()
		defer p.traffic.mu.Unlock()
		return p.traffic.first != nil && p.traffic.first.copying.Load()
	})
	p.EndSession(auth.Handle("session-2"))
	select {
	case err := <-over:
		t.Fatalf("the end of another session cut it: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	p.EndSession(auth.Handle("session-1"))
	if err := <-over; err == nil {
		t.Error("half an answer looks whole")
	}
}

func TestAnswerThatComesAfterTheEndOfItsSessionIsWithheld(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	base, p := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-answer
		_, _ = io.WriteString(w, "private")
	})
	go func() {
		<-asked
		p.EndSession(auth.Handle("session-1"))
		close(answer)
	}()
	if resp, body := do(t, request(t, "GET", base+"/qlik/x")); resp.StatusCode != 401 || strings.Contains(body, "private") {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
}

// A piece of JSON is asked for whole: with the token that was good, and only
// where asking twice does nothing twice.
func TestPartOfJSONIsAskedForWholeWithTheNewToken(t *testing.T) {
	var done atomic.Int32
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") == "Bearer token-1":
			w.WriteHeader(401)
		case r.Method == "POST" || r.Header.Get("Range") != "":
			done.Add(1)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(206)
			_, _ = io.WriteString(w, "[1")
		default:
			_, _ = io.WriteString(w, "[12]")
		}
	}, func(o *Options) { o.Refresh = toToken2 })
	if resp, body := do(t, request(t, "GET", base+"/qlik/api/v1/x", "Range", "bytes=0-1")); resp.StatusCode != 200 || body != "[12]" {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
	done.Store(0)
	if resp, _ := do(t, request(t, "POST", base+"/qlik/api/v1/x")); resp.StatusCode != 206 || done.Load() != 1 {
		t.Errorf("a POST was done %d times, and answered %d", done.Load(), resp.StatusCode)
	}
}

func TestSharedCachesKeepNothingThatIsForOnePerson(t *testing.T) {
	for tenants, want := range map[string]string{
		"":                              "private",
		"max-age=600":                   "max-age=600, private",
		"no-store":                      "no-store",
		"private, max-age=5":            "private, max-age=5",
		"public, max-age=31536000":      "public, max-age=31536000",
		"max-age=60, s-maxage=\"60\"":   "max-age=60, s-maxage=\"60\"",
		"max-age=0,   MUST-revalidate ": "max-age=0,   MUST-revalidate",
	} {
		base, _ := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
			if tenants != "" {
				w.Header().Set("Cache-Control", tenants)
			}
		})
		resp, _ := do(t, request(t, "GET", base+"/qlik/tempcontent/export.xlsx"))
		if got := strings.Join(resp.Header["Cache-Control"], ", "); got != want {
			t.Errorf("%q became %q, want %q", tenants, got, want)
		}
	}
}

// The library repeats what it cannot read, and that may be anything.
func TestLogHoldsNothingOfAnAnswerThatIsMalformed(t *testing.T) {
	for name, answer := range map[string]string{
		"no colon":     "HTTP/1.1 200 OK\r\nSet-Cookie sid=hidden\r\n\r\n",
		"bad length":   "HTTP/1.1 200 OK\r\nContent-Length: hidden\r\n\r\n",
		"not HTTP":     "hidden\r\n\r\n",
		"bad encoding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: hidden\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			base, p := scripted(t, answer)
			p.Logger = slog.New(slog.NewTextHandler(&log, nil))
			resp, _ := do(t, request(t, "GET", base+"/qlik/x"))
			if resp.StatusCode != 502 || strings.Contains(log.String(), "hidden") || !strings.Contains(log.String(), "malformed answer") {
				t.Errorf("%d, and the log says %s", resp.StatusCode, log.String())
			}
		})
	}
}
