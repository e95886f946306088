package oauth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// errNotTicked: the client exists, but this grant was not allowed to it.
var errNotTicked = oauthError{wire.Error{
	Status: http.StatusForbidden, Code: "HTTP-403", Title: "Forbidden",
	Detail: "the client is not registered and trusted for this grant type",
}, "unauthorized_client"}

// machineGrant answers the two grants without interaction: the client's own
// bot, or a user whom it impersonates. The client must be ticked for the grant,
// and trusted, because no user is there to consent.
func (srv *Server) machineGrant(r *http.Request, form url.Values) (*tokenResponse, error) {
	c, err := srv.authenticateClient(r, form, "")
	if err != nil {
		return nil, err
	}
	kind := form.Get("grant_type")
	if !slices.Contains(c.GrantTypes, kind) || srv.ConsentOf(c) != state.ConsentTrusted {
		return nil, errNotTicked
	}
	scopes := c.Scopes
	if asked := form.Get("scope"); asked != "" { // may only narrow what is registered
		scopes = strings.Fields(asked)
		if !state.Every(scopes, func(s string) bool { return slices.Contains(c.Scopes, s) }) {
			return nil, oauthError{wire.BadRequest("the scope is not allowed for this client"), "invalid_scope"}
		}
	}
	user := srv.BotOf(c)
	if kind == state.GrantImpersonation {
		if user = srv.UserToImpersonate(form.Get("user_lookup.field"), form.Get("user_lookup.value")); user == nil {
			return nil, invalidRequest("user_lookup names no user of the tenant by subject or userId")
		}
	}
	settings, now := srv.Settings(), srv.Now()
	switch {
	case user.Status == "disabled":
		return nil, errDisabled
	case settings.TooManyTokens:
		return nil, errTooMany
	}
	if err := srv.Limit(user, 2); err != nil {
		return nil, err
	}
	g := &grant{
		id: state.RandomHex(12), user: user, clientID: c.ID, scopes: scopes,
		description: form.Get("description"), deviceType: form.Get("deviceType"),
	}
	srv.auditIssued(g, kind)
	return srv.issue(g, settings, now, kind == state.GrantCredentials), nil
}
