package qlik

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// Transport carries short calls that stand alone, such as the two of a sign-in.
// It speaks HTTP/1.1 on the goroutine of its caller. [http.Transport] has one
// goroutine write and another read for each connection, and waking the three by
// turns was a fifth of what a sign-in cost. Requests are written and answers
// parsed by net/http all the same.
//
// Use it for small requests with contexts that end: a request is written whole
// before its answer is read, and nothing else limits how long that takes.
// Answers are not asked for in compressed form. What has to go through a proxy,
// wants to become another protocol, or asks before it sends, is left to the
// http.Transport it was made with, and so are calls beyond 64 at once: HTTP/2
// needs no connection for each.
//
// It is an [http.RoundTripper], safe for concurrent use.
type Transport struct {
	base *http.Transport
	tls  *tls.Config
	busy atomic.Int32 // calls under way
	idle idleConns
}

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// callLimit is how many calls may be under way, and connections idle.
const callLimit = 64

// headerLimit bounds the head of an answer, with all interim ones before it (RFC
// 9110 section 15.2); a tenant's has some 2 KiB.
const headerLimit = 256 << 10

// NewTransport returns a transport that dials, verifies and goes through proxies
// as base does. Limits of base other than those of dialing are for base alone.
func NewTransport(base *http.Transport) *Transport {
	own := &tls.Config{MinVersion: tls.VersionTLS12}
	if base.TLSClientConfig != nil {
		own = base.TLSClientConfig.Clone()
	}
	own.NextProtos = []string{"http/1.1"}
	if own.ClientSessionCache != nil {
		own.ClientSessionCache = tls.NewLRUClientSessionCache(4) // the other's are for other protocols
	}
	return &Transport{base: base, tls: own}
}

// RoundTrip sends r and returns the head of its answer. Until the answer's body
// is read to its end or closed, the end of r's context breaks it off.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.beyond(r) {
		return t.base.RoundTrip(r)
	}
	if t.busy.Add(1) > callLimit {
		t.busy.Add(-1)
		return t.base.RoundTrip(r)
	}
	resp, err := t.roundTrip(r)
	if err != nil {
		t.busy.Add(-1)
	}
	return resp, err
}

func (t *Transport) roundTrip(r *http.Request) (*http.Response, error) {
	for {
		c, err := t.connect(r)
		if err != nil {
			if r.Body != nil {
				_ = r.Body.Close()
			}
			return nil, err
		}
		resp, err := t.ask(c, r)
		// A connection that was kept may have been closed at the other end just
		// now. A new one tells; what changes something is asked once all the same.
		if err == nil || !c.kept || c.received || !repeatable(r) {
			return resp, err
		}
	}
}

// beyond reports what this transport does not do itself, or nobody should.
func (t *Transport) beyond(r *http.Request) bool {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" || r.URL.Host == "" || len(r.Trailer) > 0 ||
		r.Header.Get("Upgrade") != "" || r.Header.Get("Expect") != "" {
		return true
	}
	if strings.ContainsFunc(r.URL.Host, func(c rune) bool { return c > '~' }) {
		return true // a name that has to be written in another way
	}
	for _, values := range r.Header {
		for _, value := range values {
			if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
				return true // which it refuses
			}
		}
	}
	if t.base.Proxy == nil {
		return false
	}
	proxy, err := t.base.Proxy(r)
	return proxy != nil || err != nil
}

// repeatable reports whether asking twice is as good as asking once (RFC 9110
// section 9.2.2), and possible.
func repeatable(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		(r.Body == nil || r.Body == http.NoBody) && r.Context().Err() == nil
}

// ask makes one call. On an error the connection is closed.
func (t *Transport) ask(c *conn, r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	c.received = false
	uncancel := context.AfterFunc(ctx, func() { _ = c.SetDeadline(longAgo) })
	resp, err := c.exchange(r)
	if err != nil {
		uncancel()
		_ = c.Close()
		return nil, causeOf(ctx, err)
	}
	b := &answerBody{source: resp.Body, conn: c, ctx: ctx, uncancel: uncancel, transport: t, last: resp.Close || r.Close}
	resp.Body = b
	if b.source == http.NoBody {
		b.finish(true)
	}
	return resp, nil
}

func (c *conn) exchange(r *http.Request) (*http.Response, error) {
	if err := r.Write(c.w); err != nil {
		return nil, err
	}
	if err := c.w.Flush(); err != nil {
		return nil, err
	}
	c.left = headerLimit
	for {
		resp, err := http.ReadResponse(c.r, r)
		switch {
		case err != nil:
			return nil, err
		case resp.StatusCode == http.StatusSwitchingProtocols:
			return nil, errors.New("the answer switches to another protocol, unasked")
		case resp.StatusCode >= http.StatusOK:
			c.left = math.MaxInt64 // a body's length is for who reads it to judge
			return resp, nil
		}
	}
}

// causeOf tells the end of ctx from a fault of the connection that it caused.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// answerBody gives its connection back when it has been read to the end. Nobody
// waits for the rest of one that is closed before: the connection goes with it.
type answerBody struct {
	source    io.Reader
	conn      *conn
	ctx       context.Context // the request's: its end ends the body
	uncancel  func() bool
	transport *Transport
	last      bool // the other end closes the connection after it
	finished  atomic.Bool
}

func (b *answerBody) Read(p []byte) (int, error) {
	n, err := b.source.Read(p)
	switch {
	case err == io.EOF: //nolint:errorlint // readers return it bare
		b.finish(true)
	case err != nil:
		b.finish(false)
		err = causeOf(b.ctx, err)
	}
	return n, err
}

func (b *answerBody) Close() error {
	b.finish(false)
	return nil
}

func (b *answerBody) finish(whole bool) {
	if !b.finished.CompareAndSwap(false, true) {
		return
	}
	defer b.transport.busy.Add(-1)
	// A context that ended may be about to break off whatever the connection does.
	if b.uncancel() && whole && !b.last {
		b.transport.idle.put(b.conn)
		return
	}
	_ = b.conn.Close()
}
