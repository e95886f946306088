package doctor

import (
	"context"
	"errors"
	"fmt"

	"vitrine/auth"
)

// Authorization checks that the tenant knows the client and its redirect URL.
// Otherwise users who sign in see raw JSON from the tenant.
func Authorization(rp *auth.RelyingParty) Check {
	return Check{Name: "authorization", Run: func(ctx context.Context) (string, error) {
		switch err := rp.ProbeAuthorization(ctx); {
		case errors.Is(err, auth.ErrRedirectURI):
			return fmt.Sprintf("OAUTH-1: the tenant does not accept the redirect URL; add exactly %s to the client %s in the tenant's console, or correct PUBLIC_URL",
				rp.RedirectURI, rp.ClientID), nil
		case errors.Is(err, auth.ErrClientID):
			return fmt.Sprintf("OAUTH-14: the tenant does not know the client %s; compare QLIK_CLIENT_ID and QLIK_TENANT_URL with the tenant's console", rp.ClientID), nil
		default:
			return "", err
		}
	}}
}
