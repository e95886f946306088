package proxy

import (
	"fmt"
	"mime"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"vitrine/auth"
)

// outgoing is what the tenant gets to see of a request.
func (p *Proxy) outgoing(pr *httputil.ProxyRequest) {
	out := pr.Out
	path := strings.TrimPrefix(pr.In.URL.Path, p.Prefix)
	raw, _ := p.tenantPath(pr.In)
	out.URL.Scheme, out.URL.Host, out.Host = p.tenant.Scheme, p.tenant.Host, p.tenant.Host
	out.URL.Path, out.URL.RawPath = path, ""
	if out.URL.EscapedPath() != raw {
		out.URL.RawPath = raw // %2F and the like stay as they were sent
	}
	out.URL.RawQuery = withoutAccessToken(pr.In.URL.RawQuery)

	// Our cookie is none of the tenant's business, and it knows no others:
	// its own never reach the browser. A browser's Origin is refused by Qlik's
	// origin check (OAUTH-29); its Authorization is not ours.
	for _, name := range []string{"Cookie", "Origin", "Authorization"} {
		out.Header.Del(name)
	}
	if s, ok := auth.FromContext(pr.In.Context()); ok {
		out.Header.Set("Authorization", "Bearer "+s.Tokens.AccessToken)
	}
	if strings.HasPrefix(path, "/api/") && !isUpgrade(pr.In) {
		// Links inside must be readable: the transport then asks for gzip by
		// itself and opens it for us.
		out.Header.Del("Accept-Encoding")
	}
}

// withoutAccessToken drops the token a library puts into a query, and leaves
// the rest as it was sent, in its order.
func withoutAccessToken(query string) string {
	if !strings.Contains(strings.ToLower(query), "token") && !strings.Contains(query, "%") {
		return query
	}
	parts := strings.Split(query, "&")
	kept := parts[:0]
	for _, part := range parts {
		name, _, _ := strings.Cut(part, "=")
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
		if !strings.EqualFold(name, "accessToken") {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "&")
}

// droppedHeaders of the tenant speak of its own origin and must not be taken
// for ours: cookies, who may read across origins, how our host is reached.
var droppedHeaders = []string{
	"Set-Cookie", "Strict-Transport-Security", "Alt-Svc", "Clear-Site-Data", "X-Frame-Options",
	"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers",
	"Access-Control-Allow-Methods", "Access-Control-Expose-Headers", "Access-Control-Max-Age",
	"Nel", "Report-To", "Reporting-Endpoints", "Service-Worker-Allowed", "Www-Authenticate",
	"Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
}

// incoming is what the browser gets to see of an answer.
func (p *Proxy) incoming(resp *http.Response) error {
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Header.Del("Set-Cookie")
		return nil
	}
	for _, name := range droppedHeaders {
		resp.Header.Del(name)
	}
	p.rewrite.headers(resp.Header)
	path := resp.Request.URL.Path
	if path == ProductInfoPath {
		return alwaysJSON(resp)
	}
	if policy := resp.Header.Get("Content-Security-Policy"); policy != "" {
		resp.Header.Set("Content-Security-Policy", framedByUs(policy))
	}
	if strings.HasPrefix(path, "/api/") {
		resp.Header.Set("Cache-Control", "no-store")
		resp.Header.Del("Expires")
		if isJSON(resp.Header) && resp.ContentLength != 0 && resp.Header.Get("Content-Encoding") == "" {
			resp.Body = p.rewrite.body(resp.Body)
			resp.Header.Del("Content-Length")
			resp.ContentLength = -1
		}
	}
	return nil
}

// framedByUs replaces who may frame a page of the tenant: its list names the
// tenant's own customers, and here the page is on our origin.
func framedByUs(policy string) string {
	var kept []string
	for directive := range strings.SplitSeq(policy, ";") {
		directive = strings.TrimSpace(directive)
		name, _, _ := strings.Cut(directive, " ")
		if directive != "" && !strings.EqualFold(name, "frame-ancestors") {
			kept = append(kept, directive)
		}
	}
	return strings.Join(append(kept, "frame-ancestors 'self'"), "; ")
}

func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}

// alwaysJSON keeps Qlik's library from taking us for client-managed Windows,
// which it does on any redirect, error or page of HTML at this one address.
func alwaysJSON(resp *http.Response) error {
	if resp.StatusCode == http.StatusNotModified || (resp.StatusCode == http.StatusOK && isJSON(resp.Header)) {
		return nil
	}
	_ = resp.Body.Close()
	replaceBody(resp, http.StatusOK, productInfo)
	resp.Header.Set("Cache-Control", "no-cache")
	return nil
}

// productInfo says "Qlik Cloud" in the words the library looks for.
const productInfo = `{"composition":{"deploymentType":"QlikCloud","provider":"qlik","senseId":"qcs","version":"cloud"}}`

func replaceBody(resp *http.Response, status int, body string) {
	resp.StatusCode, resp.Status = status, fmt.Sprintf("%d %s", status, http.StatusText(status))
	resp.Body = stringBody(body)
	resp.ContentLength = int64(len(body))
	resp.Header = http.Header{"Content-Type": {"application/json"}, "Content-Length": {fmt.Sprint(len(body))}}
}
