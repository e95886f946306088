package oauth

import (
	"net/http"
	"net/url"
	"strings"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// refresh answers the refresh_token grant. With rotation a refresh token is
// good once.
func (srv *Server) refresh(r *http.Request, form url.Values) (*tokenResponse, error) {
	value := form.Get("refresh_token")
	c, err := srv.authenticateClient(r, form, srv.clientOfToken(value))
	if err != nil {
		return nil, err
	}
	settings, now := srv.Settings(), srv.Now()
	tok, found := srv.grants.findRefresh(value, c.ID, now)
	if err := srv.refreshError(tok, found); err != nil {
		return nil, err
	}
	if err := srv.Limit(tok.grant.user, 2); err != nil {
		return nil, err
	}
	for _, name := range strings.Fields(form.Get("scope")) {
		if !tok.grant.has(name) { // RFC 6749 section 6: never more than was granted
			return nil, oauthError{wire.BadRequest("scope exceeds the grant"), "invalid_scope"}
		}
	}
	if settings.Rotation {
		if err := srv.refreshError(tok, srv.grants.rotate(tok, now)); err != nil {
			return nil, err
		}
	}
	srv.Count(func(s *state.Stats) { s.Refreshes++ })
	srv.auditIssued(tok.grant, grantRefresh)
	return srv.issue(tok.grant, settings, now, settings.Rotation), nil
}

func (srv *Server) refreshError(tok *token, result refreshState) error {
	switch result {
	case refreshUnknown:
		return invalidGrant("the refresh token is not known")
	case refreshReused:
		srv.Count(func(s *state.Stats) { s.RefreshReuses++ })
		srv.Log.Warn("token: refresh token used again, family revoked", "person", tok.grant.user.Email)
		return invalidGrant("the refresh token was used before; its family is revoked")
	case refreshExpired:
		return invalidGrant("the refresh token has expired or is revoked")
	}
	return nil
}

// exchangeToken answers the token exchange: a short-lived token for a URL,
// where a browser cannot set headers. It needs no client secret.
func (srv *Server) exchangeToken(r *http.Request, form url.Values) (*tokenResponse, error) {
	c, found := srv.ConnectedClient(form.Get("client_id"))
	purpose := form.Get("purpose")
	switch {
	case !found:
		return nil, errBadClient
	case wire.ForeignOrigin(r, srv.URL) && !c.AllowsOrigin(r.Header.Get("Origin")):
		return nil, errBadOrigin
	case purpose != PurposeWebSocket && purpose != PurposeWebResource:
		return nil, invalidRequest("purpose must be websocket or webresource")
	case form.Get("subject_token_type") != "" && form.Get("subject_token_type") != accessTokenType:
		return nil, invalidRequest("subject_token_type must be an access token")
	}
	settings, now := srv.Settings(), srv.Now()
	parent, found := srv.grants.find(form.Get("subject_token"), kindAccess, now)
	if !found || parent.grant.clientID != c.ID {
		return nil, invalidGrant("the subject token is not valid")
	}
	if err := srv.Limit(parent.grant.user, 2); err != nil {
		return nil, err
	}
	tok := &token{grant: parent.grant, kind: kindTemporary, purpose: purpose, parent: parent, expires: now.Add(settings.TemporaryLifetime)}
	value := srv.newJWT(parent.grant, tok, now)
	srv.grants.add(parent.grant, map[string]*token{value: tok}, now)
	return &tokenResponse{
		AccessToken: value, TokenType: settings.TokenType, Scope: strings.Join(parent.grant.scopes, " "), IssuedTokenType: accessTokenType,
		ExpiresIn: int64(settings.TemporaryLifetime.Seconds()), ExpiresAt: state.Timestamp(tok.expires),
	}, nil
}

// revoke answers POST /oauth/revoke. A token dies alone: whether a refresh
// token takes its access tokens along is not documented, so clients that care
// revoke both. Unknown tokens are fine, RFC 7009 section 2.2.
func (srv *Server) revoke(w http.ResponseWriter, r *http.Request) {
	form, err := readParams(w, r)
	if err != nil || form.Get("token") == "" {
		srv.failOAuth(w, invalidRequest("token is required"))
		return
	}
	value, hint := form.Get("token"), form.Get("token_type_hint")
	if hint != "" && hint != "access_token" && hint != "refresh_token" {
		srv.failOAuth(w, oauthError{wire.BadRequest("token_type_hint must be access_token or refresh_token"), "unsupported_token_type"})
		return
	}
	// No credentials are documented here, but wrong ones are never right.
	if _, _, basic := r.BasicAuth(); basic || form.Get("client_secret") != "" {
		if _, err := srv.authenticateClient(r, form, srv.clientOfToken(value)); err != nil {
			srv.failOAuth(w, err)
			return
		}
	}
	g := srv.grants.of(value)
	srv.grants.revoke(value)
	srv.Count(func(s *state.Stats) { s.Revocations++ })
	srv.Log.Info("revoke", "known", g != nil)
	if g != nil {
		srv.Audit("com.qlik.oauth-token.revoked", g.user, map[string]any{"clientId": g.clientID})
	}
	srv.Ended()
	wire.WriteJSON(w, http.StatusOK, struct{}{})
}
