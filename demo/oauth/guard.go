package oauth

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// Guard decides which requests may come in: it authenticates callers, and holds
// them to the origins of their client and to the rate limits.
type Guard struct {
	*state.State
	*Sessions
	grants *grantTable
	limits *rateLimiter
}

// NewGuard returns the guard of a tenant.
func NewGuard(st *state.State) *Guard {
	return &Guard{State: st, Sessions: newSessions(st), grants: newGrantTable(st.Save), limits: newRateLimiter()}
}

// What a temporary token in the query is good for.
const (
	PurposeWebSocket   = "websocket"
	PurposeWebResource = "webresource"
)

// Authenticate returns the caller by bearer token, by temporary token in the
// query (purpose as given), or by the tenant's cookie.
func (guard *Guard) Authenticate(r *http.Request, purpose string) (*state.Caller, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, value, _ := strings.Cut(header, " ")
		tok, found := guard.grants.find(strings.TrimSpace(value), kindAccess, guard.Now())
		if !strings.EqualFold(scheme, "Bearer") || !found {
			return nil, wire.ErrUnauthorized
		}
		return guard.tokenCaller(r, tok, tok)
	}
	if value := r.URL.Query().Get("accessToken"); value != "" {
		tok, found := guard.grants.find(value, kindTemporary, guard.Now())
		if !found || tok.purpose != purpose {
			return nil, wire.ErrUnauthorized
		}
		return guard.tokenCaller(r, tok, tok.parent) // the temporary token only has to open the door
	}
	session, found := guard.Session(r)
	if !found {
		return nil, wire.ErrUnauthorized
	}
	if !guard.allowsCookieFrom(r) {
		return nil, wire.ErrOrigin
	}
	unsafe := r.Method != http.MethodGet && r.Method != http.MethodHead || purpose == PurposeWebSocket
	if unsafe && !state.Equal(csrfTokenOf(r), session.csrfToken) {
		return nil, wire.Error{Status: http.StatusForbidden, Code: "CSRF-TOKEN-2", Title: "Forbidden", Detail: "missing or invalid CSRF token"}
	}
	if session.User.IsTooNew(guard.Now(), guard.Settings().RightsDelay) {
		return nil, wire.ErrForbidden
	}
	live := func() bool { return guard.touch(session.id, guard.Now()) }
	return &state.Caller{User: session.User, Scopes: []string{"user_default"}, Cookie: true, Live: live}, nil
}

// tokenCaller also compares the origin: a browser that presents a token from a
// page that is not among the client's origins gets an error. A proxy must not
// pass the browser's Origin on.
func (guard *Guard) tokenCaller(r *http.Request, tok, lasting *token) (*state.Caller, error) {
	if wire.ForeignOrigin(r, guard.URL) {
		if c, found := guard.Clients.Find(tok.grant.clientID); !found || !c.AllowsOrigin(r.Header.Get("Origin")) {
			return nil, wire.ErrOrigin
		}
	}
	live := func() bool { return guard.grants.isLive(lasting, guard.Now()) }
	return &state.Caller{User: tok.grant.user, Scopes: tok.grant.scopes, Live: live}, nil
}

func csrfTokenOf(r *http.Request) string {
	if token := r.Header.Get("qlik-csrf-token"); token != "" {
		return token
	}
	return r.URL.Query().Get("qlik-csrf-token")
}

// API makes a handler of an endpoint for signed-in callers. Tier 1 are reads,
// tier 2 writes.
func (guard *Guard) API(tier int, endpoint wire.Endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		guard.Count(func(s *state.Stats) { s.RESTCalls++ })
		caller, err := guard.Authenticate(r, PurposeWebResource)
		if err == nil && caller.Status == "disabled" {
			err = wire.ErrDisabledUser
		}
		if err == nil {
			err = guard.Limit(caller.User, tier)
		}
		if err == nil {
			err = endpoint(w, r, caller)
		}
		if err != nil {
			wire.Fail(w, err)
		}
	}
}

// Admin makes a handler of an endpoint of the tenant's administration. The
// scope is the narrow one that opens it, "" where none is documented.
func (guard *Guard) Admin(scope string, tier int, endpoint wire.Endpoint) http.HandlerFunc {
	return guard.API(tier, func(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
		if !caller.Administers(scope) {
			return wire.ErrForbidden
		}
		return endpoint(w, r, caller)
	})
}

// CSRFToken answers GET /api/v1/csrf-token. Only cookie sessions have one.
func (guard *Guard) CSRFToken(w http.ResponseWriter, r *http.Request) {
	s, found := guard.Session(r)
	switch {
	case r.Header.Get("Authorization") != "":
		wire.Fail(w, wire.Error{Status: http.StatusBadRequest, Code: "CSRF-TOKEN-4", Title: "CSRF token is not supported for this authentication type"})
	case !found:
		wire.Fail(w, wire.Error{Status: http.StatusNotFound, Code: "CSRF-TOKEN-3", Title: "CSRF token not found"})
	case !guard.allowsCookieFrom(r):
		wire.Fail(w, wire.ErrOrigin)
	default:
		w.Header().Set("qlik-csrf-token", s.csrfToken)
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNoContent)
	}
}

// ListsOrigin reports whether a web integration or a client lists the origin.
func (guard *Guard) ListsOrigin(origin string) bool {
	return guard.Integrations.Any(func(i state.WebIntegration) bool { return slices.Contains(i.ValidOrigins, origin) }) ||
		guard.Clients.Any(func(c state.Client) bool { return c.AllowsOrigin(origin) })
}

// allowsCookieFrom: a page of the tenant itself, or one of the web integration
// that the request names, in a header or, where a browser cannot set any, in
// the query.
func (guard *Guard) allowsCookieFrom(r *http.Request) bool {
	if !wire.ForeignOrigin(r, guard.URL) {
		return true
	}
	integration, found := guard.Integrations.Find(integrationOf(r))
	return found && slices.Contains(integration.ValidOrigins, r.Header.Get("Origin"))
}

func integrationOf(r *http.Request) string {
	return cmp.Or(r.Header.Get("qlik-web-integration-id"), r.URL.Query().Get("qlik-web-integration-id"))
}

// Grant describes a family of tokens.
type Grant struct {
	ID, UserID, ClientID, Description, DeviceType string
	LastUsed                                      time.Time
}

// Grants returns the grants that the caller may see.
func (guard *Guard) Grants(caller *state.Caller) []Grant { return guard.grants.list(caller) }

// RevokeGrant ends a family of tokens, and reports whether the caller may see
// it.
func (guard *Guard) RevokeGrant(id string, caller *state.Caller) bool {
	g := guard.grants.revokeGrant(id, caller)
	if g == nil {
		return false
	}
	guard.Audit("com.qlik.oauth-token.revoked", g.user, map[string]any{"clientId": g.clientID, "by": caller.ID})
	guard.Ended()
	return true
}

// RevokeClient ends everything a client was given.
func (guard *Guard) RevokeClient(clientID string) {
	guard.grants.revokeClient(clientID)
	guard.Ended()
}
