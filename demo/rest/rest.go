package rest

import (
	"net/http"
	"sync"

	"vitrine/demo/oauth"
	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// API serves the REST API for users.
type API struct {
	*oauth.Guard
	reports    state.Collection[*report]
	thumbnails sync.Map // app ID → PNG
}

// New returns the REST API of a tenant.
func New(guard *oauth.Guard) *API { return &API{Guard: guard} }

// Register adds the routes. Tier 1 are reads, tier 2 writes.
func (api *API) Register(mux *http.ServeMux) {
	get := func(path string, endpoint wire.Endpoint) { mux.HandleFunc("GET /api/v1/"+path, api.API(1, endpoint)) }
	get("users", api.users)
	get("users/me", api.me)
	get("users/{userId}", api.user)
	get("items", api.items)
	get("items/{itemId}", api.item)
	get("apps/{appId}", api.app)
	get("apps/{appId}/media/thumbnail", api.appThumbnail)
	get("apps/{appId}/media/files/thumbnail.png", api.appThumbnail)
	get("apps/{appId}/data/metadata", api.appMetadata)
	get("spaces", api.spacesList)
	get("spaces/{spaceId}", api.space)
	get("collections", api.collections)
	get("collections/favorites", api.favorites)
	get("collections/{collectionId}", api.collection)
	get("collections/{collectionId}/items", api.collectionItems)
	get("tenants/me", api.tenantMe)
	get("tenants/{tenantId}", api.tenant)
	get("roles", api.roles)
	get("themes", wire.Fixed(map[string]any{"data": []any{}})) // uploaded ones only, and none was
	get("brands/active", api.brand)
	get("features", wire.Fixed(map[string]any{}))
	get("user-locale", api.userLocale)
	get("oauth-tokens", api.oauthTokens)
	get("reports/{id}/status", api.reportStatus)
	get("reports/{id}/outputs", api.reportOutputs)
	get("temp-contents/{id}", api.tempContent)
	mux.HandleFunc("POST /api/v1/reports", api.API(oauth.TierReports, api.createReport))
	mux.HandleFunc("POST /api/v1/collections/{collectionId}/items", api.API(2, api.addToCollection))
	mux.HandleFunc("DELETE /api/v1/collections/{collectionId}/items/{itemId}", api.API(2, api.removeFromCollection))
	mux.HandleFunc("DELETE /api/v1/oauth-tokens/{tokenId}", api.API(2, api.deleteOAuthToken))
	// Everything else below the API needs a sign-in first, then is not found;
	// boot/core-init is one of these.
	mux.HandleFunc("/api/", api.API(1, func(http.ResponseWriter, *http.Request, *state.Caller) error { return wire.ErrNotFound }))
}
