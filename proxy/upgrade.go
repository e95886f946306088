package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"

	"vitrine/auth"
)

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

var errUnasked = errors.New("the tenant switched protocols unasked")

// isUpgrade reports whether r asks for a WebSocket (RFC 6455 section 4.1). We
// know of no other protocol to switch to, and h2c would lead past us.
func isUpgrade(r *http.Request) bool {
	if r.Method != http.MethodGet || !r.ProtoAtLeast(1, 1) || len(r.Header["Upgrade"]) != 1 ||
		!strings.EqualFold(r.Header["Upgrade"][0], "websocket") {
		return false
	}
	for _, value := range r.Header["Connection"] {
		if hasToken(value, "upgrade") {
			return true
		}
	}
	return false
}

// serveUpgrade relays a request for a WebSocket: the handshake only. What
// follows needs neither the request, nor its buffers, nor the deep stack of
// whoever serves it.
func (p *Proxy) serveUpgrade(x *exchange, r *http.Request) {
	if r.ContentLength != 0 {
		x.refuse(http.StatusBadRequest, "An upgrade has no body")
		return
	}
	var ok bool
	if x.place, ok = p.Sockets.Reserve(auth.Handle(x.session.ID), x.session.ID, p.MaxSockets); !ok {
		x.Header().Set("Retry-After", "10")
		x.refuse(http.StatusTooManyRequests, "Too many open connections")
		return
	}
	defer x.place.Release()
	x.trace.GotConn = func(info httptrace.GotConnInfo) { x.conn = info.Conn }
	p.forward(x, r)
}

// takeOver makes a socket of the two connections, once the tenant has agreed
// to switch protocols. Nobody answers any more then.
func (p *Proxy) takeOver(x *exchange, resp *http.Response) error {
	if !x.upgrade || x.conn == nil || !strings.EqualFold(resp.Header.Get("Upgrade"), "websocket") {
		return errUnasked
	}
	tenant := x.conn
	early := buffered(resp.Body, tenant)
	browser, unread, err := http.NewResponseController(x.ResponseWriter).Hijack()
	if err != nil {
		return fmt.Errorf("take over the browser's connection: %w", err)
	}
	sent, _ := unread.Peek(unread.Reader.Buffered())
	resp.Body = http.NoBody // closing it would close the tenant's connection
	x.place.Start(browser, tenant, switchingProtocols(x, resp), early, sent)
	return nil
}

// buffered returns what the tenant has sent behind its answer, and which the
// transport has read with it.
func buffered(body io.Reader, conn interface{ SetReadDeadline(time.Time) error }) []byte {
	_ = conn.SetReadDeadline(longAgo) // nothing is read from the network
	early, _ := io.ReadAll(body)
	_ = conn.SetReadDeadline(time.Time{})
	return early
}

// switchingProtocols is the tenant's answer to the upgrade, as the browser gets
// to see it.
func switchingProtocols(x *exchange, resp *http.Response) []byte {
	protocol := resp.Header["Upgrade"]
	dropTenantHeaders(resp.Header)
	resp.Header["Connection"], resp.Header["Upgrade"] = upgrade, protocol
	for name, values := range x.Header() {
		resp.Header[name] = values
	}
	delete(resp.Header, "Content-Length")
	var head bytes.Buffer
	head.WriteString("HTTP/1.1 101 Switching Protocols\r\n")
	_ = resp.Header.Write(&head)
	head.WriteString("\r\n")
	return head.Bytes()
}
