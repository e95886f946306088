package demo

import (
	"net/http"
	"strings"
)

// caller is who makes an API request.
type caller struct {
	*person
	scopes []string
	token  *token          // nil for a browser session
	cookie *browserSession // nil for a bearer token
}

// authenticate finds out who calls, by bearer token, by temporary token in the
// query (purpose as given), or by the tenant's cookie.
func (t *Tenant) authenticate(r *http.Request, purpose string) (*caller, *apiError) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, value, _ := strings.Cut(header, " ")
		tok, found := t.grants.find(strings.TrimSpace(value), kindAccess, t.now())
		if !strings.EqualFold(scheme, "Bearer") || !found {
			return nil, &errUnauthorized
		}
		return t.callerOf(r, tok)
	}
	if value := r.URL.Query().Get("accessToken"); value != "" {
		tok, found := t.grants.find(value, kindTemporary, t.now())
		if !found || tok.purpose != purpose {
			return nil, &errUnauthorized
		}
		return t.callerOf(r, tok)
	}
	session, found := t.browserSession(r)
	if !found {
		return nil, &errUnauthorized
	}
	if !t.allowsCookieFrom(r) {
		return nil, &errOrigin
	}
	unsafe := r.Method != http.MethodGet && r.Method != http.MethodHead || purpose == purposeWebSocket
	if unsafe && !equal(csrfTokenOf(r), session.csrfToken) {
		return nil, &apiError{status: http.StatusForbidden, code: "CSRF-TOKEN-2", title: "Forbidden", detail: "missing or invalid CSRF token"}
	}
	if session.person.isTooNew(t.now(), t.config().RightsDelay) {
		return nil, &errForbidden
	}
	return &caller{person: session.person, scopes: []string{"user_default"}, cookie: &session}, nil
}

const (
	purposeWebSocket   = "websocket"
	purposeWebResource = "webresource"
)

// callerOf also looks at the origin: a browser that presents a token from a
// page that is not among the client's origins is refused. A proxy must not
// pass the browser's Origin on.
func (t *Tenant) callerOf(r *http.Request, tok *token) (*caller, *apiError) {
	if foreignOrigin(r, t.url) {
		if c, found := t.clients.find(tok.grant.clientID); !found || !c.allowsOrigin(r) {
			return nil, &errOrigin
		}
	}
	return &caller{person: tok.grant.person, scopes: tok.grant.scopes, token: tok}, nil
}

func foreignOrigin(r *http.Request, own string) bool {
	origin := r.Header.Get("Origin")
	return origin != "" && origin != own
}

func csrfTokenOf(r *http.Request) string {
	if token := r.Header.Get("qlik-csrf-token"); token != "" {
		return token
	}
	return r.URL.Query().Get("qlik-csrf-token")
}

// apiFunc is a REST endpoint. A returned error is answered in Qlik's form.
type apiFunc func(w http.ResponseWriter, r *http.Request, who *caller) *apiError

// api guards an endpoint: who calls, may they, and not too often.
func (t *Tenant) api(tier int, endpoint apiFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t.stats.add(func(s *Stats) { s.RESTCalls++ })
		who, no := t.authenticate(r, purposeWebResource)
		if no == nil && who.status == "disabled" {
			no = &errDisabledUser
		}
		if no != nil {
			fail(w, *no)
			return
		}
		if t.overLimit(w, who.person, tier) {
			return
		}
		if no := endpoint(w, r, who); no != nil {
			fail(w, *no)
		}
	}
}
