package rest

import (
	"net/http"
	"slices"
	"strings"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// Small endpoints about the tenant itself.

var tenantRoles = []struct{ name, level, description string }{
	{"TenantAdmin", "admin", "Administers the whole tenant"},
	{"AnalyticsAdmin", "admin", "Administers apps and spaces"},
	{"DataAdmin", "admin", "Administers data and connections"},
	{"Developer", "user", "May create API keys"},
	{"SharedSpaceCreator", "user", "May create shared spaces"},
}

func levelOf(role string) string {
	for _, r := range tenantRoles {
		if r.name == role {
			return r.level
		}
	}
	return "user"
}

func (api *API) roles(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	list := []map[string]any{}
	for _, role := range tenantRoles {
		id := state.StableID("role", role.name)
		list = append(list, map[string]any{
			"id": id, "name": role.name, "type": "default", "level": role.level, "description": role.description,
			"tenantId": api.Content.TenantID, "createdAt": state.Timestamp(api.Content.Created), "lastUpdatedAt": state.Timestamp(api.Content.Created),
			"permissions": []string{}, "assignedScopes": []string{}, "canEdit": false, "canDelete": false,
			"links": map[string]wire.Link{"self": {Href: api.URL + "/api/v1/roles/" + id}},
		})
	}
	return wire.List[map[string]any]{Base: api.URL, Pager: wire.Cursors[map[string]any](20)}.Write(w, r, list)
}

func (api *API) tenantMe(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	http.Redirect(w, r, "/api/v1/tenants/"+api.Content.TenantID, http.StatusFound)
	return nil
}

func (api *API) tenant(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	if r.PathValue("tenantId") != api.Content.TenantID {
		return wire.ErrNotFound
	}
	wire.WriteJSON(w, http.StatusOK, map[string]any{
		"id": api.Content.TenantID, "name": "Brightwater", "hostnames": []string{api.Host()}, "status": "active",
		"region": "demo", "datacenter": "demo", "created": state.Timestamp(api.Content.Created), "lastUpdated": state.Timestamp(api.Content.Created),
		"createdByUser": api.Content.Users[2].ID, "enableAppOpeningFeedback": false,
		"links": map[string]wire.Link{"self": {Href: api.URL + "/api/v1/tenants/" + api.Content.TenantID}},
	})
	return nil
}

// brand answers GET /api/v1/brands/active: 200 and nothing, no brand is active.
func (api *API) brand(w http.ResponseWriter, _ *http.Request, _ *state.Caller) error {
	wire.WriteJSON(w, http.StatusOK, struct{}{})
	return nil
}

// userLocale must be JSON: the libraries probe it before they reconnect a socket.
func (api *API) userLocale(w http.ResponseWriter, _ *http.Request, caller *state.Caller) error {
	wire.WriteJSON(w, http.StatusOK, map[string]any{"locale": caller.Locale, "preferredLocale": caller.Locale, "zoneinfo": caller.Zone, "preferredZoneinfo": caller.Zone})
	return nil
}

// oauthTokens answers GET /api/v1/oauth-tokens: one line per grant. Users see
// their own, admins all.
func (api *API) oauthTokens(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	wanted := r.URL.Query().Get("userId")
	type row struct {
		ID          string `json:"id"`
		TenantID    string `json:"tenantId"`
		UserID      string `json:"userId"`
		ClientID    string `json:"clientId"`
		Description string `json:"description"`
		DeviceType  string `json:"deviceType"`
		LastUsed    string `json:"lastUsed"`
	}
	var list []row
	for _, g := range api.Grants(caller) {
		if wanted == "" || wanted == g.UserID {
			list = append(list, row{g.ID, api.Content.TenantID, g.UserID, g.ClientID, g.Description, g.DeviceType, state.Timestamp(g.LastUsed)})
		}
	}
	slices.SortFunc(list, func(a, b row) int { return strings.Compare(a.UserID+a.ID, b.UserID+b.ID) })
	return wire.List[row]{Base: api.URL, Pager: wire.Numbers[row]}.Write(w, r, list)
}

// deleteOAuthToken answers DELETE /api/v1/oauth-tokens/{tokenId}: the whole
// family dies at once.
func (api *API) deleteOAuthToken(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	if !api.RevokeGrant(r.PathValue("tokenId"), caller) {
		return wire.ErrNotFound
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
