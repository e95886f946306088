package proxy

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

// outgoing is what the tenant gets to see of a request.
func (p *Proxy) outgoing(pr *httputil.ProxyRequest) {
	out, x := pr.Out, exchangeOf(pr.In.Context())
	out.URL.Scheme, out.URL.Host, out.Host = p.tenant.Scheme, p.tenant.Host, p.tenant.Host
	setPath(out.URL, x.path)
	out.URL.RawQuery = withoutAccessToken(pr.In.URL.RawQuery)
	out.Trailer = pr.In.Trailer // a copy would miss what comes with the body's end

	for name := range out.Header {
		if isOurs(name) {
			delete(out.Header, name)
		}
	}
	if x.session != nil {
		out.Header["Authorization"] = x.session.Authorization()
	}
	if x.api && !x.upgrade {
		x.marked = unmarkConditions(out.Header)
		onlyGzip(out.Header)
	}
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
	for _, value := range h["Accept-Encoding"] {
		for coding := range strings.SplitSeq(value, ",") {
			name, weight, _ := strings.Cut(strings.TrimSpace(coding), ";")
			if strings.EqualFold(strings.TrimSpace(name), "gzip") && !refusesCoding(weight) {
				h["Accept-Encoding"] = gzipOnly
				return
			}
		}
	}
	h["Accept-Encoding"] = identityOnly
}

var gzipOnly, identityOnly = []string{"gzip"}, []string{"identity"}

// refusesCoding reports whether a weight is nought (RFC 9110 section 12.4.2).
func refusesCoding(weight string) bool {
	value, ok := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(weight, " ", "")), "q=")
	return ok && strings.Trim(value, "0.") == ""
}

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
// reached.
func dropTenantHeaders(h http.Header) {
	for name := range h {
		switch name {
		case "Set-Cookie", "Set-Cookie2", "Strict-Transport-Security", "Alt-Svc", "Clear-Site-Data", "X-Frame-Options",
			"Nel", "Report-To", "Reporting-Endpoints", "Service-Worker-Allowed", "Www-Authenticate", "Origin-Agent-Cluster",
			"Cross-Origin-Opener-Policy", "Cross-Origin-Opener-Policy-Report-Only", "Cross-Origin-Resource-Policy",
			"Public-Key-Pins", "Accept-Ch", "Critical-Ch":
			delete(h, name)
		default:
			if strings.HasPrefix(name, "Access-Control-") {
				delete(h, name)
			}
		}
	}
}
