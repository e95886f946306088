package doctor

import (
	"context"
	"errors"

	"vitrine/auth"
)

// ClientSecret checks that the tenant accepts the client secret. Otherwise every
// sign-in ends in an error after the user has given a password.
func ClientSecret(rp *auth.RelyingParty) Check {
	return Check{Name: "client authentication", Run: func(ctx context.Context) (string, error) {
		switch err := rp.ProbeToken(ctx); {
		case errors.Is(err, auth.ErrClientSecret):
			return "OAUTH-22: the tenant does not accept the client's secret; set QLIK_CLIENT_SECRET to one that the tenant's console lists for QLIK_CLIENT_ID, and QLIK_CLIENT_AUTH to how the client authenticates", nil
		case errors.Is(err, auth.ErrClientID):
			return "", nil // reported by Authorization
		default:
			return "", err
		}
	}}
}
