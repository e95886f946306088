package rewrite

import (
	"net/http"
	"net/url"
	"strings"
)

// Rewriter brings addresses of the tenant back under our prefix: Qlik's
// libraries follow absolute links as they stand, and would leave our origin.
type Rewriter struct {
	host, port string // the tenant's; no port if it is the scheme's own
	scheme     string
	base       string // PUBLIC_URL/qlik
	prefix     string // /qlik
	origins    [2]origin
	longest    int // no origin is spelled with more bytes
}

// origin is one of the tenant's, and what stands for it.
type origin struct{ scheme, base string }

// New returns a Rewriter for the tenant. base replaces the origin of absolute
// addresses, and prefix is put before rooted ones.
func New(tenant *url.URL, base, prefix string) *Rewriter {
	rw := &Rewriter{
		scheme: strings.ToLower(tenant.Scheme), host: tenant.Hostname(), port: tenant.Port(), base: base, prefix: prefix,
	}
	if rw.port == defaultPort(rw.scheme) {
		rw.port = ""
	}
	if strings.Contains(rw.host, ":") {
		rw.host = "[" + rw.host + "]"
	}
	socket := strings.Replace(rw.scheme, "http", "ws", 1)
	rw.origins = [2]origin{{rw.scheme, base}, {socket, "ws" + strings.TrimPrefix(base, "http")}}
	rw.longest = len(rw.scheme) + len(`:\u002f\u002f`) + len(rw.host) + len(":65535") + len(`\u002f`)
	return rw
}

func defaultPort(scheme string) string {
	if scheme == "https" || scheme == "wss" {
		return "443"
	}
	return "80"
}

// Headers rewrites the headers that hold addresses.
func (rw *Rewriter) Headers(h http.Header) {
	for _, name := range []string{"Location", "Content-Location"} {
		for i, value := range h[name] {
			h[name][i] = rw.address(value)
		}
	}
	rw.Links(h["Link"])
	for i, value := range h["Refresh"] {
		if at := strings.Index(strings.ToLower(value), "url="); at >= 0 {
			at += len("url=")
			address := strings.Trim(value[at:], ` "'`)
			h["Refresh"][i] = value[:at] + rw.address(address)
		}
	}
}

// Links rewrites the targets in Link headers (RFC 8288 section 3).
func (rw *Rewriter) Links(headers []string) {
	for i, header := range headers {
		var out strings.Builder
		for {
			before, rest, ok := strings.Cut(header, "<")
			target, after, closed := strings.Cut(rest, ">")
			if !ok || !closed {
				break
			}
			out.WriteString(before + "<" + rw.address(target) + ">")
			header = after
		}
		out.WriteString(header)
		headers[i] = out.String()
	}
}

// address rewrites one URL of the tenant: absolute, or rooted. Any other stays.
// Only its origin is parsed, as browsers mind less what comes behind than Go.
func (rw *Rewriter) address(value string) string {
	whole := strings.TrimSpace(value)
	origin, rest := cutOrigin(whole)
	u, err := url.Parse(origin)
	switch {
	case err != nil:
		return value
	case u.Host == "" && u.Scheme == "" && strings.HasPrefix(whole, "/"):
		return rw.prefix + whole
	case u.User == nil && rw.isTenant(u):
		if !strings.HasPrefix(rest, "/") {
			rest = "/" + rest
		}
		return rw.base + rest
	}
	return value
}

// cutOrigin splits a URL behind its host and port. One that names no host has
// no origin.
func cutOrigin(whole string) (origin, rest string) {
	scheme, _, ok := strings.Cut(whole, "//")
	if !ok || scheme != "" && !strings.HasSuffix(scheme, ":") {
		return "", whole
	}
	at := len(scheme) + len("//")
	if end := strings.IndexAny(whole[at:], "/?#"); end >= 0 {
		return whole[:at+end], whole[at+end:]
	}
	return whole, ""
}

func (rw *Rewriter) isTenant(u *url.URL) bool {
	if u.Scheme != "" && !strings.EqualFold(u.Scheme, rw.scheme) {
		return false
	}
	host, port := strings.Trim(rw.host, "[]"), u.Port()
	return strings.EqualFold(u.Hostname(), host) && (port == rw.port || rw.port == "" && port == defaultPort(rw.scheme))
}
