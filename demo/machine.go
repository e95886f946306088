package demo

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// errNotTicked: the client exists, but this grant was not allowed to it.
var errNotTicked = oauthError{apiError{
	status: http.StatusForbidden, code: "HTTP-403", title: "Forbidden",
	detail: "the client is not registered and trusted for this grant type",
}, "unauthorized_client"}

// machineGrant answers the two grants that no person takes part in: the
// client's own bot, or a user whom it impersonates. The client must be ticked
// for the grant, and trusted, because nobody is there to consent.
func (t *Tenant) machineGrant(w http.ResponseWriter, r *http.Request, form url.Values, kind string) (*tokenResponse, *oauthError) {
	c, no := t.authenticateClient(r, form, "")
	if no != nil {
		return nil, no
	}
	if !slices.Contains(c.GrantTypes, kind) || t.consentOf(c) != ConsentTrusted {
		return nil, &errNotTicked
	}
	scopes := c.Scopes
	if asked := form.Get("scope"); asked != "" { // may only narrow what is registered
		scopes = strings.Fields(asked)
		if !every(scopes, func(s string) bool { return slices.Contains(c.Scopes, s) }) {
			return nil, &oauthError{badRequest("the scope is not allowed for this client"), "invalid_scope"}
		}
	}
	who := t.botOf(c)
	if kind == grantImpersonation {
		if who = t.lookUp(form.Get("user_lookup.field"), form.Get("user_lookup.value")); who == nil {
			return nil, invalidRequest("user_lookup names no user of the tenant by subject or userId")
		}
	}
	s, now := t.config(), t.now()
	switch {
	case who.status == "disabled":
		return nil, &errDisabled
	case s.TooManyTokens:
		return nil, &errTooMany
	case t.overLimit(w, who, 2):
		return nil, nil
	}
	g := &grant{
		id: randomHex(12), person: who, clientID: c.id, scopes: scopes,
		description: form.Get("description"), deviceType: form.Get("deviceType"), lastUsed: now,
	}
	t.grants.mu.Lock()
	defer t.grants.mu.Unlock()
	t.grants.grants[g.id] = g
	t.grants.sweep(now)
	t.audit("com.qlik.oauth-token.issued", who, map[string]any{"clientId": c.id, "grantType": kind})
	return t.issue(g, s, now, kind == grantCredentials), nil
}

// lookUp finds whom to impersonate. Impersonation never creates users.
func (t *Tenant) lookUp(field, value string) *person {
	return t.personWhere(func(p *person) bool {
		return value != "" && (field == "userId" && p.ID == value || field == "subject" && p.subject == value)
	})
}

// botOf is the user that acts for a client, made at the first use. It may do
// what a tenant admin may.
func (t *Tenant) botOf(c client) *person {
	subject := `qlikbot\` + c.id
	id := stableID("user", subject)
	if bot, found := t.bots.find(id); found {
		return bot
	}
	bot := &person{
		Person: Person{ID: id, Name: c.Name}, subject: subject, clientID: c.id, status: "active", zone: "UTC", locale: "en",
		roles: []string{"TenantAdmin"}, spaces: []string{spaceSales, spaceOperations, spaceFinance, spacePeople},
	}
	return t.bots.findOrAdd(bot)
}

func (p *person) key() string { return p.ID }

// personByID finds people and bots.
func (t *Tenant) personByID(id string) *person {
	if bot, found := t.bots.find(id); found {
		return bot
	}
	return t.personWhere(func(p *person) bool { return p.ID == id })
}
