package demo

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
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

func (t *Tenant) roles(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	list := []map[string]any{}
	for _, role := range tenantRoles {
		id := stableID("role", role.name)
		list = append(list, map[string]any{
			"id": id, "name": role.name, "type": "default", "level": role.level, "description": role.description,
			"tenantId": t.content.tenantID, "createdAt": wireTime(t.content.created), "lastUpdatedAt": wireTime(t.content.created),
			"permissions": []string{}, "assignedScopes": []string{}, "canEdit": false, "canDelete": false,
			"links": map[string]link{"self": {t.url + "/api/v1/roles/" + id}},
		})
	}
	page, links, no := pageOf(t, r, list, 20)
	if no != nil {
		return no
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": page, "links": links})
	return nil
}

func (t *Tenant) tenantMe(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	http.Redirect(w, r, "/api/v1/tenants/"+t.content.tenantID, http.StatusFound)
	return nil
}

func (t *Tenant) tenant(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	if r.PathValue("tenantId") != t.content.tenantID {
		return &errNotFound
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"id": t.content.tenantID, "name": "Brightwater", "hostnames": []string{t.host()}, "status": "active",
		"region": "demo", "datacenter": "demo", "created": wireTime(t.content.created), "lastUpdated": wireTime(t.content.created),
		"createdByUser": t.content.people[2].ID, "enableAppOpeningFeedback": false,
		"links": map[string]link{"self": {t.url + "/api/v1/tenants/" + t.content.tenantID}},
	})
	return nil
}

// fixed answers one JSON value to everybody who is signed in.
func fixed(body any) apiFunc {
	return func(w http.ResponseWriter, _ *http.Request, _ *caller) *apiError {
		writeJSON(w, http.StatusOK, body)
		return nil
	}
}

// brand answers GET /api/v1/brands/active: 200 and nothing, no brand is active.
func (t *Tenant) brand(w http.ResponseWriter, _ *http.Request, _ *caller) *apiError {
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

// userLocale must be JSON: the libraries probe it before they reconnect a socket.
func (t *Tenant) userLocale(w http.ResponseWriter, _ *http.Request, who *caller) *apiError {
	writeJSON(w, http.StatusOK, map[string]any{"locale": who.locale, "preferredLocale": who.locale, "zoneinfo": who.zone, "preferredZoneinfo": who.zone})
	return nil
}

// csrfToken answers GET /api/v1/csrf-token. Only cookie sessions have one.
func (t *Tenant) csrfToken(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		fail(w, apiError{status: http.StatusBadRequest, code: "CSRF-TOKEN-4", title: "CSRF token is not supported for this authentication type"})
		return
	}
	s, found := t.browserSession(r)
	if !found {
		fail(w, apiError{status: http.StatusNotFound, code: "CSRF-TOKEN-3", title: "CSRF token not found"})
		return
	}
	if !t.allowsCookieFrom(r) {
		fail(w, errOrigin)
		return
	}
	w.Header().Set("qlik-csrf-token", s.csrfToken)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}

// oauthTokens answers GET /api/v1/oauth-tokens: one line per grant. Who is not
// an admin sees only their own.
func (t *Tenant) oauthTokens(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
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
	t.grants.mu.Lock()
	for _, g := range t.grants.grants {
		if !g.revoked && (g.person == who.person || who.admin()) && (wanted == "" || wanted == g.person.ID) {
			list = append(list, row{g.id, t.content.tenantID, g.person.ID, g.clientID, g.description, g.deviceType, wireTime(g.lastUsed)})
		}
	}
	t.grants.mu.Unlock()
	slices.SortFunc(list, func(a, b row) int { return strings.Compare(a.UserID+a.ID, b.UserID+b.ID) })
	page, links, no := numberedPage(t, r, list)
	if no != nil {
		return no
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": page, "links": links})
	return nil
}

// numberedPage: this one endpoint pages by the opaque parameter "page".
func numberedPage[T any](t *Tenant, r *http.Request, all []T) ([]T, pageLinks, *apiError) {
	q := r.URL.Query()
	limit, page := 20, 1
	for name, value := range map[string]*int{"limit": &limit, "page": &page} {
		if text := q.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || name == "limit" && n > 100 {
				no := badRequest(name + " is out of range")
				return nil, pageLinks{}, &no
			}
			*value = n
		}
	}
	from := min((page-1)*limit, len(all))
	to := min(from+limit, len(all))
	at := func(n int) *link {
		q.Set("page", strconv.Itoa(n))
		return &link{t.url + r.URL.EscapedPath() + "?" + q.Encode()}
	}
	links := pageLinks{Self: link{t.url + r.URL.RequestURI()}}
	if to < len(all) {
		links.Next = at(page + 1)
	}
	if page > 1 {
		links.Prev = at(page - 1)
	}
	return append([]T{}, all[from:to]...), links, nil
}

// deleteOAuthToken answers DELETE /api/v1/oauth-tokens/{tokenId}: the whole
// family dies at once.
func (t *Tenant) deleteOAuthToken(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	t.grants.mu.Lock()
	g := t.grants.grants[r.PathValue("tokenId")]
	allowed := g != nil && !g.revoked && (g.person == who.person || who.admin())
	if allowed {
		g.revoked = true
	}
	t.grants.mu.Unlock()
	if !allowed {
		return &errNotFound
	}
	t.audit("com.qlik.oauth-token.revoked", g.person, map[string]any{"clientId": g.clientID, "by": who.ID})
	t.closeDeadSockets()
	w.WriteHeader(http.StatusNoContent)
	return nil
}
