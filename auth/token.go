package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"vitrine/qlik"
)

// unknownLifetime is assumed of an access token whose answer says nothing of
// its end: short enough that a dead token is not held for long.
const unknownLifetime = 5 * time.Minute

// exchange swaps the code for tokens (RFC 6749 section 4.1.3). ctx has an end: a
// second clock for one call costs more than it seems.
func (rp *RelyingParty) exchange(ctx context.Context, meta metadata, code, verifier string) (TokenSet, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, rp.unbounded)
	token, err := rp.oauth(meta).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		refusal := refusalFrom(err)
		if refusal.status == http.StatusForbidden {
			// Qlik's words for a disabled user, or one with too many tokens.
			return TokenSet{}, fmt.Errorf("%w: exchange code: %w", ErrAccessDenied, refusal)
		}
		return TokenSet{}, fmt.Errorf("%w: exchange code: %w", ErrTenant, refusal)
	}
	return rp.tokenSet(token)
}

// tokenSet reads the answer as tolerantly as tenants require: expires_in as
// number or text, expires_at instead of it, or neither.
func (rp *RelyingParty) tokenSet(token *oauth2.Token) (TokenSet, error) {
	if token.AccessToken == "" {
		return TokenSet{}, fmt.Errorf("%w: no access token in the answer", ErrTenant)
	}
	if !strings.EqualFold(token.Type(), "bearer") {
		return TokenSet{}, fmt.Errorf("%w: token type %q is not bearer", ErrTenant, clip(token.TokenType))
	}
	now := rp.Now()
	set := TokenSet{
		AccessToken: token.AccessToken, RefreshToken: token.RefreshToken,
		ObtainedAt: now, Expiry: now.Add(unknownLifetime),
	}
	set.Scope, _ = token.Extra("scope").(string)
	if raw := token.Extra("id_token"); raw != nil {
		var ok bool
		if set.IDToken, ok = raw.(string); !ok {
			return TokenSet{}, fmt.Errorf("%w: id_token is not a string", ErrTenant)
		}
	}
	expiresAt, _ := token.Extra("expires_at").(string)
	if token.ExpiresIn > 0 {
		set.Expiry = now.Add(time.Duration(token.ExpiresIn) * time.Second)
	} else if at, err := time.Parse(time.RFC3339, expiresAt); err == nil && rp.tenantTime(at).After(now) {
		set.Expiry = rp.tenantTime(at)
	}
	return set, nil
}

func (rp *RelyingParty) clientContext(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, rp.HTTP)
}

// refusal is the token endpoint's no, in Qlik's form or RFC 6749's, or a fault
// on the way to it (status 0). It never holds the request.
type refusal struct {
	status int
	code   string
	title  string
	retry  time.Duration
	cause  error // for faults of the network
}

func (r *refusal) Error() string {
	if r.status == 0 {
		return "token endpoint: " + r.cause.Error()
	}
	return strings.TrimSpace(fmt.Sprintf("token endpoint answered %d %s %s", r.status, r.code, r.title))
}

func (r *refusal) Unwrap() error { return r.cause }

// final reports whether the tenant rejected the refresh token itself, so that
// another attempt is in vain. Of the codes of RFC 6749 section 5.2 that is
// invalid_grant alone: the others are faults of the client's set-up or of the
// request, and sessions outlive those. Qlik's own codes for 400 and 401 mean the
// same, except those for a wrong client ID or secret; its 403 says that the user
// has too many tokens or is disabled for now. An answer without a code comes from
// a gateway.
func (r *refusal) final() bool {
	if r.status != http.StatusBadRequest && r.status != http.StatusUnauthorized {
		return false
	}
	switch code := strings.ToUpper(r.code); code {
	case "INVALID_GRANT":
		return true
	case "OAUTH-14", "OAUTH-22":
		return false
	default:
		return strings.HasPrefix(code, "OAUTH-") || strings.HasPrefix(code, "HTTP-")
	}
}

// refusalFrom reads an error of a token request. The library's own text is
// left out: it quotes the answer's body.
func refusalFrom(err error) *refusal {
	var re *oauth2.RetrieveError
	if !errors.As(err, &re) || re.Response == nil {
		return &refusal{cause: networkCause(err)}
	}
	r := &refusal{
		status: re.Response.StatusCode, code: clip(re.ErrorCode), title: clip(re.ErrorDescription),
		retry: qlik.RetryAfter(re.Response.StatusCode, re.Response.Header, time.Now()),
	}
	if code, title := qlikError(re.Body); code != "" {
		r.code, r.title = code, title
	}
	return r
}

// qlikError reads the first error of a body in Qlik's form; "" without one.
func qlikError(body []byte) (code, title string) {
	var form struct {
		Errors []struct{ Code, Title string } `json:"errors"`
	}
	if json.Unmarshal(body, &form) != nil || len(form.Errors) == 0 {
		return "", ""
	}
	return clip(form.Errors[0].Code), clip(form.Errors[0].Title)
}

// networkCause strips what could quote a request or an answer.
func networkCause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	return errors.New("unreadable answer")
}
