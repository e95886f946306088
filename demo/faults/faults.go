package faults

import (
	"bytes"
	"cmp"
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

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// Fault is something that goes wrong with some requests. The first fault that
// matches is applied; the control API has none.
type Fault struct {
	Method     string        `json:"method,omitempty"` // "" for any
	Path       string        `json:"path"`             // prefix of the path
	Kind       Kind          `json:"kind"`
	Status     int           `json:"status,omitempty"`     // of kind status, default 500
	RetryAfter int           `json:"retryAfter,omitempty"` // seconds, with kind status
	Delay      time.Duration `json:"-"`                    // before it applies; of kind socket-cut, after the upgrade
	Count      int           `json:"count,omitempty"`      // strikes that often, 0 until removed
}

// Kind names what happens to a request.
type Kind string

// The kinds of faults.
const (
	Slow      Kind = "slow"       // answered after Delay, otherwise well
	Status    Kind = "status"     // Status with Qlik's error body
	Reset     Kind = "reset"      // the connection is reset unanswered
	Lost      Kind = "lost"       // the tenant does it, and the answer is lost
	Stall     Kind = "stall"      // no answer as long as the client waits
	Malformed Kind = "malformed"  // 200 and broken JSON
	Truncated Kind = "truncated"  // the body ends too early
	HTML      Kind = "html"       // 200 and an HTML page, as a gateway or portal sends
	Empty     Kind = "empty"      // 200 and no body
	Expired   Kind = "expired"    // 401 as for an expired token
	SocketCut Kind = "socket-cut" // the upgrade works, the socket breaks after Delay
)

// kind is one row of the table below.
type kind struct {
	name  Kind
	match func(r *http.Request) bool // beside method and path; nil for every request
	apply apply
}

// apply answers a request in the place of next.
type apply = func(f Fault, w http.ResponseWriter, r *http.Request, next http.Handler)

// kinds is one row per kind of fault.
var kinds = []kind{
	{Slow, nil, late(func(_ Fault, w http.ResponseWriter, r *http.Request, next http.Handler) { next.ServeHTTP(w, r) })},
	{Status, nil, late(answer(func(f Fault, w http.ResponseWriter) { wire.Fail(w, f.status()) }))},
	{Reset, nil, late(answer(func(_ Fault, w http.ResponseWriter) { reset(w) }))},
	{Lost, nil, late(lose)},
	{Stall, nil, late(func(_ Fault, _ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() })},
	{Malformed, nil, late(answer(raw("application/json", brokenJSON)))},
	{Truncated, nil, late(answer(truncate))},
	{HTML, nil, late(answer(raw("text/html; charset=utf-8", "<!doctype html><title>Service notice</title><h1>We will be back soon</h1>")))},
	{Empty, nil, late(answer(raw("application/json", "")))},
	{Expired, nil, late(answer(func(_ Fault, w http.ResponseWriter) { wire.Fail(w, wire.ErrUnauthorized) }))},
	{SocketCut, isUpgrade, cut},
}

func isUpgrade(r *http.Request) bool { return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") }

// answer makes an apply of a function that answers at once.
func answer(write func(Fault, http.ResponseWriter)) apply {
	return func(f Fault, w http.ResponseWriter, _ *http.Request, _ http.Handler) { write(f, w) }
}

// late applies a fault after its delay, unless the client leaves before.
func late(then apply) apply {
	return func(f Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if f.Delay > 0 || f.Kind == Stall {
			// The body first: only then does the server notice a client that leaves.
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		select {
		case <-time.After(f.Delay):
			then(f, w, r, next)
		case <-r.Context().Done():
		}
	}
}

type injected struct {
	Fault
	struck int
}

// Injector holds the faults of a tenant.
type Injector struct {
	*state.State

	mu   sync.Mutex
	list []*injected
}

// Inject adds a fault and returns the function that takes it away again.
func (inj *Injector) Inject(f Fault) (remove func()) {
	in := &injected{Fault: f}
	inj.mu.Lock()
	defer inj.mu.Unlock()
	inj.list = append(inj.list, in)
	return func() {
		inj.mu.Lock()
		defer inj.mu.Unlock()
		inj.list = slices.DeleteFunc(inj.list, func(other *injected) bool { return other == in })
	}
}

// List returns the faults with the counts that are left.
func (inj *Injector) List() []Fault {
	inj.mu.Lock()
	defer inj.mu.Unlock()
	list := []Fault{}
	for _, in := range inj.list {
		f := in.Fault
		if f.Count > 0 {
			f.Count -= in.struck
		}
		list = append(list, f)
	}
	return list
}

// Clear removes all faults.
func (inj *Injector) Clear() {
	inj.mu.Lock()
	defer inj.mu.Unlock()
	inj.list = nil
}

// next returns the fault for this request and its apply, nil for none, and
// counts it.
func (inj *Injector) next(r *http.Request) (Fault, apply) {
	inj.mu.Lock()
	defer inj.mu.Unlock()
	for i, in := range inj.list {
		if (in.Method != "" && in.Method != r.Method) || !strings.HasPrefix(r.URL.Path, in.Path) {
			continue
		}
		row := slices.IndexFunc(kinds, func(k kind) bool { return k.name == in.Kind })
		if row < 0 || kinds[row].match != nil && !kinds[row].match(r) {
			continue
		}
		in.struck++
		if in.struck == in.Count {
			inj.list = slices.Delete(inj.list, i, i+1)
		}
		return in.Fault, kinds[row].apply
	}
	return Fault{}, nil
}

// Handler applies injected faults before the tenant answers, except in the
// control API.
func (inj *Injector) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_demo/") {
			next.ServeHTTP(w, r)
			return
		}
		fault, apply := inj.next(r)
		if apply == nil {
			next.ServeHTTP(w, r)
			return
		}
		inj.Count(func(s *state.Stats) { s.Faults++ })
		inj.Log.Info("fault applied", "kind", fault.Kind, "method", r.Method, "path", r.URL.Path)
		apply(fault, w, r, next)
	})
}

func (f Fault) status() error {
	status := cmp.Or(f.Status, http.StatusInternalServerError)
	if status == http.StatusTooManyRequests && f.RetryAfter > 0 {
		return wire.TooManyRequests(f.RetryAfter)
	}
	return wire.Error{Status: status, Code: fmt.Sprintf("HTTP-%d", status), Title: http.StatusText(status), RetryAfter: f.RetryAfter}
}

const brokenJSON = `{"data":[{"id":"65`

// raw answers 200 with the body.
func raw(contentType, body string) func(Fault, http.ResponseWriter) {
	return func(_ Fault, w http.ResponseWriter) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, body)
	}
}

func truncate(f Fault, w http.ResponseWriter) {
	w.Header().Set("Content-Length", "4096")
	raw("application/json", brokenJSON)(f, w)
	_ = http.NewResponseController(w).Flush() // or the abort would take the headers along
	panic(http.ErrAbortHandler)
}

// lose lets the tenant answer and drops the answer.
func lose(_ Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(&discard{header: http.Header{}}, r)
	reset(w)
}

// cut ends the connection of a socket after the delay.
func cut(f Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	ctx, cancel := context.WithTimeout(r.Context(), f.Delay)
	defer cancel()
	next.ServeHTTP(w, r.WithContext(ctx))
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

// discard drops an answer.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// UnmarshalJSON is the form of /_demo/faults; an unknown kind is an error.
func (f *Fault) UnmarshalJSON(data []byte) error {
	type plain Fault
	wire := struct {
		*plain
		Delay state.Duration `json:"delay"`
	}{plain: (*plain)(f)}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	f.Delay = time.Duration(wire.Delay)
	var names []Kind
	for _, k := range kinds {
		names = append(names, k.name)
	}
	if !slices.Contains(names, f.Kind) {
		return fmt.Errorf("unknown kind %q, one of %v", f.Kind, names)
	}
	return nil
}

// MarshalJSON is the form of /_demo/faults.
func (f Fault) MarshalJSON() ([]byte, error) {
	type plain Fault
	return json.Marshal(struct {
		plain
		Delay state.Duration `json:"delay,omitempty"`
	}{plain(f), state.Duration(f.Delay)})
}
