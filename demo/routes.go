package demo

import "net/http"

// routes is the whole outside of the tenant. Tier 1 are reads, tier 2 writes.
func (t *Tenant) routes() http.Handler {
	mux := http.NewServeMux()
	t.signInRoutes(mux)
	t.restRoutes(mux)
	t.clientRoutes(mux)
	t.integrationRoutes(mux)
	t.providerRoutes(mux)
	t.cspRoutes(mux)
	t.singleRoutes(mux)
	t.resourceRoutes(mux)
	t.reportRoutes(mux)
	t.controlRoutes(mux)

	mux.HandleFunc("/app/", t.engineSocket)
	mux.HandleFunc("GET /qlik-embed/{file...}", t.embedRuntime)
	mux.HandleFunc("GET /{$}", t.home)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fail(w, errNotFound) })
	return traced(t.crossOrigin(mux))
}

func (t *Tenant) signInRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", t.authorizationServer)
	mux.HandleFunc("GET /.well-known/openid-configuration", t.openIDConfiguration)
	mux.HandleFunc("GET /.well-known/jwks.json", t.jwks)
	mux.HandleFunc("GET /oauth/authorize", t.authorize)
	mux.HandleFunc("POST /oauth/token", t.token)
	mux.HandleFunc("POST /oauth/revoke", t.revoke)

	// A page elsewhere must not sign somebody in or approve scopes for them.
	ownPages := http.NewCrossOriginProtection()
	mux.HandleFunc("GET /login", t.login)
	mux.HandleFunc("GET /login/form", t.loginForm)
	mux.Handle("POST /login/form", ownPages.Handler(http.HandlerFunc(t.signIn)))
	mux.HandleFunc("GET /oauth/consent", t.consentForm)
	mux.Handle("POST /oauth/consent", ownPages.Handler(http.HandlerFunc(t.decideConsent)))
	mux.HandleFunc("GET "+stylePath, t.style)
	mux.HandleFunc("GET /logout", t.logout)
}

func (t *Tenant) restRoutes(mux *http.ServeMux) {
	get := func(path string, endpoint apiFunc) { mux.HandleFunc("GET /api/v1/"+path, t.api(1, endpoint)) }
	get("users", t.users)
	get("users/me", t.me)
	get("users/{userId}", t.user)
	get("items", t.items)
	get("items/{itemId}", t.item)
	get("apps/{appId}", t.app)
	get("apps/{appId}/media/thumbnail", t.appThumbnail)
	get("apps/{appId}/media/files/thumbnail.png", t.appThumbnail)
	get("apps/{appId}/data/metadata", t.appMetadata)
	get("spaces", t.spacesList)
	get("spaces/{spaceId}", t.space)
	get("collections", t.collections)
	get("collections/favorites", t.favorites)
	get("collections/{collectionId}", t.collection)
	get("collections/{collectionId}/items", t.collectionItems)
	get("tenants/me", t.tenantMe)
	get("tenants/{tenantId}", t.tenant)
	get("roles", t.roles)
	get("themes", fixed(map[string]any{"data": []any{}})) // uploaded ones only, and none was
	get("brands/active", t.brand)
	get("features", fixed(map[string]any{}))
	get("user-locale", t.userLocale)
	get("oauth-tokens", t.oauthTokens)
	get("audits", adminOnly("", t.auditList))
	get("audits/{id}", adminOnly("", t.auditEntry))
	mux.HandleFunc("POST /api/v1/collections/{collectionId}/items", t.api(2, t.addToCollection))
	mux.HandleFunc("DELETE /api/v1/collections/{collectionId}/items/{itemId}", t.api(2, t.removeFromCollection))
	mux.HandleFunc("DELETE /api/v1/oauth-tokens/{tokenId}", t.api(2, t.deleteOAuthToken))
	mux.HandleFunc("GET /api/v1/csrf-token", t.csrfToken)
	mux.HandleFunc("GET /api/core/auth-settings", t.api(1, adminOnly("", t.getAuthSettings)))
	mux.HandleFunc("PATCH /api/core/auth-settings", t.api(2, adminOnly("", t.patchAuthSettings)))
	// Everything else below the API asks for a sign-in first, then is not
	// there; boot/core-init is one of these.
	mux.HandleFunc("/api/", t.api(1, func(http.ResponseWriter, *http.Request, *caller) *apiError { return &errNotFound }))
}

func (t *Tenant) controlRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_demo/stats", t.control(t.controlStats))
	mux.HandleFunc("GET /_demo/settings", t.control(t.controlSettings))
	mux.HandleFunc("PATCH /_demo/settings", t.control(t.patchSettings))
	mux.HandleFunc("GET /_demo/faults", t.control(t.controlFaults))
	mux.HandleFunc("POST /_demo/faults", t.control(t.addFault))
	mux.HandleFunc("DELETE /_demo/faults", t.control(t.clearFaults))
	mux.HandleFunc("POST /_demo/sockets/close", t.control(t.closeSockets))
	mux.HandleFunc("POST /_demo/sessions/end", t.control(t.endSessions))
}
