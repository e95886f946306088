package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"vitrine/auth"
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
	Logger    *slog.Logger      // default discards
}

// Proxy relays requests below its prefix to the tenant. Requests must carry a
// session in their context, except those [Public] names.
type Proxy struct {
	Options
	tenant  *url.URL
	reverse *httputil.ReverseProxy
	rewrite *rewriter
	Sockets *Sockets
}

// New returns a proxy to the tenant.
func New(o Options) (*Proxy, error) {
	tenant, err := url.Parse(o.TenantURL)
	if err != nil || tenant.Host == "" {
		return nil, fmt.Errorf("tenant URL %q is not an absolute URL", o.TenantURL)
	}
	if o.Prefix == "" {
		o.Prefix = "/qlik"
	}
	if o.Transport == nil {
		o.Transport = NewTransport()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Proxy{Options: o, tenant: tenant, Sockets: newSockets()}
	p.rewrite = newRewriter(tenant, strings.TrimSuffix(o.PublicURL, "/")+o.Prefix, o.Prefix)
	p.reverse = &httputil.ReverseProxy{
		Rewrite:        p.outgoing,
		ModifyResponse: p.incoming,
		ErrorHandler:   p.fault,
		Transport:      &refreshing{next: o.Transport, refresh: o.Refresh},
		FlushInterval:  -1, // the first byte leaves before the last has come
		BufferPool:     newBufferPool(),
		ErrorLog:       slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	return p, nil
}

// NewTransport returns a transport that keeps enough idle connections to one
// tenant: the library's default of two redials all the time.
func NewTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          512,
		MaxIdleConnsPerHost:   256,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 2 * time.Minute, // a large export takes its time
		ExpectContinueTimeout: time.Second,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

// ServeHTTP relays one request.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := p.tenantPath(r)
	if !ok || Refused(path) {
		WriteError(w, http.StatusNotFound, "HTTP-404", "Not relayed", "")
		return
	}
	s, signedIn := auth.FromContext(r.Context())
	if !signedIn && !Public(path) {
		WriteError(w, http.StatusUnauthorized, "HTTP-401", "Unauthorized", "")
		return
	}
	if isUpgrade(r) {
		w = &hijackTracker{ResponseWriter: w, sockets: p.Sockets, session: s.ID}
	}
	p.reverse.ServeHTTP(w, r)
}

// tenantPath is the request's path on the tenant, escaped as it was sent.
func (p *Proxy) tenantPath(r *http.Request) (string, bool) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), p.Prefix)
	return path, ok && strings.HasPrefix(path, "/")
}

// fault answers for a tenant that could not be reached.
func (p *Proxy) fault(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // the browser has left; nobody reads an answer
	}
	status, title := http.StatusBadGateway, "The tenant could not be reached"
	var slow net.Error
	if errors.As(err, &slow) && slow.Timeout() {
		status, title = http.StatusGatewayTimeout, "The tenant did not answer in time"
	}
	switch {
	case errors.Is(err, auth.ErrNoSession):
		status, title = http.StatusUnauthorized, "Unauthorized"
	case errors.Is(err, auth.ErrStore):
		status, title = http.StatusServiceUnavailable, "The session store is away"
		w.Header().Set("Retry-After", "2")
	}
	p.Logger.WarnContext(r.Context(), "relay", "method", r.Method, "path", r.URL.Path, "status", status, "error", cause(err))
	WriteError(w, status, fmt.Sprintf("HTTP-%d", status), title, "")
}

// cause leaves out the address, whose query may hold what a person typed.
func cause(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return err.Error()
}

// refreshing asks once more with a new token when the tenant refuses the old
// one. Only requests without a body can be repeated.
type refreshing struct {
	next    http.RoundTripper
	refresh func(context.Context, auth.Session) (auth.Session, error)
}

func (t *refreshing) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	s, signedIn := auth.FromContext(r.Context())
	if err != nil || resp.StatusCode != http.StatusUnauthorized || t.refresh == nil || !signedIn || hasBody(r) {
		return resp, err
	}
	fresh, err := t.refresh(r.Context(), s)
	if err == nil && fresh.Tokens.AccessToken == s.Tokens.AccessToken {
		return resp, nil // what the tenant said stands
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	_ = resp.Body.Close()
	if err != nil {
		// A 401 makes the libraries sign in anew, and a store or a token
		// endpoint that is away for a moment is no reason to.
		return nil, err
	}
	again := r.Clone(r.Context())
	again.Header.Set("Authorization", "Bearer "+fresh.Tokens.AccessToken)
	return t.next.RoundTrip(again)
}

func hasBody(r *http.Request) bool { return r.Body != nil && r.Body != http.NoBody }

func isUpgrade(r *http.Request) bool {
	for _, value := range r.Header.Values("Connection") {
		for token := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(token), "upgrade") {
				return true
			}
		}
	}
	return false
}
