package admin

import (
	"net/http"

	"vitrine/demo/oauth"
	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// API serves what admins of the tenant use.
type API struct{ *oauth.Guard }

// Register adds the routes.
func (api *API) Register(mux *http.ServeMux) {
	admin := api.handle(mux, "")
	api.clients().Register(admin)
	const client = "/api/v1/oauth-clients/{id}"
	admin("POST "+client+"/actions/publish", 2, api.publishClient)
	admin("POST "+client+"/client-secrets", 2, api.addClientSecret)
	admin("DELETE "+client+"/client-secrets/{hint}", 2, api.removeClientSecret)
	admin("GET "+client+"/connection-configs/me", 1, api.connection)
	admin("PATCH "+client+"/connection-configs/me", 2, api.patchConnection)
	admin("DELETE "+client+"/connection-configs/me", 2, api.deleteConnection)

	api.integrations().Register(admin)
	api.identityProviders().Register(admin)
	admin("GET /api/v1/identity-providers/me/meta", 1, wire.Fixed(map[string]string{"userPortalLink": "", "upgradeSubscriptionLink": ""}))
	admin("GET /api/core/auth-settings", 1, api.getAuthSettings)
	admin("PATCH /api/core/auth-settings", 2, api.patchAuthSettings)
	admin("GET /api/v1/audits", 1, api.auditList)
	admin("GET /api/v1/audits/{id}", 1, api.auditEntry)

	csp := api.handle(mux, "admin.csp")
	api.cspOrigins().Register(csp)
	csp("GET /api/v1/csp-origins/actions/generate-header", 1, api.generateCSP)
}

// handle returns the function that adds routes for admins, or for holders of
// the narrow scope.
func (api *API) handle(mux *http.ServeMux, scope string) func(pattern string, tier int, endpoint wire.Endpoint) {
	return func(pattern string, tier int, endpoint wire.Endpoint) {
		mux.HandleFunc(pattern, api.Admin(scope, tier, endpoint))
	}
}

// auditChange logs the update or removal of a record, whose ID the data has
// under that key.
func (api *API) auditChange(source, key string) func(event, id string, caller *state.Caller) {
	return func(event, id string, caller *state.Caller) {
		api.Audit(source+"."+event, caller.User, map[string]any{key: id})
	}
}

// New returns the admin API of a tenant.
func New(guard *oauth.Guard) *API { return &API{guard} }
