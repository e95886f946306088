package demo

import (
	"net/http"
	"slices"
	"strings"
)

// allowsOrigin: the browser page that sends the request is one of the client's.
func (c client) allowsOrigin(r *http.Request) bool {
	return slices.Contains(c.Origins, r.Header.Get("Origin"))
}

// crossOrigin tells browsers which pages elsewhere may read answers. It only
// opens the door; who may do what is decided where the caller is known.
func (t *Tenant) crossOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !foreignOrigin(r, t.url) || !readableElsewhere(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Add("Vary", "Origin")
		if t.knownOrigin(r.Header.Get("Origin")) {
			h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Expose-Headers", "qlik-csrf-token, Location, Retry-After, "+traceHeader)
		}
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		// A preflight carries no credentials, so it is answered for everybody;
		// without the headers above a browser takes it for a refusal.
		if h.Get("Access-Control-Allow-Origin") != "" {
			h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
			h.Set("Access-Control-Allow-Headers", "authorization, content-type, qlik-api-version, qlik-confirm-delete, qlik-csrf-token, qlik-web-integration-id")
			h.Set("Access-Control-Max-Age", "300")
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

func readableElsewhere(path string) bool {
	return strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/oauth/") || path == "/login/jwt-session"
}

// knownOrigin is one that some web integration or some client lists.
func (t *Tenant) knownOrigin(origin string) bool {
	return t.integrations.any(func(i webIntegration) bool { return slices.Contains(i.ValidOrigins, origin) }) ||
		t.clients.any(func(c client) bool { return slices.Contains(c.Origins, origin) })
}

// allowsCookieFrom: a page of the tenant itself, or one of the web integration
// that the request names, in a header or, where a browser cannot set any, in
// the query.
func (t *Tenant) allowsCookieFrom(r *http.Request) bool {
	if !foreignOrigin(r, t.url) {
		return true
	}
	integration, found := t.integrations.find(integrationOf(r))
	return found && slices.Contains(integration.ValidOrigins, r.Header.Get("Origin"))
}

func integrationOf(r *http.Request) string {
	id := r.Header.Get("qlik-web-integration-id")
	orDefault(&id, r.URL.Query().Get("qlik-web-integration-id"))
	return id
}
