package proxy

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"

	"vitrine/auth"
)

// forward asks the tenant and passes on its answer.
func (p *Proxy) forward(x *exchange, r *http.Request) {
	out := p.outgoing(x, r)
	// The transport may read on after it has returned, and must not once we have.
	defer x.upload.finish()
	resp, err := p.ask(x, out)
	x.settle()
	x.upload.settle()
	switch {
	case err != nil:
	case resp.StatusCode == http.StatusSwitchingProtocols:
		err = p.takeOver(x, resp)
	default:
		x.tenant = resp.Body
		x.copying.Store(true)
		if x.ended.Load() {
			err = auth.ErrNoSession // while the tenant thought about it
		} else if err = p.incoming(x, resp); err == nil {
			p.pass(x, resp)
			return
		}
	}
	if err != nil {
		if resp != nil {
			_ = resp.Body.Close()
		}
		p.fault(x, r, err)
	}
}

// outgoing is the request that the tenant gets to see. It shares r's header.
func (p *Proxy) outgoing(x *exchange, r *http.Request) *http.Request {
	if r.ProtoAtLeast(1, 1) { // older clients know no interim answers
		x.trace.Got1xxResponse = x.hint
	}
	out := r.WithContext(httptrace.WithClientTrace(r.Context(), &x.trace))
	out.URL = p.onTenant(x.path.String(), r.URL)
	out.Host, out.RequestURI, out.Close = p.tenant.Host, "", false
	x.makeOutgoing(out.Header)
	x.upload.giveTo(out, &x.trace)
	return out
}

// pass hands the answer on, and ends the exchange in the middle when either
// side does: whoever has half an answer must be able to tell.
func (p *Proxy) pass(x *exchange, resp *http.Response) {
	h := x.Header()
	for name, values := range resp.Header {
		if before := h[name]; len(before) > 0 {
			values = append(before[:len(before):len(before)], values...)
		}
		h[name] = values
	}
	if _, typed := h["Content-Type"]; !typed {
		h["Content-Type"] = nil // or the server would make one up, and browsers act by it
	}
	if x.upload.goesOn() {
		// The server would first read on in the body, and what it reads the tenant
		// would never get.
		h["Connection"] = closing
	}
	announced := len(resp.Trailer)
	if announced > 0 {
		names := make([]string, 0, announced)
		for name := range resp.Trailer {
			names = append(names, name)
		}
		slices.Sort(names)
		h["Trailer"] = append(h["Trailer"], strings.Join(names, ", "))
	}
	x.closeAfterUpgrade()
	x.WriteHeader(resp.StatusCode)
	if isEventStream(resp.Header) {
		x.flush() // whoever listens waits for this, before there are events
	}
	err := x.copy(resp)
	_ = resp.Body.Close() // which also brings the trailers
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if len(resp.Trailer) > 0 {
		x.passTrailers(resp.Trailer, len(resp.Trailer) == announced)
	}
}

// wholePiece is the size of what TLS and HTTP/2 cut a long body into: where one
// comes there is more. The server keeps nothing of a piece as large.
const wholePiece = 16 << 10

// copy passes on the body. A piece that is smaller than the whole ones, and came
// without the end, is all the tenant had to say for now: it does not wait here
// for the next, nor for the end. Flushing everything would cost a second write per
// answer.
func (x *exchange) copy(resp *http.Response) error {
	switch {
	case resp.Body == http.NoBody:
		return nil
	case resp.StatusCode == http.StatusNotModified, resp.StatusCode == http.StatusNoContent:
		return nil // by HTTP/2, one that has a length seems to be cut off
	}
	chunk := borrow()
	defer chunks.Put(chunk)
	for {
		n, readErr := resp.Body.Read(chunk[:])
		x.moves.Add(1)
		if n > 0 {
			if _, err := x.Write(chunk[:n]); err != nil {
				return err
			}
			x.moves.Add(1)
			if readErr == nil && n < wholePiece {
				x.flush()
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

// flush sends what was written. Writers in memory cannot.
func (x *exchange) flush() { _ = http.NewResponseController(x.ResponseWriter).Flush() }

// passTrailers sets what comes behind the body (RFC 9110 section 6.5).
func (x *exchange) passTrailers(trailers http.Header, announced bool) {
	dropTenantHeaders(trailers)
	x.flush() // an answer with a length has none
	prefix := http.TrailerPrefix
	if announced {
		prefix = ""
	}
	for name, values := range trailers {
		x.Header()[prefix+name] = values
	}
}
