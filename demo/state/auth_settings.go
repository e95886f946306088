package state

import (
	"slices"
	"sync"
)

// AuthSettings are the limits of the tenant's browser sessions, and the
// settings of dynamic client registration, which it does not have.
type AuthSettings struct {
	TenantID   string   `json:"tenantId"`
	IsDefault  bool     `json:"isDefault"`
	Idle       int      `json:"userSessionInactivityTimeoutMinutes"`
	Lifespan   int      `json:"maxUserSessionLifespanMinutes"`
	DCREnabled bool     `json:"dynamicClientRegistrationEnabled"`
	DCRMethods []string `json:"dcrAllowedAuthenticationMethods"`
}

// authSettingsBox guards the authentication settings.
type authSettingsBox struct {
	mu      sync.Mutex
	current AuthSettings
}

// Get returns a copy.
func (b *authSettingsBox) Get() AuthSettings {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.current
}

func defaultAuthSettings(tenantID string) AuthSettings {
	return AuthSettings{tenantID, true, 30, 24 * 60, false, []string{}}
}

// Invalid returns what is wrong with the settings, or "".
func (s AuthSettings) Invalid() string {
	switch {
	case s.Idle < 15 || s.Idle > 1440:
		return "userSessionInactivityTimeoutMinutes must be from 15 to 1440"
	case s.Lifespan < 60 || s.Lifespan > 168*60:
		return "maxUserSessionLifespanMinutes must be from 60 to 10080"
	case s.DCREnabled:
		return "the demo tenant has no dynamic client registration"
	case !Every(s.DCRMethods, func(m string) bool { return slices.Contains([]string{"none", "client_secret"}, m) }):
		return "dcrAllowedAuthenticationMethods may hold none and client_secret"
	}
	return ""
}

// Change replaces the settings by what the function returns, unless it fails.
func (b *authSettingsBox) Change(change func(AuthSettings) (AuthSettings, error)) (AuthSettings, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	changed, err := change(b.current)
	if err != nil {
		return b.current, err
	}
	changed.IsDefault = false
	changed.DCRMethods = append([]string{}, changed.DCRMethods...)
	b.current = changed
	return changed, nil
}
