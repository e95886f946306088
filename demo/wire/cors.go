package wire

import (
	"net/http"
	"strings"
)

// ForeignOrigin reports whether a page of another origin sends the request.
func ForeignOrigin(r *http.Request, own string) bool {
	origin := r.Header.Get("Origin")
	return origin != "" && origin != own
}

// CORS lets browser pages of known origins read the answers of the tenant at
// the URL. It authorizes nothing: each endpoint checks its caller.
func CORS(own string, known func(origin string) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ForeignOrigin(r, own) || !readableElsewhere(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Add("Vary", "Origin")
		if known(r.Header.Get("Origin")) {
			h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Expose-Headers", "qlik-csrf-token, Location, Retry-After, "+TraceHeader)
		}
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		// A preflight carries no credentials, so every one is answered; without
		// the headers above a browser blocks the request.
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
