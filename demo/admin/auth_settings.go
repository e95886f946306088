package admin

import (
	"net/http"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// getAuthSettings answers GET /api/core/auth-settings.
func (api *API) getAuthSettings(w http.ResponseWriter, _ *http.Request, _ *state.Caller) error {
	wire.WriteJSON(w, http.StatusOK, api.AuthSettings.Get())
	return nil
}

// patchAuthSettings answers PATCH /api/core/auth-settings. Sessions that are
// open already keep to the new limits as well.
func (api *API) patchAuthSettings(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	ops, err := wire.ReadPatch(w, r)
	if err != nil {
		return err
	}
	changed, err := api.AuthSettings.Change(func(current state.AuthSettings) (state.AuthSettings, error) {
		changed, err := wire.Patched(current, ops, "userSessionInactivityTimeoutMinutes", "maxUserSessionLifespanMinutes",
			"dynamicClientRegistrationEnabled", "dcrAllowedAuthenticationMethods")
		if err != nil {
			return current, err
		}
		if problem := changed.Invalid(); problem != "" {
			return current, wire.BadRequest(problem)
		}
		return changed, nil
	})
	if err == nil {
		wire.WriteJSON(w, http.StatusOK, changed)
	}
	return err
}
