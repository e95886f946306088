package oauth

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// AuthorizationRequest is a checked request to /oauth/authorize.
type AuthorizationRequest struct {
	ClientID, RedirectURI, state, nonce string
	Scopes                              []string
	challenge                           string
	Prompt, loginHint                   string
	maxAge                              time.Duration // negative: not requested
}

// AuthorizationError is an error that goes back to the client in the query of its
// redirect URI: RFC 6749 section 4.1.2.1 and Qlik's two extra members.
type AuthorizationError struct{ Err, Description, Code, Detail string }

// RFC 7636 section 4.2: a challenge made by S256 is 43 characters long.
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

var errUnknownClient = wire.Error{Status: http.StatusBadRequest, Code: "OAUTH-14", Title: "Invalid client_id", Detail: "OAuth client is not authorized"}

// authorize answers GET /oauth/authorize.
func (srv *Server) authorize(w http.ResponseWriter, r *http.Request) {
	srv.Count(func(s *state.Stats) { s.Authorizations++ })
	q := r.URL.Query()
	// Nothing may be sent to an address that is not known to be the client's,
	// so these two end here, in the raw JSON that people then see.
	c, found := srv.ConnectedClient(q.Get("client_id"))
	if !found || len(q["client_id"]) != 1 {
		srv.Log.Info("authorize: refused", "reason", "unknown client")
		wire.Fail(w, errUnknownClient)
		return
	}
	if !slices.Contains(c.RedirectURIs, q.Get("redirect_uri")) || len(q["redirect_uri"]) != 1 {
		srv.Log.Info("authorize: refused", "reason", "unregistered redirect URI")
		wire.Fail(w, wire.Error{Status: http.StatusBadRequest, Code: "OAUTH-1", Title: "Invalid redirect_uri", Detail: "redirect_uri is not registered"})
		return
	}
	req, err := srv.parseAuthorization(c, q)
	if err != nil {
		srv.Reject(w, r, req, *err)
		return
	}
	session, signedIn := srv.Session(r)
	if signedIn && req.maxAge >= 0 && srv.Now().Sub(session.authTime) > req.maxAge {
		signedIn = false
	}
	switch {
	case signedIn && req.Prompt != "login":
		srv.Proceed(w, r, req, session)
	case req.Prompt == "none":
		srv.Reject(w, r, req, AuthorizationError{"login_required", "The user is not signed in", "HTTP-401", "prompt=none without a session"})
	default:
		id := srv.Begin(&Transaction{Request: req, Hint: req.loginHint})
		http.Redirect(w, r, "/login/form?transaction="+id, http.StatusFound)
	}
}

// parseAuthorization reads everything but the two parameters checked before.
// The request is usable to answer even with an error.
func (srv *Server) parseAuthorization(c state.Client, q url.Values) (*AuthorizationRequest, *AuthorizationError) {
	req := &AuthorizationRequest{
		ClientID: q.Get("client_id"), RedirectURI: q.Get("redirect_uri"), state: q.Get("state"), nonce: q.Get("nonce"),
		Scopes: strings.Fields(q.Get("scope")), challenge: q.Get("code_challenge"),
		Prompt: q.Get("prompt"), loginHint: q.Get("login_hint"), maxAge: -1,
	}
	invalid := func(detail string) (*AuthorizationRequest, *AuthorizationError) {
		return req, &AuthorizationError{"invalid_request", "The request is invalid", "HTTP-400", detail}
	}
	for name, values := range q {
		if len(values) > 1 { // RFC 6749 section 3.1
			return invalid(name + " is repeated")
		}
	}
	if q.Get("response_type") != "code" {
		return req, &AuthorizationError{"unsupported_response_type", "Only code is supported", "HTTP-400", "response_type must be code"}
	}
	if req.state == "" {
		return invalid("state is required")
	}
	if q.Get("code_challenge_method") != "S256" || !challengeForm.MatchString(req.challenge) {
		return invalid("code_challenge with code_challenge_method S256 is required")
	}
	if !slices.Contains([]string{"", "none", "login", "consent"}, req.Prompt) {
		return invalid("prompt must be none, login or consent")
	}
	if text := q.Get("max_age"); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 0 {
			return invalid("max_age must be a number of seconds")
		}
		req.maxAge = time.Duration(seconds) * time.Second
	}
	oidc := srv.Settings().OIDC
	for _, scope := range req.Scopes {
		if !c.Allows(scope, oidc) {
			return req, &AuthorizationError{"invalid_scope", "The scope is not allowed for this client", "HTTP-400", "not registered for scope " + strconv.Quote(scope)}
		}
	}
	return req, nil
}

// Proceed answers the request of a signed-in user: with a code, or first with the
// page for consent.
func (srv *Server) Proceed(w http.ResponseWriter, r *http.Request, req *AuthorizationRequest, s Session) {
	c, found := srv.ConnectedClient(req.ClientID)
	if !found { // it went while the person was signing in
		wire.Fail(w, errUnknownClient)
		return
	}
	ask := req.Prompt == "consent" || srv.ConsentOf(c) == state.ConsentRequired && !srv.hasApproved(s.User, c.ID, req.Scopes)
	switch {
	case !ask:
		srv.IssueCode(w, r, req, s)
	case req.Prompt == "none":
		srv.Reject(w, r, req, AuthorizationError{"consent_required", "The user has not approved the scopes", "HTTP-403", "prompt=none without approval"})
	default:
		id := srv.Begin(&Transaction{Request: req})
		http.Redirect(w, r, "/oauth/consent?transaction="+id, http.StatusFound)
	}
}

// IssueCode sends the browser back to the client with a code.
func (srv *Server) IssueCode(w http.ResponseWriter, r *http.Request, req *AuthorizationRequest, s Session) {
	now := srv.Now()
	code := srv.grants.addCode(&code{
		user: s.User, clientID: req.ClientID, redirectURI: req.RedirectURI, challenge: req.challenge, nonce: req.nonce,
		scopes: req.Scopes, authTime: s.authTime, expires: now.Add(srv.Settings().CodeLifetime),
	})
	srv.Log.Info("authorize: code issued", "person", s.User.Email, "scope", strings.Join(req.Scopes, " "))
	srv.toClient(w, r, req, url.Values{"code": {code}})
}

// Reject sends the browser back to the client with an error.
func (srv *Server) Reject(w http.ResponseWriter, r *http.Request, req *AuthorizationRequest, e AuthorizationError) {
	srv.Log.Info("authorize: refused", "error", e.Err, "detail", e.Detail)
	srv.toClient(w, r, req, url.Values{
		"error": {e.Err}, "error_description": {e.Description}, "error_code": {e.Code}, "error_detail": {e.Detail},
	})
}

func (srv *Server) toClient(w http.ResponseWriter, r *http.Request, req *AuthorizationRequest, answer url.Values) {
	target, err := url.Parse(req.RedirectURI)
	if err != nil {
		wire.Fail(w, wire.BadRequest("redirect_uri cannot be parsed"))
		return
	}
	// RFC 6749 section 3.1.2: a query of the redirect URI is kept.
	q := target.Query()
	for name, values := range answer {
		q[name] = values
	}
	if req.state != "" {
		q.Set("state", req.state)
	}
	if srv.Settings().IssuerParameter {
		q.Set("iss", srv.URL)
	}
	target.RawQuery = q.Encode()
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, target.String(), http.StatusFound)
}
