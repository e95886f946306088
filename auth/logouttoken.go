package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// logoutEvent is the member of events that makes a token a logout token.
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// oldestLogoutToken is how long ago a logout token may have been issued, and
// how long its jti is remembered: it cannot be used twice, nor late.
const oldestLogoutToken = 10 * time.Minute

// logoutClaims are those of OpenID Connect Back-Channel Logout 1.0 section 2.4.
type logoutClaims struct {
	Subject   string                     `json:"sub"`
	SessionID string                     `json:"sid"`
	JTI       string                     `json:"jti"`
	IssuedAt  *float64                   `json:"iat"`
	Expiry    *float64                   `json:"exp"`
	Nonce     *json.RawMessage           `json:"nonce"`
	Events    map[string]json.RawMessage `json:"events"`
}

// BackChannelLogout ends the sessions that a logout token names, after every
// rule of OpenID Connect Back-Channel Logout 1.0 section 2.6. A token that is
// not valid is ErrInvalidRequest, and nothing ends. The tenant sends it itself,
// so nothing is revoked there.
func (rp *RelyingParty) BackChannelLogout(ctx context.Context, logoutToken string) error {
	meta, err := rp.provider.metadata(ctx)
	if err != nil {
		return err
	}
	claims, err := rp.verifyLogoutToken(ctx, meta, logoutToken)
	if err != nil {
		return fmt.Errorf("%w: logout token: %w", ErrInvalidRequest, err)
	}
	name := "logout token " + claims.JTI
	used, err := rp.Store.Remembers(ctx, name)
	if err != nil {
		return storeError("look up logout token", err)
	}
	if used {
		return fmt.Errorf("%w: logout token: jti was used before", ErrInvalidRequest)
	}
	if err := rp.Store.EndSessionsOf(ctx, claims.Subject, claims.SessionID); err != nil {
		return storeError("end sessions", err)
	}
	// Only now: the tenant sends a token again that could not be carried out.
	if err := rp.Store.Remember(ctx, name, oldestLogoutToken+2*clockTolerance); err != nil {
		return storeError("remember logout token", err)
	}
	return nil
}

func (rp *RelyingParty) verifyLogoutToken(ctx context.Context, meta metadata, raw string) (logoutClaims, error) {
	if err := checkLogoutType(raw); err != nil {
		return logoutClaims{}, err
	}
	token, err := rp.verifier(meta, rp.provider.logoutKeySet()).Verify(ctx, raw)
	if err != nil {
		return logoutClaims{}, err
	}
	var claims logoutClaims
	if err := token.Claims(&claims); err != nil {
		return logoutClaims{}, errors.New("claims are not of the right types")
	}
	return claims, rp.checkLogoutClaims(token, claims)
}

// checkLogoutType refuses tokens of an explicit other type (RFC 8725 section
// 3.11): no ID token or access token must ever pass for a logout token.
func checkLogoutType(raw string) error {
	header, _, _ := strings.Cut(raw, ".")
	plain, err := base64.RawURLEncoding.DecodeString(header)
	var h struct {
		Typ string `json:"typ"`
	}
	if err != nil || json.Unmarshal(plain, &h) != nil {
		return errors.New("not a JWT")
	}
	typ := strings.TrimPrefix(strings.ToLower(h.Typ), "application/")
	if !slices.Contains([]string{"", "jwt", "logout+jwt"}, typ) {
		return errors.New("typ is that of another kind of token")
	}
	return nil
}

func (rp *RelyingParty) checkLogoutClaims(token *oidc.IDToken, claims logoutClaims) error {
	now := rp.Now()
	event, isLogout := claims.Events[logoutEvent]
	var members map[string]any
	switch {
	case !isLogout || json.Unmarshal(event, &members) != nil || members == nil:
		return errors.New("events do not hold a back-channel logout")
	case claims.Nonce != nil:
		return errors.New("nonce is present") // an ID token in disguise
	case claims.Subject == "" && claims.SessionID == "":
		return errors.New("neither sub nor sid")
	case claims.JTI == "" || len(claims.JTI) > 255:
		return errors.New("jti is missing or too long")
	case len(token.Audience) != 1:
		return errors.New("aud names others beside us")
	case claims.IssuedAt == nil:
		return errors.New("iat is missing")
	case token.IssuedAt.After(now.Add(clockTolerance)) || token.IssuedAt.Before(now.Add(-oldestLogoutToken)):
		return errors.New("iat is not near")
	case claims.Expiry != nil && !now.Before(token.Expiry.Add(clockTolerance)):
		return errors.New("exp has passed")
	}
	return nil
}
