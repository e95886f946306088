package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// revokeTimeout bounds one try to tell the tenant.
	revokeTimeout = 10 * time.Second
	// revokeFor is how long the tenant is told. After a day even a tenant that
	// was away has been asked some thirty times.
	revokeFor = 24 * time.Hour
)

// End signs a session out: it ends here first, and its tokens are revoked at
// the tenant after. An error that wraps ErrStore means the session may still
// live; one that wraps ErrTenant, that it has ended here and the tenant will be
// told later, by [RelyingParty.Deliver]. A session that is gone is no error.
func (rp *RelyingParty) End(ctx context.Context, id string) error {
	// The person may close the tab at once; what was begun is finished.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeTimeout)
	defer cancel()
	r, found, err := rp.Store.EndSession(ctx, id)
	if err != nil {
		return storeError("end session", err)
	}
	if !found {
		return nil
	}
	return rp.deliver(ctx, r)
}

// Delivery is one try to tell the tenant of a session that has ended.
type Delivery struct {
	UserID string
	Fault  error // nil when the tokens are revoked
}

// Deliver revokes a handful of what is due in the outbox and returns what was
// tried. Somebody calls it every few seconds in each process, until nothing is
// due; no two processes get the same.
func (rp *RelyingParty) Deliver(ctx context.Context) ([]Delivery, error) {
	due, err := rp.Store.ClaimRevocations(ctx, 2*revokeTimeout, 20)
	if err != nil {
		return nil, storeError("claim revocations", err)
	}
	// All at once, or a tenant that hangs would outlast the lease of the last.
	results := make([]Delivery, len(due))
	var wg sync.WaitGroup
	for i, r := range due {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, revokeTimeout)
			defer cancel()
			results[i] = Delivery{UserID: r.UserID, Fault: rp.deliver(ctx, r)}
		})
	}
	wg.Wait()
	return results, nil
}

// deliver tells the tenant once, and sees to what comes next.
func (rp *RelyingParty) deliver(ctx context.Context, r Revocation) error {
	fault := rp.revoke(ctx, r.Tokens)
	if fault == nil {
		rp.Count("revocation", "done")
	} else {
		rp.Count("revocation", "failed")
	}
	if fault == nil || rp.Now().Sub(r.EndedAt) > revokeFor {
		// What cannot be struck off the list is done once more: no harm.
		_ = rp.Store.ForgetRevocation(ctx, r.Key)
		return fault
	}
	r.Attempts++
	pause := min(time.Second<<min(r.Attempts, 12), time.Hour)
	if err := rp.Store.RetryRevocation(ctx, r, rp.Now().Add(pause)); err != nil {
		return errors.Join(fault, storeError("retry revocation", err))
	}
	return fault
}

// revoke tells the tenant that the tokens are no longer wanted (RFC 7009), the
// refresh token first: it is the one that makes others.
func (rp *RelyingParty) revoke(ctx context.Context, tokens TokenSet) error {
	meta, err := rp.provider.metadata(ctx)
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	var faults []error
	for _, t := range []struct{ hint, token string }{
		{"refresh_token", tokens.RefreshToken},
		{"access_token", tokens.AccessToken},
	} {
		if t.token == "" {
			continue
		}
		if err := rp.revokeOne(ctx, meta.RevocationEndpoint, t.hint, t.token); err != nil {
			faults = append(faults, fmt.Errorf("%w: revoke %s: %w", ErrTenant, t.hint, err))
		}
	}
	return errors.Join(faults...)
}

func (rp *RelyingParty) revokeOne(ctx context.Context, endpoint, hint, token string) error {
	form := url.Values{"token": {token}, "token_type_hint": {hint}}
	if !rp.ClientAuthBasic {
		form.Set("client_id", rp.ClientID)
		form.Set("client_secret", rp.ClientSecret())
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if rp.ClientAuthBasic {
		r.SetBasicAuth(url.QueryEscape(rp.ClientID), url.QueryEscape(rp.ClientSecret()))
	}
	resp, err := rp.HTTP.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 4<<10)) // so that the connection serves the next
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}

// TenantLogout is where a person's browser goes to sign out of the tenant
// itself: the end-session endpoint where the metadata offers one (OpenID Connect
// RP-Initiated Logout 1.0), which then leads back to returnTo, else the page
// every tenant has. The ID token is left out as a hint: it would stand in a URL.
func (rp *RelyingParty) TenantLogout(ctx context.Context, returnTo string) string {
	meta, err := rp.provider.metadata(ctx)
	if err != nil || meta.EndSessionEndpoint == "" {
		return rp.TenantURL + "/logout"
	}
	query := url.Values{"client_id": {rp.ClientID}, "post_logout_redirect_uri": {returnTo}}
	separator := "?"
	if strings.Contains(meta.EndSessionEndpoint, "?") {
		separator = "&"
	}
	return meta.EndSessionEndpoint + separator + query.Encode()
}
