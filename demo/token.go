package demo

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	grantCode     = "authorization_code"
	grantRefresh  = "refresh_token"
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"

	grantCredentials   = "client_credentials"
	grantImpersonation = "urn:qlik:oauth:user-impersonation"

	accessTokenType = "urn:ietf:params:oauth:token-type:access_token"
)

// tokenResponse is the documented answer. Members that the settings leave out
// are nil or empty.
type tokenResponse struct {
	AccessToken     string `json:"access_token"`
	TokenType       string `json:"token_type"`
	Scope           string `json:"scope"`
	ExpiresIn       any    `json:"expires_in,omitempty"`
	ExpiresAt       string `json:"expires_at,omitempty"`
	RefreshToken    string `json:"refresh_token,omitempty"`
	IDToken         string `json:"id_token,omitempty"`
	IssuedTokenType string `json:"issued_token_type,omitempty"`
	AuthTime        int64  `json:"auth_time,omitempty"`
}

// oauthError is a refusal of the token or revocation endpoint, in both forms
// it may take. The statuses differ: RFC 6749 section 5.2 answers 400 to a bad
// grant, Qlik 401.
type oauthError struct {
	qlik apiError
	rfc  string
}

var (
	errBadClient   = oauthError{apiError{status: http.StatusBadRequest, code: "OAUTH-14", title: "Invalid client_id"}, "invalid_client"}
	errNoSecret    = oauthError{apiError{status: http.StatusBadRequest, code: "OAUTH-22", title: "Invalid client_secret"}, "invalid_client"}
	errWrongSecret = oauthError{apiError{status: http.StatusUnauthorized, code: "OAUTH-22", title: "Invalid client_secret"}, "invalid_client"}
	errBadOrigin   = oauthError{errOrigin, "invalid_request"}
	errTooMany     = oauthError{apiError{status: http.StatusForbidden, code: "HTTP-403", title: "Forbidden", detail: "the user has reached the maximum number of tokens"}, "access_denied"}
	errDisabled    = oauthError{apiError{status: http.StatusForbidden, code: "HTTP-403", title: "Forbidden", detail: "the user is disabled"}, "access_denied"}
)

func invalidRequest(detail string) *oauthError {
	return &oauthError{badRequest(detail), "invalid_request"}
}

func invalidGrant(detail string) *oauthError {
	e := errUnauthorized
	e.detail = detail
	return &oauthError{e, "invalid_grant"}
}

// token answers POST /oauth/token.
func (t *Tenant) token(w http.ResponseWriter, r *http.Request) {
	form, err := readParams(w, r)
	if err != nil {
		t.failOAuth(w, *invalidRequest("the body is neither a form nor a JSON object of strings"))
		return
	}
	kind := form.Get("grant_type")
	t.stats.add(func(s *Stats) { s.TokenRequests[kind]++ })
	var (
		answer *tokenResponse
		no     *oauthError
	)
	switch kind {
	case grantCode:
		answer, no = t.exchangeCode(w, r, form)
	case grantRefresh:
		answer, no = t.refresh(w, r, form)
	case grantExchange:
		answer, no = t.exchangeToken(w, r, form)
	case grantCredentials, grantImpersonation:
		answer, no = t.machineGrant(w, r, form, kind)
	default:
		no = &oauthError{badRequest("unknown grant_type"), "unsupported_grant_type"}
	}
	if no != nil {
		t.log.Info("token: refused", "grant_type", kind, "status", no.qlik.status, "title", no.qlik.title, "detail", no.qlik.detail)
		t.failOAuth(w, *no)
		return
	}
	if answer == nil {
		return // over the rate limit, already answered
	}
	t.log.Info("token: issued", "grant_type", kind, "scope", answer.Scope)
	w.Header().Set("Pragma", "no-cache")
	writeJSON(w, http.StatusOK, answer)
}

// exchangeCode answers the authorization_code grant.
func (t *Tenant) exchangeCode(w http.ResponseWriter, r *http.Request, form url.Values) (*tokenResponse, *oauthError) {
	client, no := t.authenticateClient(r, form, "")
	if no != nil {
		return nil, no
	}
	s, now := t.config(), t.now()
	t.grants.mu.Lock()
	defer t.grants.mu.Unlock()
	c := t.grants.codes[form.Get("code")]
	if c == nil || c.clientID != client.id {
		return nil, invalidGrant("the code is not known")
	}
	if c.grant != nil {
		// RFC 6749 section 4.1.2: somebody has the code who should not.
		c.grant.revoked = true
		t.stats.add(func(s *Stats) { s.CodeReuses++ })
		return nil, invalidGrant("the code was used before; its tokens are revoked")
	}
	if t.overLimit(w, c.person, 2) {
		return nil, nil
	}
	g := &grant{
		id: randomHex(12), person: c.person, clientID: c.clientID, nonce: c.nonce, scopes: c.scopes,
		description: form.Get("description"), deviceType: form.Get("deviceType"), authTime: c.authTime, lastUsed: now,
	}
	c.grant = g // whatever follows, the code is spent
	challenge := sha256.Sum256([]byte(form.Get("code_verifier")))
	switch {
	case now.After(c.expires):
		return nil, invalidGrant("the code has expired")
	case form.Get("redirect_uri") != c.redirectURI:
		return nil, invalidGrant("redirect_uri is not the one of the authorization request")
	case !equal(encode64(challenge[:]), c.challenge):
		return nil, invalidGrant("code_verifier does not match the code_challenge")
	case c.person.status == "disabled":
		return nil, &errDisabled
	case s.TooManyTokens:
		return nil, &errTooMany
	}
	if s.GrantedScope != "" {
		g.scopes = strings.Fields(s.GrantedScope)
	}
	t.grants.grants[g.id] = g
	t.grants.sweep(now)
	t.audit("com.qlik.oauth-token.issued", g.person, map[string]any{"clientId": g.clientID, "grantType": grantCode})
	return t.issue(g, s, now, true), nil
}

// issue makes new tokens of a grant. The caller holds the lock of the grants.
func (t *Tenant) issue(g *grant, s Settings, now time.Time, withRefresh bool) *tokenResponse {
	g.lastUsed = now
	access := &token{grant: g, kind: kindAccess, expires: now.Add(s.AccessTokenLifetime)}
	answer := &tokenResponse{
		AccessToken: t.newJWT(g, access, now), TokenType: s.TokenType, Scope: strings.Join(g.scopes, " "),
	}
	if !g.authTime.IsZero() { // a machine has no interactive sign-in
		answer.AuthTime = g.authTime.Unix()
	}
	t.grants.tokens[answer.AccessToken] = access
	seconds := int64(s.AccessTokenLifetime / time.Second)
	switch s.ExpiresAs {
	case ExpiresNumber:
		answer.ExpiresIn = seconds
	case ExpiresString:
		answer.ExpiresIn = itoa(seconds)
	case ExpiresAt:
		answer.ExpiresAt = wireTime(access.expires)
	case ExpiresNever:
	default:
		answer.ExpiresIn, answer.ExpiresAt = seconds, wireTime(access.expires)
	}
	if withRefresh && g.has("offline_access") {
		answer.RefreshToken = randomHex(32)
		t.grants.tokens[answer.RefreshToken] = &token{grant: g, kind: kindRefresh, expires: now.Add(s.RefreshTokenLifetime)}
	}
	if s.OIDC && g.has("openid") {
		answer.IDToken = t.newIDToken(g, answer.AccessToken, s.IDTokenDefect, now)
	}
	return answer
}

// newJWT makes an access token that looks like Qlik's. Clients must not read
// it, and the tenant does not either: only its table of tokens counts.
func (t *Tenant) newJWT(g *grant, tok *token, now time.Time) string {
	return t.keys.current().sign(map[string]any{
		"iss": "qlik.api", "aud": "qlik.api", "sub": g.person.ID, "subType": "user", "tenantId": t.content.tenantID,
		"jti": randomHex(16), "iat": now.Unix(), "exp": tok.expires.Unix(),
	})
}

// authenticateClient finds the client and checks its secret. Who sends no ID
// is taken for the client named otherwise: a refresh by Qlik's own library is
// such a request.
func (t *Tenant) authenticateClient(r *http.Request, form url.Values, otherwise string) (client, *oauthError) {
	allowed := t.config().ClientAuth
	id, secret := form.Get("client_id"), form.Get("client_secret")
	basicID, basicSecret, basic := r.BasicAuth()
	if basic {
		if secret != "" {
			return client{}, invalidRequest("more than one way of client authentication") // RFC 6749 section 2.3
		}
		if allowed == ClientAuthBody {
			return client{}, &errWrongSecret
		}
		// RFC 6749 section 2.3.1: both parts are form-encoded inside Basic.
		decodedID, err1 := url.QueryUnescape(basicID)
		decodedSecret, err2 := url.QueryUnescape(basicSecret)
		if err1 != nil || err2 != nil || id != "" && id != decodedID {
			return client{}, &errBadClient
		}
		id, secret = decodedID, decodedSecret
	}
	orDefault(&id, otherwise)
	c, found := t.connectedClient(id)
	switch {
	case !found:
		return client{}, &errBadClient
	case foreignOrigin(r, t.url) && !c.allowsOrigin(r):
		return client{}, &errBadOrigin
	case c.public() && secret == "":
		return c, nil
	case secret == "" || !basic && allowed == ClientAuthBasic:
		return client{}, &errNoSecret
	case !c.hasSecret(secret):
		return client{}, &errWrongSecret
	}
	return c, nil
}

// clientOfToken is the client a token was issued to; for an unknown one the
// program's own, so that its bad refreshes are told from bad clients.
func (t *Tenant) clientOfToken(value string) string {
	t.grants.mu.Lock()
	defer t.grants.mu.Unlock()
	if tok := t.grants.tokens[value]; tok != nil {
		return tok.grant.clientID
	}
	return t.clientID
}

func (t *Tenant) failOAuth(w http.ResponseWriter, e oauthError) {
	if t.config().ErrorForm != ErrorRFC6749 {
		fail(w, e.qlik)
		return
	}
	status := http.StatusBadRequest
	switch {
	case e.rfc == "invalid_client":
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Basic realm="oauth"`)
	case e.qlik.status == http.StatusForbidden:
		status = http.StatusForbidden
	}
	description := e.qlik.detail
	if description == "" {
		description = e.qlik.title
	}
	writeJSON(w, status, map[string]string{"error": e.rfc, "error_description": description})
}

// readParams reads a form or a JSON object of strings; both are documented for every grant.
func readParams(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		return nil, err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
		return url.ParseQuery(string(body))
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, err
	}
	form := url.Values{}
	for name, raw := range fields {
		var text string
		if err := json.Unmarshal(raw, &text); err == nil {
			form.Set(name, text)
			continue
		}
		// Only user_lookup is an object; its members get the names they have
		// in no form, which keeps forms from passing for it by accident.
		var nested map[string]string
		if err := json.Unmarshal(raw, &nested); err != nil {
			return nil, err
		}
		for member, value := range nested {
			form.Set(name+"."+member, value)
		}
	}
	return form, nil
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
