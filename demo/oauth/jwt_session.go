package oauth

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// jwtAudience is what a token for /login/jwt-session must be meant for.
const jwtAudience = "qlik.api/login/jwt-session"

// longestJWT is the documented bound of exp minus nbf.
const longestJWT = time.Hour

// sessionClaims are the claims that are read; groups is the only optional one
// among them besides iat.
type sessionClaims struct {
	Issuer        string   `json:"iss"`
	Audience      audience `json:"aud"`
	Subject       string   `json:"sub"`
	SubType       string   `json:"subType"`
	Name          string   `json:"name"`
	Email         string   `json:"email"`
	EmailVerified bool     `json:"email_verified"`
	ID            string   `json:"jti"`
	IssuedAt      seconds  `json:"iat"`
	NotBefore     seconds  `json:"nbf"`
	Expires       seconds  `json:"exp"`
	Groups        []string `json:"groups"`
}

// seconds is a NumericDate, RFC 7519 section 2; 0 when it is absent.
type seconds float64

func (s seconds) time() time.Time { return time.UnixMilli(int64(s * 1000)) }

// audience is one text or a list of them, RFC 7519 section 4.1.3.
type audience []string

func (a *audience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audience{one}
		return nil
	}
	_ = json.Unmarshal(data, (*[]string)(a)) // anything else is no audience
	return nil
}

// invalid names the claim that is wrong and what it should be, or returns "".
func (c sessionClaims) invalid(now time.Time, tolerance time.Duration) string {
	switch {
	case !slices.Contains(c.Audience, jwtAudience):
		return "aud must be " + jwtAudience
	case c.NotBefore == 0 || c.Expires == 0:
		return "nbf and exp are required"
	case !now.Before(c.Expires.time().Add(tolerance)):
		return "exp is over"
	case now.Add(tolerance).Before(c.NotBefore.time()):
		return "nbf is not reached"
	case now.Add(tolerance).Before(c.IssuedAt.time()):
		return "iat is in the future"
	case c.Expires.time().Sub(c.NotBefore.time()) > longestJWT:
		return "exp must be at most 3600 seconds after nbf"
	case c.Subject == "":
		return "sub is required"
	case c.SubType != "user":
		return "subType must be user"
	case c.Name == "":
		return "name is required"
	case !strings.Contains(c.Email, "@"):
		return "email is required"
	case !c.EmailVerified:
		return "email_verified must be true"
	case c.ID == "":
		return "jti is required"
	}
	return ""
}

// jwtSession answers POST /login/jwt-session: a token of a registered identity
// provider becomes the tenant's cookie session.
func (srv *Server) jwtSession(w http.ResponseWriter, r *http.Request) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	j, readable := parseJWS(strings.TrimSpace(token))
	integrationID := integrationOf(r)
	if !strings.EqualFold(scheme, "Bearer") || !readable || integrationID == "" {
		notAcceptable(w)
		return
	}
	if integration, found := srv.Integrations.Find(integrationID); !found || wire.ForeignOrigin(r, srv.URL) && !slices.Contains(integration.ValidOrigins, r.Header.Get("Origin")) {
		wire.Fail(w, wire.ErrOrigin)
		return
	}
	var c sessionClaims
	typesFit := json.Unmarshal(j.payload, &c) == nil
	provider, found := srv.ProviderOf(c.Issuer, j.header.Kid)
	if !found {
		notAcceptable(w)
		return
	}
	if problem := srv.check(j, c, typesFit, provider); problem != "" {
		srv.Log.Info("jwt-session: refused", "detail", problem)
		wire.Fail(w, wire.Error{Status: http.StatusUnauthorized, Code: "HTTP-401", Title: "Unauthorized", Detail: problem})
		return
	}
	srv.beginJWTSession(w, r, c)
}

// check returns what is wrong with a token, or "".
func (srv *Server) check(j jws, c sessionClaims, typesFit bool, provider state.Provider) string {
	if problem := j.invalid(provider.Public); problem != "" {
		return problem
	}
	if !typesFit {
		return "a claim is of the wrong type"
	}
	now := srv.Now()
	if problem := c.invalid(now, provider.Tolerance()); problem != "" {
		return problem
	}
	if !srv.usedJWTs.first(c.Issuer+"\x00"+c.ID, c.Expires.time().Add(provider.Tolerance()), now) {
		return "jti was used before"
	}
	return ""
}

func (srv *Server) beginJWTSession(w http.ResponseWriter, r *http.Request, c sessionClaims) {
	if srv.Settings().RefuseEmailClash {
		other := srv.UserWhere(func(p *state.User) bool { return strings.EqualFold(p.Email, c.Email) })
		if other != nil && other.Subject != c.Subject {
			wire.Fail(w, wire.Error{Status: http.StatusUnauthorized, Code: "HTTP-401", Title: "Unauthorized", Detail: "email belongs to another user"})
			return
		}
	}
	user := srv.UserBySubject(c.Subject, c.Name, c.Email, c.Groups)
	err := srv.Limit(user, 2)
	if user.Status == "disabled" {
		err = wire.ErrDisabledUser
	}
	if err != nil {
		wire.Fail(w, err)
		return
	}
	srv.Start(w, r, user)
	srv.Count(func(s *state.Stats) { s.JWTSessions++ })
	srv.Log.Info("jwt-session: signed in", "person", user.Email)
	wire.WriteJSON(w, http.StatusOK, struct{}{})
}

// notAcceptable is what has been seen of real tenants for requests that name
// no identity provider: 406, and no word why.
func notAcceptable(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotAcceptable)
	_, _ = w.Write([]byte("<!doctype html><title>Not Acceptable</title><h1>Not Acceptable</h1>"))
}

// usedTokens remembers which tokens were used, for as long as they are good.
type usedTokens struct {
	mu   sync.Mutex
	seen map[string]time.Time // until when
}

// first is true once for each token.
func (u *usedTokens) first(id string, until, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	for other, end := range u.seen {
		if now.After(end) {
			delete(u.seen, other)
		}
	}
	if _, used := u.seen[id]; used {
		return false
	}
	if u.seen == nil {
		u.seen = make(map[string]time.Time)
	}
	u.seen[id] = until
	return true
}
