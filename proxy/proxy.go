package proxy

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vitrine/auth"
	"vitrine/proxy/rewrite"
	"vitrine/proxy/tenantpath"
	"vitrine/proxy/tunnel"
)

// Options describe a Proxy. TenantURL and PublicURL are required.
type Options struct {
	TenantURL string // scheme and host
	PublicURL string // scheme and host browsers use for us
	Prefix    string // where the relay lives; default "/qlik"
	// Refresh makes new tokens for a session whose token the tenant refused;
	// nil means that a refusal is passed on.
	Refresh   func(context.Context, auth.Session) (auth.Session, error)
	Transport http.RoundTripper // default: [NewTransport]
	// Title returns a fault's title in the language of the request, of which it
	// gets the Cookie and Accept-Language fields, and the session, which may be
	// nil. By default titles are in English.
	Title  func(asked http.Header, s *auth.Session, title string) string
	Logger *slog.Logger     // default discards
	Now    func() time.Time // default: [time.Now]

	// What one session may have under way at a time, so that it cannot crowd out
	// others. The defaults are more than any page of a browser needs.
	MaxRequests int // default 256
	MaxSockets  int // default 100
	// MaxBody is how many bytes a request may bring; default 4 GiB.
	MaxBody int64
	// StallTime is how long a body may stand still, in either direction;
	// default one minute.
	StallTime time.Duration
}

// Proxy relays requests below its prefix to the tenant. Requests must carry a
// session in their context, except those to a public path.
type Proxy struct {
	Options
	tenant  *url.URL
	rewrite *rewrite.Rewriter
	traffic *traffic
	rates   *rates
	Sockets *tunnel.Registry
}

// New returns a proxy to the tenant.
func New(o Options) (*Proxy, error) {
	tenant, err := url.Parse(o.TenantURL)
	if err != nil || tenant.Host == "" {
		return nil, fmt.Errorf("tenant URL %q is not an absolute URL", o.TenantURL)
	}
	o.Prefix = cmp.Or(o.Prefix, "/qlik")
	o.MaxRequests = cmp.Or(o.MaxRequests, 256)
	o.MaxSockets = cmp.Or(o.MaxSockets, 100)
	o.MaxBody = cmp.Or(o.MaxBody, 4<<30)
	o.StallTime = cmp.Or(o.StallTime, time.Minute)
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Transport == nil {
		transport := NewTransport()
		transport.DisableCompression = true // what is compressed passes as it is
		o.Transport = transport
	}
	p := &Proxy{
		Options: o, tenant: tenant, Sockets: tunnel.NewRegistry(),
		traffic: newTraffic(o.MaxRequests, o.StallTime), rates: newRates(o.Now),
	}
	p.rewrite = rewrite.New(tenant, strings.TrimSuffix(o.PublicURL, "/")+o.Prefix, o.Prefix)
	return p, nil
}

// ServeHTTP relays one request of the session in its context.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(r.Context())
	r.Header = r.Header.Clone()
	path, err := p.PathOf(r)
	if err != nil {
		(&exchange{ResponseWriter: w, relay: p, upgrade: isUpgrade(r)}).refuse(PathError(err))
		return
	}
	if s, ok := auth.FromContext(r.Context()); ok {
		p.Relay(w, r, path, &s)
		return
	}
	p.Relay(w, r, path, nil)
}

// Relay relays one request of a session to where [Proxy.PathOf] says that it
// leads; without a session it is that of somebody who is not signed in. The
// header of r becomes the one that the tenant gets: the caller must not read it
// afterwards. Copying it for each request would be a good part of all we do.
func (p *Proxy) Relay(w http.ResponseWriter, r *http.Request, path tenantpath.Path, session *auth.Session) {
	x := &exchange{
		ResponseWriter: w, browser: r.Context(), relay: p, session: session,
		path: path, upgrade: isUpgrade(r),
		cookies: r.Header["Cookie"], languages: r.Header["Accept-Language"],
	}
	if r.Method == http.MethodTrace || r.Method == http.MethodConnect {
		// The one shows the token to who asks, the other has no path.
		x.refuse(http.StatusMethodNotAllowed, "Not relayed")
		return
	}
	if session == nil && !NeedsNoSession(r, path) {
		x.refuse(http.StatusUnauthorized, "Unauthorized")
		return
	}
	if p.mustWait(x, r.Method) {
		return
	}
	if !p.traffic.enter(x) {
		w.Header().Set("Retry-After", "1")
		x.standIn(http.StatusTooManyRequests, fault{Title: "Too many requests at the same time"})
		return
	}
	defer p.traffic.leave(x)
	if x.upgrade {
		p.serveUpgrade(x, r)
		return
	}
	if r.ContentLength > p.MaxBody {
		w.Header().Set("Connection", "close") // instead of reading all of it
		x.refuse(http.StatusRequestEntityTooLarge, "The body is too large")
		return
	}
	x.upload.watch(r, w, p.MaxBody, p.StallTime)
	p.forward(x, r)
}

// EndSession closes the session's sockets, and cuts the answers to it that are
// under way.
func (p *Proxy) EndSession(handle string) {
	p.Sockets.EndSession(handle)
	p.traffic.end(handle)
}

// fault answers for a tenant that could not be reached.
func (p *Proxy) fault(x *exchange, r *http.Request, err error) {
	left := r.Context().Err() != nil && errors.Is(err, context.Canceled)
	if left && !x.upload.malformed(left) {
		x.WriteHeader(statusLeft) // nobody reads it but the log
		return
	}
	status, title := http.StatusBadGateway, "The tenant could not be reached"
	var slow net.Error
	switch {
	case x.upload.tooLarge():
		status, title = http.StatusRequestEntityTooLarge, "The body is too large"
		x.Header().Set("Connection", "close")
	case x.upload.notTaken():
		status, title = http.StatusGatewayTimeout, "The tenant did not take the body in time"
		x.Header().Set("Connection", "close")
	case x.upload.tooSlow():
		status, title = http.StatusRequestTimeout, "The body did not come in time"
		x.Header().Set("Connection", "close")
	case x.upload.malformed(left):
		status, title = http.StatusBadRequest, "The body could not be read"
		x.Header().Set("Connection", "close")
	case errors.Is(err, auth.ErrNoSession):
		status, title = http.StatusUnauthorized, "Unauthorized"
	case errors.Is(err, auth.ErrStore):
		status, title = http.StatusServiceUnavailable, "The session store is away"
		x.Header().Set("Retry-After", "2")
	case errors.As(err, &slow) && slow.Timeout():
		status, title = http.StatusGatewayTimeout, "The tenant did not answer in time"
	}
	p.Logger.WarnContext(r.Context(), "relay", "method", r.Method, "path", r.URL.Path, "status", status, "error", cause(err))
	x.standIn(status, fault{Title: title})
}

// statusLeft stands in logs and metrics for a browser that left before there
// was an answer; there is no such status on the wire.
const statusLeft = 499

// cause leaves out the address, whose query may hold what a person typed, and
// what the library repeats of an answer that it did not understand.
func cause(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var network net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &network):
		return network.Error()
	case errors.As(err, &certificate):
		return certificate.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection ended"
	}
	for _, ours := range []error{auth.ErrNoSession, auth.ErrStore, auth.ErrTenant, errTooLarge, errUnasked, context.Canceled} {
		if errors.Is(err, ours) {
			return err.Error()
		}
	}
	return fmt.Sprintf("malformed answer (%T)", err)
}
