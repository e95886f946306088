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
	Links             map[string]link `json:"links"`
}

func (t *Tenant) newUserBody(p *person) userBody {
	u := userBody{
		ID: p.ID, TenantID: t.content.tenantID, Subject: p.subject, Name: p.Name, Email: p.Email, Status: p.status, ClientID: p.clientID, Picture: p.picture,
		Locale: p.locale, Zoneinfo: p.zone, PreferredLocale: p.locale, PreferredZoneinfo: p.zone,
		AssignedRoles: []roleRef{}, AssignedGroups: []groupRef{}, AssignedScopes: []string{}, Roles: append([]string{}, p.roles...),
		CreatedAt: wireTime(t.content.created), LastUpdatedAt: wireTime(t.content.created.AddDate(1, 0, 0)),
		Links: map[string]link{"self": {t.url + "/api/v1/users/" + p.ID}},
	}
	if !p.joined.IsZero() {
		u.CreatedAt, u.LastUpdatedAt = wireTime(p.joined), wireTime(p.joined)
	}
	u.Created, u.LastUpdated = u.CreatedAt, u.LastUpdatedAt
	for _, name := range p.roles {
		u.AssignedRoles = append(u.AssignedRoles, roleRef{stableID("role", name), name, "default", levelOf(name)})
	}
	for _, name := range p.groups {
		u.AssignedGroups = append(u.AssignedGroups, groupRef{stableID("group", name), name, []roleRef{}})
	}
	return u
}

// me answers GET /api/v1/users/me with the redirect that the real one sends.
func (t *Tenant) me(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	t.stats.add(func(s *Stats) { s.UsersMe++ })
	if !who.mayIdentify() {
		return &errUnauthorized
	}
	http.Redirect(w, r, "/api/v1/users/"+who.ID, http.StatusMovedPermanently)
	return nil
}

// mayIdentify: without user_default and without an identity scope, a token
// says nothing about its user.
func (c *caller) mayIdentify() bool {
	return slices.ContainsFunc(c.scopes, func(s string) bool { return s == "user_default" || strings.HasPrefix(s, "identity.") })
}

func (t *Tenant) user(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	if !who.mayIdentify() {
		return &errUnauthorized
	}
	p := t.personByID(r.PathValue("userId"))
	if p == nil {
		return &errNotFound
	}
	body := t.newUserBody(p)
	if !slices.Contains(who.scopes, "user_default") {
		if p != who.person {
			return &errForbidden
		}
		who.withhold(&body)
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// withhold leaves only what the identity scopes cover.
func (c *caller) withhold(u *userBody) {
	for scope, field := range map[string]*string{
		"identity.name:read": &u.Name, "identity.email:read": &u.Email, "identity.subject:read": &u.Subject, "identity.picture:read": &u.Picture,
	} {
		if !slices.Contains(c.scopes, scope) {
			*field = ""
		}
	}
}

// userFilter is the part of RFC 7644 filters that portals use.
var userFilter = regexp.MustCompile(`^(id|email|name|subject|status) (eq|co|sw) "([^"]*)"$`)

// users answers GET /api/v1/users.
func (t *Tenant) users(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	q := r.URL.Query()
	match := func(userBody) bool { return true }
	if text := q.Get("filter"); text != "" {
		parts := userFilter.FindStringSubmatch(text)
		if parts == nil {
			no := badRequest("the filter cannot be parsed")
			return &no
		}
		match = func(u userBody) bool { return compareUser(u, parts[1], parts[2], strings.ToLower(parts[3])) }
	}
	var list []userBody
	for _, p := range t.everybody() {
		if u := t.newUserBody(p); match(u) {
			list = append(list, u)
		}
	}
	slices.SortStableFunc(list, func(a, b userBody) int { return cmp.Compare(a.Name, b.Name) })
	if strings.HasPrefix(q.Get("sort"), "-") {
		slices.Reverse(list)
	}
	return writePageWithTotal(t, w, r, list)
}

func compareUser(u userBody, field, operator, want string) bool {
	value := strings.ToLower(map[string]string{"id": u.ID, "email": u.Email, "name": u.Name, "subject": u.Subject, "status": u.Status}[field])
	return compareText(value, operator, want)
}
