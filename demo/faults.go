package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Fault is something that goes wrong with some requests. The first fault that
// matches strikes; faults never touch the control API.
type Fault struct {
	Method     string        `json:"method,omitempty"` // "" for any
	Path       string        `json:"path"`             // prefix of the path
	Kind       FaultKind     `json:"kind"`
	Status     int           `json:"status,omitempty"`     // of kind status, default 500
	RetryAfter int           `json:"retryAfter,omitempty"` // seconds, with kind status
	Delay      time.Duration `json:"-"`                    // before it strikes; of kind socket-cut, after the upgrade
	Count      int           `json:"count,omitempty"`      // strikes that often, 0 until removed
}

// FaultKind says what happens to a request.
type FaultKind string

// The kinds of faults.
const (
	FaultSlow      FaultKind = "slow"       // answered after Delay, otherwise well
	FaultStatus    FaultKind = "status"     // Status with Qlik's error body
	FaultReset     FaultKind = "reset"      // the connection is reset unanswered
	FaultLost      FaultKind = "lost"       // the tenant does it, and the answer is lost
	FaultStall     FaultKind = "stall"      // no answer as long as the client waits
	FaultMalformed FaultKind = "malformed"  // 200 and broken JSON
	FaultTruncated FaultKind = "truncated"  // the body ends too early
	FaultHTML      FaultKind = "html"       // 200 and an HTML page, as a gateway or portal sends
	FaultEmpty     FaultKind = "empty"      // 200 and no body
	FaultExpired   FaultKind = "expired"    // 401 as for an expired token
	FaultSocketCut FaultKind = "socket-cut" // the upgrade works, the socket breaks after Delay
)

var faultKinds = []FaultKind{
	FaultSlow, FaultStatus, FaultReset, FaultLost, FaultStall, FaultMalformed, FaultTruncated, FaultHTML, FaultEmpty, FaultExpired, FaultSocketCut,
}

type injected struct {
	Fault
	struck int
}

type faultList struct {
	mu   sync.Mutex
	list []*injected
}

// Inject adds a fault and returns the function that takes it away again.
func (t *Tenant) Inject(f Fault) (remove func()) {
	in := &injected{Fault: f}
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	t.faults.list = append(t.faults.list, in)
	return func() {
		t.faults.mu.Lock()
		defer t.faults.mu.Unlock()
		t.faults.list = slices.DeleteFunc(t.faults.list, func(other *injected) bool { return other == in })
	}
}

// strike returns the fault for this request, if any, and counts it.
func (l *faultList) strike(r *http.Request) (Fault, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, in := range l.list {
		if (in.Method != "" && in.Method != r.Method) || !strings.HasPrefix(r.URL.Path, in.Path) {
			continue
		}
		in.struck++
		if in.struck == in.Count {
			l.list = slices.Delete(l.list, i, i+1)
		}
		return in.Fault, true
	}
	return Fault{}, false
}

// faultable lets injected faults strike before the tenant answers.
func (t *Tenant) faultable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_demo/") {
			next.ServeHTTP(w, r)
			return
		}
		fault, found := t.faults.strike(r)
		if !found {
			next.ServeHTTP(w, r)
			return
		}
		t.stats.add(func(s *Stats) { s.Faults++ })
		t.log.Info("fault strikes", "kind", fault.Kind, "method", r.Method, "path", r.URL.Path)
		fault.serve(w, r, next)
	})
}

func (f Fault) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if f.Kind == FaultSocketCut {
		ctx, cut := context.WithTimeout(r.Context(), f.Delay)
		defer cut()
		next.ServeHTTP(w, r.WithContext(ctx))
		return
	}
	if f.Delay > 0 || f.Kind == FaultStall {
		// The body first: only then does the server notice a client that leaves.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
			return
		}
	}
	switch f.Kind {
	case FaultStatus:
		f.serveStatus(w)
	case FaultReset:
		reset(w)
	case FaultLost:
		next.ServeHTTP(&discard{header: http.Header{}}, r)
		reset(w)
	case FaultStall:
		<-r.Context().Done()
	case FaultMalformed:
		answerRaw(w, "application/json", `{"data":[{"id":"65`)
	case FaultTruncated:
		w.Header().Set("Content-Length", "4096")
		answerRaw(w, "application/json", `{"data":[{"id":"65`)
		_ = http.NewResponseController(w).Flush() // or the abort would take the headers along
		panic(http.ErrAbortHandler)
	case FaultHTML:
		answerRaw(w, "text/html; charset=utf-8", "<!doctype html><title>Service notice</title><h1>We will be back soon</h1>")
	case FaultEmpty:
		answerRaw(w, "application/json", "")
	case FaultExpired:
		fail(w, errUnauthorized)
	default:
		next.ServeHTTP(w, r) // slow: it has waited already
	}
}

func (f Fault) serveStatus(w http.ResponseWriter) {
	status := f.Status
	orDefault(&status, http.StatusInternalServerError)
	if status == http.StatusTooManyRequests && f.RetryAfter > 0 {
		fail(w, tooManyRequests(f.RetryAfter))
		return
	}
	fail(w, apiError{status: status, code: fmt.Sprintf("HTTP-%d", status), title: http.StatusText(status), retryAfter: f.RetryAfter})
}

func answerRaw(w http.ResponseWriter, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(body))
}

// reset ends the connection so that the client sees a TCP reset, not a clean end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 or a recorder: the next best thing
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// discard takes an answer that nobody will get.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// UnmarshalJSON is the form of /_demo/faults; it also refuses unknown kinds.
func (f *Fault) UnmarshalJSON(data []byte) error {
	type plain Fault
	wire := struct {
		*plain
		Delay wireDuration `json:"delay"`
	}{plain: (*plain)(f)}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	f.Delay = time.Duration(wire.Delay)
	if !slices.Contains(faultKinds, f.Kind) {
		return fmt.Errorf("unknown kind %q, one of %v", f.Kind, faultKinds)
	}
	return nil
}

// MarshalJSON is the form of /_demo/faults.
func (f Fault) MarshalJSON() ([]byte, error) {
	type plain Fault
	return json.Marshal(struct {
		plain
		Delay wireDuration `json:"delay,omitempty"`
	}{plain(f), wireDuration(f.Delay)})
}
