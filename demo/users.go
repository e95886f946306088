package demo

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
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

type userBody struct {
	ID                string          `json:"id"`
	TenantID          string          `json:"tenantId"`
	Subject           string          `json:"subject,omitempty"`
	Name              string          `json:"name,omitempty"`
	Email             string          `json:"email,omitempty"`
	Status            string          `json:"status"`
	ClientID          string          `json:"clientId,omitempty"`
	Picture           string          `json:"picture,omitempty"`
	Locale            string          `json:"locale,omitempty"`
	Zoneinfo          string          `json:"zoneinfo,omitempty"`
	PreferredLocale   string          `json:"preferredLocale,omitempty"`
	PreferredZoneinfo string          `json:"preferredZoneinfo,omitempty"`
	AssignedRoles     []roleRef       `json:"assignedRoles"`
	AssignedGroups    []groupRef      `json:"assignedGroups"`
	AssignedScopes    []string        `json:"assignedScopes"`
	CreatedAt         string          `json:"createdAt"`
	LastUpdatedAt     string          `json:"lastUpdatedAt"`
	Created           string          `json:"created"`
	LastUpdated       string          `json:"lastUpdated"`
	Roles             []string        `json:"roles"`
	Links             map[string]Link `json:"links"`
}

func (api *restAPI) newUserBody(p *person) userBody {
	u := userBody{
		ID: p.ID, TenantID: api.Content.tenantID, Subject: p.subject, Name: p.Name, Email: p.Email, Status: p.status, ClientID: p.clientID, Picture: p.picture,
		Locale: p.locale, Zoneinfo: p.zone, PreferredLocale: p.locale, PreferredZoneinfo: p.zone,
		AssignedRoles: []roleRef{}, AssignedGroups: []groupRef{}, AssignedScopes: []string{}, Roles: append([]string{}, p.roles...),
		CreatedAt: Timestamp(api.Content.created), LastUpdatedAt: Timestamp(api.Content.created.AddDate(1, 0, 0)),
		Links: map[string]Link{"self": {api.URL + "/api/v1/users/" + p.ID}},
	}
	if !p.joined.IsZero() {
		u.CreatedAt, u.LastUpdatedAt = Timestamp(p.joined), Timestamp(p.joined)
	}
	u.Created, u.LastUpdated = u.CreatedAt, u.LastUpdatedAt
	for _, name := range p.roles {
		u.AssignedRoles = append(u.AssignedRoles, roleRef{StableID("role", name), name, "default", levelOf(name)})
	}
	for _, name := range p.groups {
		u.AssignedGroups = append(u.AssignedGroups, groupRef{StableID("group", name), name, []roleRef{}})
	}
	return u
}

// me answers GET /api/v1/users/me with the redirect that the real one sends.
func (api *restAPI) me(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	api.Count(func(s *Stats) { s.UsersMe++ })
	if !caller.MayIdentify() {
		return errUnauthorized
	}
	http.Redirect(w, r, "/api/v1/users/"+caller.ID, http.StatusMovedPermanently)
	return nil
}

func (api *restAPI) user(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	if !caller.MayIdentify() {
		return errUnauthorized
	}
	p := api.personByID(r.PathValue("userId"))
	if p == nil {
		return errNotFound
	}
	body := api.newUserBody(p)
	if !slices.Contains(caller.Scopes, "user_default") {
		if p != caller.person {
			return errForbidden
		}
		withhold(caller, &body)
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// withhold leaves only what the identity scopes cover.
func withhold(c *Caller, u *userBody) {
	for scope, field := range map[string]*string{
		"identity.name:read": &u.Name, "identity.email:read": &u.Email, "identity.subject:read": &u.Subject, "identity.picture:read": &u.Picture,
	} {
		if !slices.Contains(c.Scopes, scope) {
			*field = ""
		}
	}
}

// userFilter is the part of RFC 7644 filters that portals use.
var userFilter = regexp.MustCompile(`^(id|email|name|subject|status) (eq|co|sw) "([^"]*)"$`)

// users answers GET /api/v1/users.
func (api *restAPI) users(w http.ResponseWriter, r *http.Request, _ *Caller) error {
	q := r.URL.Query()
	match := func(userBody) bool { return true }
	if text := q.Get("filter"); text != "" {
		parts := userFilter.FindStringSubmatch(text)
		if parts == nil {
			return badRequest("the filter cannot be parsed")
		}
		match = func(u userBody) bool { return compareUser(u, parts[1], parts[2], strings.ToLower(parts[3])) }
	}
	var list []userBody
	for _, p := range api.everybody() {
		if u := api.newUserBody(p); match(u) {
			list = append(list, u)
		}
	}
	slices.SortStableFunc(list, func(a, b userBody) int { return cmp.Compare(a.Name, b.Name) })
	if strings.HasPrefix(q.Get("sort"), "-") {
		slices.Reverse(list)
	}
	return WritePage(api.URL, w, r, list)
}

func compareUser(u userBody, field, operator, want string) bool {
	value := strings.ToLower(map[string]string{"id": u.ID, "email": u.Email, "name": u.Name, "subject": u.Subject, "status": u.Status}[field])
	return CompareText(value, operator, want)
}
