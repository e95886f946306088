package proxy

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"vitrine/proxy/tenantpath"
)

// PathOf returns where on the tenant a request below the prefix leads. Its
// errors are those of [tenantpath.Parse].
func (p *Proxy) PathOf(r *http.Request) (tenantpath.Path, error) {
	escaped := r.URL.EscapedPath()
	if sent, _, _ := strings.Cut(r.RequestURI, "?"); sent != escaped && strings.HasPrefix(sent, "/") {
		// Some characters are escaped by Go and not by browsers.
		if path, err := url.PathUnescape(sent); err == nil && path == r.URL.Path {
			escaped = sent
		}
	}
	path, ok := strings.CutPrefix(escaped, p.Prefix)
	if !ok || !strings.HasPrefix(path, "/") {
		return tenantpath.Path{}, tenantpath.ErrWithheld
	}
	return tenantpath.Parse(path)
}

// PathError returns the answer to a request for which [Proxy.PathOf] returned err.
func PathError(err error) (status int, title string) {
	if errors.Is(err, tenantpath.ErrMalformed) {
		return http.StatusBadRequest, "Malformed path"
	}
	return http.StatusNotFound, "Not relayed"
}

// NeedsNoSession reports whether r, which leads to path, only reads a public file.
func NeedsNoSession(r *http.Request, path tenantpath.Path) bool {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	return reads && r.ContentLength == 0 && len(r.Header["Upgrade"]) == 0 && path.Public()
}
