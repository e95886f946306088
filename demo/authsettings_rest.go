package demo

import "net/http"

// getAuthSettings answers GET /api/core/auth-settings.
func (api *adminAPI) getAuthSettings(w http.ResponseWriter, _ *http.Request, _ *Caller) error {
	writeJSON(w, http.StatusOK, api.AuthSettings.Get())
	return nil
}

// patchAuthSettings answers PATCH /api/core/auth-settings. Sessions that are
// open already keep to the new limits as well.
func (api *adminAPI) patchAuthSettings(w http.ResponseWriter, r *http.Request, _ *Caller) error {
	ops, err := ReadPatch(w, r)
	if err != nil {
		return err
	}
	changed, err := api.AuthSettings.Change(func(current AuthSettings) (AuthSettings, error) {
		changed, err := Patched(current, ops, "userSessionInactivityTimeoutMinutes", "maxUserSessionLifespanMinutes",
			"dynamicClientRegistrationEnabled", "dcrAllowedAuthenticationMethods")
		if err != nil {
			return current, err
		}
		if fault := changed.fault(); fault != "" {
			return current, badRequest(fault)
		}
		return changed, nil
	})
	if err == nil {
		writeJSON(w, http.StatusOK, changed)
	}
	return err
}
