package proxy

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync"
	"sync/atomic"
	"time"

	"vitrine/auth"
	"vitrine/proxy/tcp"
	"vitrine/proxy/tenantpath"
	"vitrine/proxy/tunnel"
)

// exchange is one request on its way to the tenant and back.
type exchange struct {
	http.ResponseWriter
	relay *Proxy

	session *auth.Session // nil for who is not signed in
	// What a title's language is chosen by; the tenant gets no cookies.
	cookies, languages []string
	path               tenantpath.Path
	marked             bool // it asks about a version by a mark of ours, see etags.go

	// The tenant's connection, for an upgrade, and whose place it takes.
	upgrade bool
	conn    net.Conn
	place   *tunnel.Reservation

	upload upload
	trace  httptrace.ClientTrace

	// Interim answers come on a goroutine of the transport, until there is one
	// to stay.
	mu       sync.Mutex
	answered bool

	// What the look-out for stalled exchanges goes by, see stalls.go.
	moves    atomic.Uint32
	copying  atomic.Bool
	ended    atomic.Bool     // the session, meanwhile
	tenant   io.Closer       // the tenant's body, while it is copied
	browser  context.Context // knows its connection, see WithConn
	progress tcp.Progress
	seen     uint32
	still    int
	previous *exchange
	next     *exchange
}

// person is who the tenant counts the request for.
func (x *exchange) person() string {
	if x.session.User.ID != "" {
		return x.session.User.ID
	}
	return x.session.ID
}

// Unwrap lets http.ResponseController find the real writer.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// hintTimeout is how long early hints may take to be written: the answer must not
// wait for a browser that does not read them.
const hintTimeout = 10 * time.Second

// hint passes on an interim answer of the tenant. Of those only early hints (RFC
// 8297) pass, and only what they hint at: all else in them speaks of the
// tenant's origin.
func (x *exchange) hint(status int, header textproto.MIMEHeader) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	link := header["Link"]
	if x.answered || status != http.StatusEarlyHints || len(link) == 0 {
		return nil
	}
	x.relay.rewrite.Links(link)
	h := x.Header()
	kept := maps.Clone(h)
	clear(h)
	h["Link"] = link
	control := http.NewResponseController(x.ResponseWriter)
	_ = control.SetWriteDeadline(time.Now().Add(hintTimeout))
	serversOwn(x.ResponseWriter).WriteHeader(status)
	_ = control.SetWriteDeadline(time.Time{})
	delete(h, "Link")
	maps.Copy(h, kept)
	return nil
}

// settle is told that the tenant has given its answer, or will give none: from
// now on the header of ours belongs to whoever answers.
func (x *exchange) settle() {
	x.mu.Lock()
	x.answered = true
	x.mu.Unlock()
}

// closeAfterUpgrade closes the connection after a refused upgrade: a front that
// took it for accepted goes on to send frames.
func (x *exchange) closeAfterUpgrade() {
	if x.upgrade {
		x.Header()["Connection"] = closing
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
