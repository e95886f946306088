package demo

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
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
	_ = json.Unmarshal(data, (*[]string)(a)) // anything else names nobody
	return nil
}

// fault names the claim that is wrong and what it should be, or "".
func (c sessionClaims) fault(now time.Time, tolerance time.Duration) string {
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
func (t *Tenant) jwtSession(w http.ResponseWriter, r *http.Request) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	j, readable := parseJWS(strings.TrimSpace(token))
	integrationID := integrationOf(r)
	if !strings.EqualFold(scheme, "Bearer") || !readable || integrationID == "" {
		notAcceptable(w)
		return
	}
	if integration, found := t.integrations.find(integrationID); !found || foreignOrigin(r, t.url) && !slices.Contains(integration.ValidOrigins, r.Header.Get("Origin")) {
		fail(w, errOrigin)
		return
	}
	var c sessionClaims
	typesFit := json.Unmarshal(j.payload, &c) == nil
	provider, found := t.providerOf(c.Issuer, j.header.Kid)
	if !found {
		notAcceptable(w)
		return
	}
	if fault := t.faultOf(j, c, typesFit, provider); fault != "" {
		t.log.Info("jwt-session: refused", "detail", fault)
		fail(w, apiError{status: http.StatusUnauthorized, code: "HTTP-401", title: "Unauthorized", detail: fault})
		return
	}
	t.beginJWTSession(w, r, c)
}

func (t *Tenant) faultOf(j jws, c sessionClaims, typesFit bool, provider jwtProvider) string {
	algorithm, known := signatureAlgorithms[j.header.Alg]
	switch {
	case !known || !algorithm.fits(provider.public):
		return "alg does not fit the key of the identity provider"
	case !j.signedBy(provider.public, algorithm):
		return "the signature is wrong"
	case !typesFit:
		return "a claim is of the wrong type"
	}
	now := t.now()
	if fault := c.fault(now, provider.tolerance()); fault != "" {
		return fault
	}
	if !t.usedJWTs.first(c.Issuer+"\x00"+c.ID, c.Expires.time().Add(provider.tolerance()), now) {
		return "jti was used before"
	}
	return ""
}

func (t *Tenant) beginJWTSession(w http.ResponseWriter, r *http.Request, c sessionClaims) {
	if t.config().RefuseEmailClash {
		other := t.personWhere(func(p *person) bool { return strings.EqualFold(p.Email, c.Email) })
		if other != nil && other.subject != c.Subject {
			fail(w, apiError{status: http.StatusUnauthorized, code: "HTTP-401", title: "Unauthorized", detail: "email belongs to another user"})
			return
		}
	}
	who := t.personOf(c)
	switch {
	case who.status == "disabled":
		fail(w, errDisabledUser)
		return
	case t.overLimit(w, who, 2):
		return
	}
	t.startBrowserSession(w, r, who)
	t.stats.add(func(s *Stats) { s.JWTSessions++ })
	t.log.Info("jwt-session: signed in", "person", who.Email)
	writeJSON(w, http.StatusOK, struct{}{})
}

// personOf finds the user by subject and by nothing else. A subject that is
// unknown makes a new user, also when the name and the e-mail address are
// somebody's: the classic mistake with JWT sessions.
func (t *Tenant) personOf(c sessionClaims) *person {
	if p := t.personWhere(func(p *person) bool { return p.subject == c.Subject }); p != nil {
		return p
	}
	return t.newcomers.findOrAdd(&person{
		Person:  Person{ID: stableID("user", c.Subject), Name: c.Name, Email: c.Email},
		subject: c.Subject, status: "active", zone: "UTC", locale: "en", joined: t.now(),
		groups: append([]string{}, c.Groups...), spaces: []string{spaceSales, spaceOperations},
	})
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
