package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"vitrine/qlik"
)

// completeTimeout bounds what comes after a code was accepted: the token
// request, users/me, and the session's record.
const completeTimeout = 20 * time.Second

// Complete finishes a sign-in: it judges the authorization response that the
// browser brought, swaps the code for tokens, learns who the person is, and
// creates a session under a new ID. returnTo is where the person wanted to go.
//
// ErrReplayed also comes with a return path: the caller sends the browser
// there if its session lives.
func (rp *RelyingParty) Complete(ctx context.Context, browser string, resp AuthorizationResponse) (s Session, returnTo string, err error) {
	request, err := rp.take(ctx, browser, resp)
	if err != nil {
		return Session{}, request.ReturnTo, err
	}
	// A code works once: from here on the work is finished even if the browser
	// gives up waiting.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), completeTimeout)
	defer cancel()
	meta, err := rp.provider.metadata(ctx)
	if err != nil {
		return Session{}, "", err
	}
	if err := judge(resp, meta); err != nil {
		return Session{}, "", err
	}
	tokens, err := rp.exchange(ctx, meta, resp.Code, request.CodeVerifier)
	if err != nil {
		return Session{}, "", err
	}
	user, claims, err := rp.identify(ctx, meta, request.Nonce, tokens)
	if err != nil {
		return Session{}, "", err
	}
	now := rp.Now()
	s = Session{
		ID: newSecret(16) + "." + newSecret(32), User: user, Tokens: tokens,
		CreatedAt: now, ExpiresAt: now.Add(rp.SessionMaxAge), Device: resp.Device,
		Subject: claims.Subject, TenantSession: claims.SessionID,
	}
	if err := rp.Store.CreateSession(ctx, s); err != nil {
		return Session{}, "", storeError("create session", err)
	}
	// Without this the response can be replayed to the return path for a few
	// minutes only.
	_ = rp.Store.KeepAuthorizationRequest(ctx, resp.State, browser, rp.SessionMaxAge)
	return s, request.ReturnTo, nil
}

// take returns the request that this response answers, and lets it answer no
// other. A response that is not complete, or that comes with another browser,
// changes nothing: its request may still be answered.
func (rp *RelyingParty) take(ctx context.Context, browser string, resp AuthorizationResponse) (AuthorizationRequest, error) {
	switch {
	case resp.State == "":
		return AuthorizationRequest{}, fmt.Errorf("%w: no state", ErrInvalidRequest)
	case browser == "":
		return AuthorizationRequest{}, fmt.Errorf("%w: state was given to another browser", ErrInvalidRequest)
	case resp.Code == "" && resp.Error == "":
		return AuthorizationRequest{}, fmt.Errorf("%w: neither code nor error", ErrInvalidRequest)
	}
	request, found, err := rp.Store.TakeAuthorizationRequest(ctx, resp.State, browser)
	switch {
	case err != nil:
		return AuthorizationRequest{}, storeError("take authorization request", err)
	case !found:
		return AuthorizationRequest{}, fmt.Errorf("%w: state is unknown, expired, or of another browser", ErrInvalidRequest)
	case request.Used:
		return request, ErrReplayed
	}
	return request, nil
}

// judge looks at the response itself: who sent it (RFC 9207 section 2.4), and
// what it says.
func judge(resp AuthorizationResponse, meta metadata) error {
	if resp.Issuer != "" && resp.Issuer != meta.Issuer {
		return fmt.Errorf("%w: the response names another issuer", ErrInvalidRequest)
	}
	if resp.Issuer == "" && meta.IssuerPromised {
		return fmt.Errorf("%w: the response lacks the promised issuer", ErrInvalidRequest)
	}
	switch resp.Error {
	case "":
	case "server_error", "temporarily_unavailable":
		return fmt.Errorf("%w: authorization endpoint: %q", ErrTenant, clip(resp.Error))
	default:
		return fmt.Errorf("%w: authorization endpoint: %q %q", ErrAccessDenied, clip(resp.Error), clip(resp.ErrorDescription))
	}
	return nil
}

// identify learns who the tokens belong to. An ID token is judged first; only
// when it holds, or when there is none, is the tenant asked for the person.
func (rp *RelyingParty) identify(ctx context.Context, meta metadata, nonce string, tokens TokenSet) (qlik.User, idTokenClaims, error) {
	var claims idTokenClaims
	if rp.wantsIDToken() && tokens.IDToken != "" {
		var err error
		if claims, err = rp.verifyIDToken(ctx, meta, tokens.IDToken, tokens.AccessToken, nonce); err != nil {
			return qlik.User{}, claims, fmt.Errorf("%w: ID token: %w", ErrTenant, err)
		}
	}
	user, err := rp.Qlik.Me(ctx, tokens.AccessToken)
	switch {
	case err == nil && claims.Subject != "" && claims.Subject != user.Subject && claims.Subject != user.ID:
		return qlik.User{}, claims, fmt.Errorf("%w: ID token and users/me speak of different people", ErrTenant)
	case err == nil:
		// What changes, and may be much, is asked for anew by whoever shows it.
		user.AssignedRoles, user.Groups, user.CreatedAt, user.Status = nil, nil, time.Time{}, ""
		return user, claims, nil
	}
	switch qlik.StatusOf(err) {
	case http.StatusUnauthorized, http.StatusForbidden:
		return qlik.User{}, claims, fmt.Errorf("%w: users/me: %w", ErrAccessDenied, err)
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		if claims.Subject != "" {
			// An identity provider without this endpoint: the ID token is enough.
			return qlik.User{ID: claims.Subject, Subject: claims.Subject, Name: claims.Name, Email: claims.Email}, claims, nil
		}
	}
	return qlik.User{}, claims, fmt.Errorf("%w: users/me: %w", ErrTenant, errors.Join(err))
}

// clip keeps what a stranger put into the query from filling the log.
func clip(s string) string {
	if len(s) > 120 {
		return strings.ToValidUTF8(s[:120], "")
	}
	return s
}
