package demo

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

func (g *grant) has(scope string) bool { return slices.Contains(g.scopes, scope) }

// refresh answers the refresh_token grant. With rotation a refresh token is
// good once: a second use means that two parties hold it, and ends the family.
func (t *Tenant) refresh(w http.ResponseWriter, r *http.Request, form url.Values) (*tokenResponse, *oauthError) {
	c, no := t.authenticateClient(r, form, t.clientOfToken(form.Get("refresh_token")))
	if no != nil {
		return nil, no
	}
	s, now := t.config(), t.now()
	t.grants.mu.Lock()
	defer t.grants.mu.Unlock()
	tok := t.grants.tokens[form.Get("refresh_token")]
	switch {
	case tok == nil || tok.kind != kindRefresh || tok.grant.clientID != c.id:
		return nil, invalidGrant("the refresh token is not known")
	case tok.spent:
		tok.grant.revoked = true
		t.stats.add(func(s *Stats) { s.RefreshReuses++ })
		t.log.Warn("token: refresh token used again, family revoked", "person", tok.grant.person.Email)
		return nil, invalidGrant("the refresh token was used before; its family is revoked")
	case !tok.live(now):
		return nil, invalidGrant("the refresh token has expired or is revoked")
	}
	if t.overLimit(w, tok.grant.person, 2) {
		return nil, nil
	}
	if scope := form.Get("scope"); scope != "" {
		for _, name := range strings.Fields(scope) {
			if !tok.grant.has(name) { // RFC 6749 section 6: never more than was granted
				return nil, &oauthError{badRequest("scope exceeds the grant"), "invalid_scope"}
			}
		}
	}
	tok.spent = s.Rotation
	t.stats.add(func(s *Stats) { s.Refreshes++ })
	t.grants.sweep(now)
	t.audit("com.qlik.oauth-token.issued", tok.grant.person, map[string]any{"clientId": c.id, "grantType": grantRefresh})
	return t.issue(tok.grant, s, now, s.Rotation), nil
}

// exchangeToken answers the token exchange: a short-lived token for a URL,
// where a browser cannot set headers. It needs no client secret.
func (t *Tenant) exchangeToken(w http.ResponseWriter, r *http.Request, form url.Values) (*tokenResponse, *oauthError) {
	c, found := t.connectedClient(form.Get("client_id"))
	purpose := form.Get("purpose")
	switch {
	case !found:
		return nil, &errBadClient
	case foreignOrigin(r, t.url) && !c.allowsOrigin(r):
		return nil, &errBadOrigin
	case purpose != "websocket" && purpose != "webresource":
		return nil, invalidRequest("purpose must be websocket or webresource")
	case form.Get("subject_token_type") != "" && form.Get("subject_token_type") != accessTokenType:
		return nil, invalidRequest("subject_token_type must be an access token")
	}
	s, now := t.config(), t.now()
	t.grants.mu.Lock()
	defer t.grants.mu.Unlock()
	parent := t.grants.tokens[form.Get("subject_token")]
	if parent == nil || parent.kind != kindAccess || parent.grant.clientID != c.id || !parent.live(now) {
		return nil, invalidGrant("the subject token is not valid")
	}
	if t.overLimit(w, parent.grant.person, 2) {
		return nil, nil
	}
	tok := &token{grant: parent.grant, kind: kindTemporary, purpose: purpose, parent: parent, expires: now.Add(s.TemporaryLifetime)}
	value := t.newJWT(parent.grant, tok, now)
	t.grants.tokens[value] = tok
	t.grants.sweep(now)
	return &tokenResponse{
		AccessToken: value, TokenType: s.TokenType, Scope: strings.Join(parent.grant.scopes, " "), IssuedTokenType: accessTokenType,
		ExpiresIn: int64(s.TemporaryLifetime.Seconds()), ExpiresAt: wireTime(tok.expires),
	}, nil
}

// revoke answers POST /oauth/revoke. A token dies alone: whether a refresh
// token takes its access tokens along is not documented, so clients that care
// revoke both. Unknown tokens are fine, RFC 7009 section 2.2.
func (t *Tenant) revoke(w http.ResponseWriter, r *http.Request) {
	form, err := readParams(w, r)
	if err != nil || form.Get("token") == "" {
		t.failOAuth(w, *invalidRequest("token is required"))
		return
	}
	hint := form.Get("token_type_hint")
	if hint != "" && hint != "access_token" && hint != "refresh_token" {
		t.failOAuth(w, oauthError{badRequest("token_type_hint must be access_token or refresh_token"), "unsupported_token_type"})
		return
	}
	// No credentials are documented here, but wrong ones are never right.
	if _, _, basic := r.BasicAuth(); basic || form.Get("client_secret") != "" {
		if _, no := t.authenticateClient(r, form, t.clientOfToken(form.Get("token"))); no != nil {
			t.failOAuth(w, *no)
			return
		}
	}
	t.grants.mu.Lock()
	tok := t.grants.tokens[form.Get("token")]
	if tok != nil {
		tok.revoked = true
	}
	t.grants.mu.Unlock()
	t.stats.add(func(s *Stats) { s.Revocations++ })
	t.log.Info("revoke", "known", tok != nil)
	if tok != nil {
		t.audit("com.qlik.oauth-token.revoked", tok.grant.person, map[string]any{"clientId": tok.grant.clientID})
	}
	t.closeDeadSockets()
	writeJSON(w, http.StatusOK, struct{}{})
}
