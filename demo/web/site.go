package web

import (
	"io/fs"
	"net/http"

	"vitrine/demo/oauth"
)

// Site serves what people see of the tenant in a browser: the pages of the
// sign-in, pages with charts for frames, and the browser runtime.
type Site struct {
	auth *oauth.Server
	*oauth.Guard
	runtime fs.FS // built scripts of demo/runtime; nil without any
}

// NewSite returns the pages of a tenant.
func NewSite(auth *oauth.Server, runtime fs.FS) *Site { return &Site{auth, auth.Guard, runtime} }

// Register adds the routes.
func (site *Site) Register(mux *http.ServeMux) {
	// A page of another origin must not sign a user in or approve scopes.
	ownPages := http.NewCrossOriginProtection()
	mux.HandleFunc("GET /login", site.login)
	mux.HandleFunc("GET /login/form", site.loginForm)
	mux.Handle("POST /login/form", ownPages.Handler(http.HandlerFunc(site.signIn)))
	mux.HandleFunc("GET /oauth/consent", site.consentForm)
	mux.Handle("POST /oauth/consent", ownPages.Handler(http.HandlerFunc(site.decideConsent)))
	mux.HandleFunc("GET "+stylePath, site.style)
	mux.HandleFunc("GET /logout", site.logout)
	mux.HandleFunc("GET /{$}", site.home)
	mux.HandleFunc("GET /qlik-embed/{file...}", site.embedRuntime)
	site.singleRoutes(mux)
	site.resourceRoutes(mux)
}
