package proxy

import (
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"vitrine/internal/contentcoding"
	"vitrine/proxy/rewrite"
)

// makeOutgoing turns a request's header into what the tenant gets to see of it.
func (x *exchange) makeOutgoing(h http.Header) {
	connection, te, protocol := h["Connection"], h["Te"], h["Upgrade"]
	for name := range h {
		if isWithheld(name) {
			delete(h, name)
		}
	}
	dropNamed(h, connection)
	for _, value := range te {
		if hasToken(value, "trailers") {
			h["Te"] = trailers
		}
	}
	if x.upgrade { // to anything else, an upgrade is ignored (RFC 9110 section 7.8)
		h["Connection"], h["Upgrade"] = upgrade, protocol
	}
	if _, named := h["User-Agent"]; !named {
		h["User-Agent"] = unnamed
	}
	if x.session != nil {
		h["Authorization"] = x.session.Authorization()
	}
	if x.path.API() && !x.upgrade {
		x.marked = rewrite.UnmarkConditions(h)
		onlyGzip(h)
	}
}

// Values nobody writes into. The library puts its own name where there is none.
var (
	trailers = []string{"trailers"}
	upgrade  = []string{"Upgrade"}
	unnamed  = []string{""}
	closing  = []string{"close"}
)

// isWithheld reports whether a request header never reaches the tenant. Some
// servers take an underscore for a hyphen.
func isWithheld(name string) bool {
	if strings.IndexByte(name, '_') >= 0 {
		name = textproto.CanonicalMIMEHeaderKey(strings.ReplaceAll(name, "_", "-"))
	}
	return isOurs(name) || isHopByHop(name)
}

// isHopByHop reports whether a header is about one connection (RFC 9110
// section 7.6.1) and never passed on.
func isHopByHop(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
		"Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization":
		return true
	}
	return false
}

// dropNamed takes away what a Connection header names as being about this
// connection only.
func dropNamed(h http.Header, connection []string) {
	for _, value := range connection {
		for token := range strings.SplitSeq(value, ",") {
			if token = strings.TrimSpace(token); token != "keep-alive" && token != "" {
				delete(h, textproto.CanonicalMIMEHeaderKey(token))
			}
		}
	}
}

func hasToken(value, token string) bool {
	for one := range strings.SplitSeq(value, ",") {
		if strings.EqualFold(strings.TrimSpace(one), token) {
			return true
		}
	}
	return false
}

// onTenant is where the tenant has what was asked for here, its path escaped as
// it was sent.
func (p *Proxy) onTenant(escaped string, here *url.URL) *url.URL {
	u := &url.URL{
		Scheme: p.tenant.Scheme, Host: p.tenant.Host,
		RawQuery: withoutAccessToken(here.RawQuery), ForceQuery: here.ForceQuery,
	}
	setPath(u, escaped)
	return u
}

// setPath sets an escaped path, which stays as it was sent.
func setPath(u *url.URL, escaped string) {
	u.Path, u.RawPath, u.Opaque = escaped, "", ""
	if path, err := url.PathUnescape(escaped); err == nil {
		u.Path = path
	}
	if u.EscapedPath() != escaped {
		u.RawPath = escaped // %2F and the like
		if u.EscapedPath() != escaped && !strings.HasPrefix(escaped, "//") {
			u.Opaque = escaped // characters browsers do not escape, such as |
		}
	}
}

// isOurs reports whether a request header is meant for us, and not for the
// tenant. Our cookie is none of its business, and it knows no others: its own
// never reach the browser. A browser's Origin is refused by Qlik's origin check
// (OAUTH-29); its Authorization is not ours. Who asked whom is between the
// browser and us. And what would change the method or the path behind our back
// would get past the checks that go by them.
func isOurs(name string) bool {
	switch name {
	case "Cookie", "Origin", "Authorization", "Forwarded", "Via", "X-Real-Ip", "True-Client-Ip", "Client-Ip",
		"X-Client-Ip", "X-Cluster-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip", "X-Envoy-External-Address", "Proxy",
		"X-Http-Method", "X-Http-Method-Override", "X-Method-Override", "X-Original-Url", "X-Original-Host", "X-Rewrite-Url", "X-Host":
		return true
	}
	return strings.HasPrefix(name, "X-Forwarded") || strings.HasPrefix(name, "Proxy-")
}

// onlyGzip asks for an answer that can be opened: links inside JSON must be
// readable. Whatever is not JSON is passed on as it comes.
func onlyGzip(h http.Header) {
	if contentcoding.Accepts(h["Accept-Encoding"], "gzip") {
		h["Accept-Encoding"] = gzipOnly
		return
	}
	h["Accept-Encoding"] = identityOnly
}

var gzipOnly, identityOnly = []string{"gzip"}, []string{"identity"}

// withoutAccessToken drops the token a library puts into a query, and leaves
// the rest as it was sent, in its order. Some servers take a semicolon for an
// ampersand.
func withoutAccessToken(query string) string {
	if !holdsAccessToken(query) {
		return query
	}
	var kept strings.Builder
	for len(query) > 0 {
		end := strings.IndexAny(query, "&;")
		part, rest, separator := query, "", ""
		if end >= 0 {
			part, separator, rest = query[:end], query[end:end+1], query[end+1:]
		}
		if !isAccessToken(part) {
			kept.WriteString(part)
			kept.WriteString(separator)
		}
		query = rest
	}
	return strings.TrimRight(kept.String(), "&;")
}

func holdsAccessToken(query string) bool {
	for part := range strings.FieldsFuncSeq(query, func(c rune) bool { return c == '&' || c == ';' }) {
		if isAccessToken(part) {
			return true
		}
	}
	return false
}

func isAccessToken(part string) bool {
	name, _, _ := strings.Cut(part, "=")
	if strings.ContainsAny(name, "%+") {
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = strings.TrimSpace(decoded)
		}
	}
	return strings.EqualFold(name, "accessToken")
}

// dropTenantHeaders takes away what speaks of the tenant's own origin and must
// not be taken for ours: cookies, who may read across origins, how our host is
// reached. A server in front of us would take some for an order to send a file of
// its own. What is about our connection to it stays between us.
func dropTenantHeaders(h http.Header) {
	dropNamed(h, h["Connection"])
	for name := range h {
		switch name {
		case "Set-Cookie", "Set-Cookie2", "Strict-Transport-Security", "Alt-Svc", "Clear-Site-Data", "X-Frame-Options",
			"Nel", "Report-To", "Reporting-Endpoints", "Service-Worker-Allowed", "Www-Authenticate", "Origin-Agent-Cluster",
			"Cross-Origin-Opener-Policy", "Cross-Origin-Opener-Policy-Report-Only", "Cross-Origin-Resource-Policy",
			"Public-Key-Pins", "Accept-Ch", "Critical-Ch",
			"X-Accel-Redirect", "X-Sendfile", "X-Lighttpd-Send-File", "X-Reproxy-Url":
			delete(h, name)
		default:
			if isHopByHop(name) || strings.HasPrefix(name, "Access-Control-") {
				delete(h, name)
			}
		}
	}
}
