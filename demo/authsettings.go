package demo

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// authSettings are the limits of the tenant's browser sessions, and what the
// tenant says of dynamic client registration, which it does not have.
type authSettings struct {
	TenantID   string   `json:"tenantId"`
	IsDefault  bool     `json:"isDefault"`
	Idle       int      `json:"userSessionInactivityTimeoutMinutes"`
	Lifespan   int      `json:"maxUserSessionLifespanMinutes"`
	DCREnabled bool     `json:"dynamicClientRegistrationEnabled"`
	DCRMethods []string `json:"dcrAllowedAuthenticationMethods"`
}

type authSettingsBox struct {
	mu      sync.Mutex
	current authSettings
}

func (b *authSettingsBox) get() authSettings {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.current
}

func defaultAuthSettings(tenantID string) authSettings {
	return authSettings{tenantID, true, int(sessionIdle / time.Minute), int(sessionLifespan / time.Minute), false, []string{}}
}

func (s authSettings) fault() string {
	switch {
	case s.Idle < 15 || s.Idle > 1440:
		return "userSessionInactivityTimeoutMinutes must be from 15 to 1440"
	case s.Lifespan < 60 || s.Lifespan > 168*60:
		return "maxUserSessionLifespanMinutes must be from 60 to 10080"
	case s.DCREnabled:
		return "the demo tenant has no dynamic client registration"
	case !every(s.DCRMethods, func(m string) bool { return slices.Contains([]string{"none", "client_secret"}, m) }):
		return "dcrAllowedAuthenticationMethods may hold none and client_secret"
	}
	return ""
}

// getAuthSettings answers GET /api/core/auth-settings.
func (t *Tenant) getAuthSettings(w http.ResponseWriter, _ *http.Request, _ *caller) *apiError {
	writeJSON(w, http.StatusOK, t.authSettings.get())
	return nil
}

// patchAuthSettings answers PATCH /api/core/auth-settings. Sessions that are
// open already keep to the new limits as well.
func (t *Tenant) patchAuthSettings(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	ops, no := readPatch(w, r)
	if no != nil {
		return no
	}
	t.authSettings.mu.Lock()
	defer t.authSettings.mu.Unlock()
	changed, no := patched(t.authSettings.current, ops, "userSessionInactivityTimeoutMinutes", "maxUserSessionLifespanMinutes",
		"dynamicClientRegistrationEnabled", "dcrAllowedAuthenticationMethods")
	if no != nil {
		return no
	}
	if fault := changed.fault(); fault != "" {
		no := badRequest(fault)
		return &no
	}
	changed.IsDefault = false
	changed.DCRMethods = append([]string{}, changed.DCRMethods...)
	t.authSettings.current = changed
	writeJSON(w, http.StatusOK, changed)
	return nil
}
