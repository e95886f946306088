package proxy

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"vitrine/auth"
)

// exchange is one request on its way to the tenant and back. It is the
// request's context, so that every step finds it without a search, and the
// writer of its answer.
type exchange struct {
	context.Context
	http.ResponseWriter
	relay *Proxy

	session *auth.Session // nil for who is not signed in
	path    string        // on the tenant, escaped as it was sent
	api     bool          // below /api/, whose answers are rewritten and never kept
	marked  bool          // it asks about a version by a mark of ours, see etags.go

	// The tenant's connection, for an upgrade, and whose place it takes.
	upgrade bool
	conn    net.Conn
	place   *place

	upload  upload
	answer  answer
	length  int64 // of the answer; negative when unknown
	written int64
	preset  []headerLine // set before us, and to be kept over interim answers
	room    [3]headerLine
	interim bool // an interim answer has passed

	// What the look-out for stalled exchanges goes by, see stalls.go.
	moves    atomic.Uint32
	copying  atomic.Bool
	seen     uint32
	still    int
	previous *exchange
	next     *exchange
}

type headerLine struct {
	name   string
	values []string
}

type exchangeKey struct{}

// exchangeOf returns the exchange a request belongs to.
func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.(*exchange); ok {
		return x
	}
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// Value finds the exchange itself, and what its request brought along.
func (x *exchange) Value(key any) any {
	if key == (exchangeKey{}) {
		return x
	}
	return x.Context.Value(key)
}

// Unwrap lets http.ResponseController find the real writer.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// person is who the tenant counts the request for.
func (x *exchange) person() string {
	if x.session.User.ID != "" {
		return x.session.User.ID
	}
	return x.session.ID
}

// Write passes on a piece of the answer. A piece that is not all, and smaller
// than our buffers, is all the tenant had to say for now: it does not wait here
// for the next. Flushing everything would cost a second write per answer.
func (x *exchange) Write(p []byte) (int, error) {
	n, err := x.ResponseWriter.Write(p)
	x.moves.Add(1)
	x.written += int64(n)
	if err == nil && x.written != x.length && len(p) < chunkSize/2 {
		_ = http.NewResponseController(x.ResponseWriter).Flush() // writers in memory cannot
	}
	return n, err
}

// remember notes what was set before us.
func (x *exchange) remember() {
	x.preset = x.room[:0]
	for name, values := range x.Header() {
		x.preset = append(x.preset, headerLine{name, values})
	}
}

// WriteHeader passes on the status. Of interim answers only early hints pass,
// and only what they hint at: all else in them speaks of the tenant's origin.
func (x *exchange) WriteHeader(status int) {
	if status >= http.StatusOK {
		x.ResponseWriter.WriteHeader(status)
		return
	}
	h := x.Header()
	link := h["Link"]
	clear(h)
	x.interim = true
	if status == http.StatusEarlyHints && len(link) > 0 {
		x.relay.rewrite.links(link)
		h["Link"] = link
		serversOwn(x.ResponseWriter).WriteHeader(status)
	}
}

// restore puts back what was set before an interim answer: the reverse proxy
// empties the header after each.
func (x *exchange) restore() {
	for _, line := range x.preset {
		x.Header()[line.name] = line.values
	}
}

// serversOwn finds the server's own writer: frameworks know one status per answer.
func serversOwn(w http.ResponseWriter) http.ResponseWriter {
	for {
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = wrapper.Unwrap()
	}
}

// answer is the body that goes to the browser, made from the tenant's.
type answer struct {
	x      *exchange
	tenant io.ReadCloser
	body   io.ReadCloser
	resp   *http.Response
}

// Read reads on.
func (a *answer) Read(p []byte) (int, error) {
	n, err := a.body.Read(p)
	a.x.moves.Add(1)
	if err != nil {
		dropTenantHeaders(a.resp.Trailer)
	}
	return n, err
}

// Close ends it.
func (a *answer) Close() error { return a.body.Close() }

// follow makes the exchange keep an eye on the answer's body.
func (x *exchange) follow(resp *http.Response, tenant io.ReadCloser) {
	x.answer = answer{x: x, tenant: tenant, body: resp.Body, resp: resp}
	resp.Body = &x.answer
	x.length = resp.ContentLength
	if resp.ContentLength < 0 {
		resp.ContentLength = unknownLength
	}
	x.copying.Store(true)
}

// unknownLength keeps the reverse proxy from flushing answers of unknown length
// by a timer of its own, which it does for -1: Write knows when to.
const unknownLength = -2
