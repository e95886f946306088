package rest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

type roleRef struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Type  string `json:"type"`
	Level string `json:"level"`
}

type groupRef struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	AssignedRoles []roleRef `json:"assignedRoles"`
}

// userTimes has each time under both its names.
type userTimes struct {
	CreatedAt     string `json:"createdAt"`
	LastUpdatedAt string `json:"lastUpdatedAt"`
	Created       string `json:"created"`
	LastUpdated   string `json:"lastUpdated"`
}

type userBody struct {
	ID                string     `json:"id"`
	TenantID          string     `json:"tenantId"`
	Subject           string     `json:"subject,omitempty"`
	Name              string     `json:"name,omitempty"`
	Email             string     `json:"email,omitempty"`
	Status            string     `json:"status"`
	ClientID          string     `json:"clientId,omitempty"`
	Picture           string     `json:"picture,omitempty"`
	Locale            string     `json:"locale,omitempty"`
	Zoneinfo          string     `json:"zoneinfo,omitempty"`
	PreferredLocale   string     `json:"preferredLocale,omitempty"`
	PreferredZoneinfo string     `json:"preferredZoneinfo,omitempty"`
	AssignedRoles     []roleRef  `json:"assignedRoles"`
	AssignedGroups    []groupRef `json:"assignedGroups"`
	AssignedScopes    []string   `json:"assignedScopes"`
	userTimes
	Roles []string             `json:"roles"`
	Links map[string]wire.Link `json:"links"`
}

func (api *API) newUserBody(p *state.User) userBody {
	u := userBody{
		ID: p.ID, TenantID: api.Content.TenantID, Subject: p.Subject, Name: p.Name, Email: p.Email, Status: p.Status, ClientID: p.ClientID, Picture: p.Picture,
		Locale: p.Locale, Zoneinfo: p.Zone, PreferredLocale: p.Locale, PreferredZoneinfo: p.Zone,
		AssignedRoles: []roleRef{}, AssignedGroups: []groupRef{}, AssignedScopes: []string{}, Roles: append([]string{}, p.Roles...),
		userTimes: userTimes{CreatedAt: state.Timestamp(api.Content.Created), LastUpdatedAt: state.Timestamp(api.Content.Created.AddDate(1, 0, 0))},
		Links:     map[string]wire.Link{"self": {Href: api.URL + "/api/v1/users/" + p.ID}},
	}
	if !p.Joined.IsZero() {
		u.CreatedAt, u.LastUpdatedAt = state.Timestamp(p.Joined), state.Timestamp(p.Joined)
	}
	u.Created, u.LastUpdated = u.CreatedAt, u.LastUpdatedAt
	for _, name := range p.Roles {
		u.AssignedRoles = append(u.AssignedRoles, roleRef{state.StableID("role", name), name, "default", levelOf(name)})
	}
	for _, name := range p.Groups {
		u.AssignedGroups = append(u.AssignedGroups, groupRef{state.StableID("group", name), name, []roleRef{}})
	}
	return u
}

// me answers GET /api/v1/users/me with the redirect that the real one sends.
func (api *API) me(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	api.Count(func(s *state.Stats) { s.UsersMe++ })
	if !caller.MayIdentify() {
		return wire.ErrUnauthorized
	}
	http.Redirect(w, r, "/api/v1/users/"+caller.ID, http.StatusMovedPermanently)
	return nil
}

func (api *API) user(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	if !caller.MayIdentify() {
		return wire.ErrUnauthorized
	}
	p := api.UserByID(r.PathValue("userId"))
	if p == nil {
		return wire.ErrNotFound
	}
	body := api.newUserBody(p)
	if !slices.Contains(caller.Scopes, "user_default") {
		if p != caller.User {
			return wire.ErrForbidden
		}
		withhold(caller, &body)
	}
	wire.WriteJSON(w, http.StatusOK, body)
	return nil
}

// withhold leaves only what the identity scopes cover.
func withhold(c *state.Caller, u *userBody) {
	for scope, field := range map[string]*string{
		"identity.name:read": &u.Name, "identity.email:read": &u.Email, "identity.subject:read": &u.Subject, "identity.picture:read": &u.Picture,
	} {
		if !slices.Contains(c.Scopes, scope) {
			*field = ""
		}
	}
}

// users answers GET /api/v1/users.
func (api *API) users(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	q := r.URL.Query()
	match, err := wire.ParseFilter(q.Get("filter"), "id", "email", "name", "subject", "status")
	if err != nil {
		return err
	}
	list := slices.DeleteFunc(api.Users(), func(u *state.User) bool {
		return !match(func(name string) string {
			return map[string]string{"id": u.ID, "email": u.Email, "name": u.Name, "subject": u.Subject, "status": u.Status}[name]
		})
	})
	slices.SortStableFunc(list, func(a, b *state.User) int { return cmp.Compare(a.Name, b.Name) })
	if strings.HasPrefix(q.Get("sort"), "-") {
		slices.Reverse(list)
	}
	return wire.List[*state.User]{
		Base: api.URL, Pager: wire.Cursors[*state.User](20), Totals: true, Body: func(u *state.User) any { return api.newUserBody(u) },
	}.Write(w, r, list)
}
