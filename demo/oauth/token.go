package oauth

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

const (
	grantCode     = "authorization_code"
	grantRefresh  = "refresh_token"
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"

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

// oauthError is an error of the token or revocation endpoint, in both forms it
// may take. The statuses differ: RFC 6749 section 5.2 answers 400 to a bad
// grant, Qlik 401.
type oauthError struct {
	qlik wire.Error
	rfc  string
}

func (e oauthError) Error() string { return e.rfc + ": " + e.qlik.Error() }

var (
	errBadClient   = oauthError{wire.Error{Status: http.StatusBadRequest, Code: "OAUTH-14", Title: "Invalid client_id"}, "invalid_client"}
	errNoSecret    = oauthError{wire.Error{Status: http.StatusBadRequest, Code: "OAUTH-22", Title: "Invalid client_secret"}, "invalid_client"}
	errWrongSecret = oauthError{wire.Error{Status: http.StatusUnauthorized, Code: "OAUTH-22", Title: "Invalid client_secret"}, "invalid_client"}
	errBadOrigin   = oauthError{wire.ErrOrigin, "invalid_request"}
	errTooMany     = oauthError{wire.Error{Status: http.StatusForbidden, Code: "HTTP-403", Title: "Forbidden", Detail: "the user has reached the maximum number of tokens"}, "access_denied"}
	errDisabled    = oauthError{wire.Error{Status: http.StatusForbidden, Code: "HTTP-403", Title: "Forbidden", Detail: "the user is disabled"}, "access_denied"}
)

func invalidRequest(detail string) error {
	return oauthError{wire.BadRequest(detail), "invalid_request"}
}

func invalidGrant(detail string) error {
	e := wire.ErrUnauthorized
	e.Detail = detail
	return oauthError{e, "invalid_grant"}
}

// grantTypes is one row per grant: how POST /oauth/token answers it.
var grantTypes = map[string]func(*Server, *http.Request, url.Values) (*tokenResponse, error){
	grantCode:                (*Server).exchangeCode,
	grantRefresh:             (*Server).refresh,
	grantExchange:            (*Server).exchangeToken,
	state.GrantCredentials:   (*Server).machineGrant,
	state.GrantImpersonation: (*Server).machineGrant,
}

// token answers POST /oauth/token.
func (srv *Server) token(w http.ResponseWriter, r *http.Request) {
	form, err := readParams(w, r)
	if err != nil {
		srv.failOAuth(w, invalidRequest("the body is neither a form nor a JSON object of strings"))
		return
	}
	kind := form.Get("grant_type")
	srv.Count(func(s *state.Stats) { s.TokenRequests[kind]++ })
	answerGrant := grantTypes[kind]
	if answerGrant == nil {
		srv.failOAuth(w, oauthError{wire.BadRequest("unknown grant_type"), "unsupported_grant_type"})
		return
	}
	answer, err := answerGrant(srv, r, form)
	if err != nil {
		srv.Log.Info("token: refused", "grant_type", kind, "error", err)
		srv.failOAuth(w, err)
		return
	}
	srv.Log.Info("token: issued", "grant_type", kind, "scope", answer.Scope)
	w.Header().Set("Pragma", "no-cache")
	wire.WriteJSON(w, http.StatusOK, answer)
}

// exchangeCode answers the authorization_code grant.
func (srv *Server) exchangeCode(r *http.Request, form url.Values) (*tokenResponse, error) {
	client, err := srv.authenticateClient(r, form, "")
	if err != nil {
		return nil, err
	}
	settings, now := srv.Settings(), srv.Now()
	c, reused := srv.grants.findCode(form.Get("code"), client.ID)
	switch {
	case c == nil:
		return nil, invalidGrant("the code is not known")
	case reused:
		return nil, srv.codeReused()
	}
	if err := srv.Limit(c.user, 2); err != nil {
		return nil, err
	}
	g := &grant{
		id: state.RandomHex(12), user: c.user, clientID: c.clientID, nonce: c.nonce, scopes: c.scopes,
		description: form.Get("description"), deviceType: form.Get("deviceType"), authTime: c.authTime,
	}
	if settings.GrantedScope != "" {
		g.scopes = strings.Fields(settings.GrantedScope)
	}
	if !srv.grants.spend(c, g) { // whatever follows, the code is spent
		return nil, srv.codeReused()
	}
	challenge := sha256.Sum256([]byte(form.Get("code_verifier")))
	switch {
	case now.After(c.expires):
		return nil, invalidGrant("the code has expired")
	case form.Get("redirect_uri") != c.redirectURI:
		return nil, invalidGrant("redirect_uri is not the one of the authorization request")
	case !state.Equal(encode64(challenge[:]), c.challenge):
		return nil, invalidGrant("code_verifier does not match the code_challenge")
	case c.user.Status == "disabled":
		return nil, errDisabled
	case settings.TooManyTokens:
		return nil, errTooMany
	}
	srv.auditIssued(g, grantCode)
	return srv.issue(g, settings, now, true), nil
}

func (srv *Server) codeReused() error {
	srv.Count(func(s *state.Stats) { s.CodeReuses++ })
	return invalidGrant("the code was used before; its tokens are revoked")
}

func (srv *Server) auditIssued(g *grant, grantType string) {
	srv.Audit("com.qlik.oauth-token.issued", g.user, map[string]any{"clientId": g.clientID, "grantType": grantType})
}

// issue makes new tokens of a grant and stores them.
func (srv *Server) issue(g *grant, s state.Settings, now time.Time, withRefresh bool) *tokenResponse {
	access := &token{grant: g, kind: kindAccess, expires: now.Add(s.AccessTokenLifetime)}
	answer := &tokenResponse{
		AccessToken: srv.newJWT(g, access, now), TokenType: s.TokenType, Scope: strings.Join(g.scopes, " "),
	}
	if !g.authTime.IsZero() { // a machine has no interactive sign-in
		answer.AuthTime = g.authTime.Unix()
	}
	tokens := map[string]*token{answer.AccessToken: access}
	seconds := int64(s.AccessTokenLifetime / time.Second)
	switch s.ExpiresAs {
	case state.ExpiresNumber:
		answer.ExpiresIn = seconds
	case state.ExpiresString:
		answer.ExpiresIn = strconv.FormatInt(seconds, 10)
	case state.ExpiresAt:
		answer.ExpiresAt = state.Timestamp(access.expires)
	case state.ExpiresNever:
	default:
		answer.ExpiresIn, answer.ExpiresAt = seconds, state.Timestamp(access.expires)
	}
	if withRefresh && g.has("offline_access") {
		answer.RefreshToken = state.RandomHex(32)
		tokens[answer.RefreshToken] = &token{grant: g, kind: kindRefresh, expires: now.Add(s.RefreshTokenLifetime)}
	}
	srv.grants.add(g, tokens, now)
	if s.OIDC && g.has("openid") {
		answer.IDToken = srv.newIDToken(g, answer.AccessToken, s.IDTokenDefect, now)
	}
	return answer
}

// newJWT makes an access token that looks like Qlik's. Clients must not read
// it, and the tenant does not either: only its table of tokens counts.
func (srv *Server) newJWT(g *grant, tok *token, now time.Time) string {
	return srv.keys.current().sign(map[string]any{
		"iss": "qlik.api", "aud": "qlik.api", "sub": g.user.ID, "subType": "user", "tenantId": srv.Content.TenantID,
		"jti": state.RandomHex(16), "iat": now.Unix(), "exp": tok.expires.Unix(),
	})
}

// authenticateClient finds the client and checks its secret. A
// request without an ID is taken for one of the client named otherwise: Qlik's
// own library refreshes so.
func (srv *Server) authenticateClient(r *http.Request, form url.Values, otherwise string) (state.Client, error) {
	allowed := srv.Settings().ClientAuth
	id, secret := form.Get("client_id"), form.Get("client_secret")
	basicID, basicSecret, basic := r.BasicAuth()
	if basic {
		if secret != "" {
			return state.Client{}, invalidRequest("more than one way of client authentication") // RFC 6749 section 2.3
		}
		if allowed == state.ClientAuthBody {
			return state.Client{}, errWrongSecret
		}
		// RFC 6749 section 2.3.1: both parts are form-encoded inside Basic.
		decodedID, err1 := url.QueryUnescape(basicID)
		decodedSecret, err2 := url.QueryUnescape(basicSecret)
		if err1 != nil || err2 != nil || id != "" && id != decodedID {
			return state.Client{}, errBadClient
		}
		id, secret = decodedID, decodedSecret
	}
	c, found := srv.ConnectedClient(cmp.Or(id, otherwise))
	switch {
	case !found:
		return state.Client{}, errBadClient
	case wire.ForeignOrigin(r, srv.URL) && !c.AllowsOrigin(r.Header.Get("Origin")):
		return state.Client{}, errBadOrigin
	case c.Public() && secret == "":
		return c, nil
	case secret == "" || !basic && allowed == state.ClientAuthBasic:
		return state.Client{}, errNoSecret
	case !c.HasSecret(secret):
		return state.Client{}, errWrongSecret
	}
	return c, nil
}

// clientOfToken is the client a token was issued to; for an unknown one the
// program's own, so that its bad refreshes differ from bad clients.
func (srv *Server) clientOfToken(value string) string {
	if g := srv.grants.of(value); g != nil {
		return g.clientID
	}
	return srv.ClientID
}

func (srv *Server) failOAuth(w http.ResponseWriter, err error) {
	var e oauthError
	if !errors.As(err, &e) {
		wire.Fail(w, err) // the rate limit has one form
		return
	}
	if srv.Settings().ErrorForm != state.ErrorRFC6749 {
		wire.Fail(w, e.qlik)
		return
	}
	status := http.StatusBadRequest
	switch {
	case e.rfc == "invalid_client":
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Basic realm="oauth"`)
	case e.qlik.Status == http.StatusForbidden:
		status = http.StatusForbidden
	}
	wire.WriteJSON(w, status, map[string]string{"error": e.rfc, "error_description": cmp.Or(e.qlik.Detail, e.qlik.Title)})
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
