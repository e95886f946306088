package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"golang.org/x/oauth2"
)

// Errors of the client's set-up at the tenant, which every sign-in meets. Only
// the probes return them.
var (
	ErrRedirectURI  = errors.New("redirect URI is not registered")
	ErrClientID     = errors.New("client ID is unknown")
	ErrClientSecret = errors.New("client secret is wrong")
)

// setUpErrors are the codes of those refusals, Qlik's and that of RFC 6749
// section 5.2.
var setUpErrors = map[string]error{
	"OAUTH-1": ErrRedirectURI, "OAUTH-14": ErrClientID, "OAUTH-22": ErrClientSecret, "INVALID_CLIENT": ErrClientSecret,
}

// ProbeAuthorization reports whether the authorization endpoint takes our
// client ID and redirect URI: [ErrClientID] or [ErrRedirectURI] if not, and
// [ErrTenant] if that cannot be found out. It starts no sign-in.
func (rp *RelyingParty) ProbeAuthorization(ctx context.Context) error {
	meta, err := rp.provider.metadata(ctx)
	if err != nil {
		return err
	}
	// With prompt=none the tenant shows no page and remembers nothing.
	address := rp.oauth(meta).AuthCodeURL(newSecret(24),
		oauth2.S256ChallengeOption(oauth2.GenerateVerifier()), oauth2.SetAuthURLParam("prompt", "none"))
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("%w: authorization endpoint is not a URL", ErrTenant)
	}
	resp, err := rp.HTTP.Do(r) // which follows no redirects
	if err != nil {
		return fmt.Errorf("%w: authorization endpoint: %w", ErrTenant, networkCause(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return fmt.Errorf("%w: authorization endpoint: %w", ErrTenant, networkCause(err))
	}
	code, _ := qlikError(body)
	return setUpError(resp.StatusCode, code)
}

// ProbeToken reports whether the token endpoint takes our client secret, by an
// exchange of a code that no tenant has issued: [ErrClientSecret] or
// [ErrClientID] if not, and [ErrTenant] if that cannot be found out.
func (rp *RelyingParty) ProbeToken(ctx context.Context) error {
	meta, err := rp.provider.metadata(ctx)
	if err != nil {
		return err
	}
	_, err = rp.oauth(meta).Exchange(rp.clientContext(ctx), newSecret(24), oauth2.VerifierOption(oauth2.GenerateVerifier()))
	if err == nil {
		return nil // a tenant that takes any code takes our secret, too
	}
	refusal := refusalFrom(err)
	if refusal.status == 0 {
		return fmt.Errorf("%w: %w", ErrTenant, refusal)
	}
	return setUpError(refusal.status, refusal.code)
}

// setUpError returns what the answer of a probe says about the client.
func setUpError(status int, code string) error {
	if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
		return fmt.Errorf("%w: status %d", ErrTenant, status)
	}
	return setUpErrors[strings.ToUpper(code)]
}
