package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// clockTolerance is how far the tenant's clock may be from ours.
const clockTolerance = time.Minute

// oldestIDToken is how long ago an ID token may have been issued: ours comes
// straight from a code that was just exchanged.
const oldestIDToken = time.Hour

// signingAlgs are the algorithms an ID token may be signed with where the
// metadata names none. "none" and the HMAC family are never among them: the
// one is no signature, the others would let the client secret sign.
var signingAlgs = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// idTokenClaims are the claims we look at (OpenID Connect Core section 2).
type idTokenClaims struct {
	Subject         string   `json:"sub"`
	SessionID       string   `json:"sid"` // the tenant's own session, where it tells
	Nonce           string   `json:"nonce"`
	AuthorizedParty *string  `json:"azp"`
	IssuedAt        *float64 `json:"iat"`
	Expiry          *float64 `json:"exp"`
	NotBefore       *float64 `json:"nbf"`
	Name            string   `json:"name"`
	Email           string   `json:"email"`
}

// verifyIDToken accepts an ID token that holds in every respect of OpenID
// Connect Core section 3.1.3.7, and no other. go-oidc checks signature, issuer
// and audience; nonce, azp, at_hash, iat and sub are checked here, and time
// with our own tolerance.
func (rp *RelyingParty) verifyIDToken(ctx context.Context, meta metadata, raw, accessToken, nonce string) (idTokenClaims, error) {
	token, err := rp.verifier(meta, rp.provider.keySet()).Verify(ctx, raw)
	if err != nil {
		return idTokenClaims{}, err
	}
	var claims idTokenClaims
	if err := token.Claims(&claims); err != nil {
		return idTokenClaims{}, errors.New("claims are not of the right types")
	}
	if err := rp.checkClaims(token, claims, nonce); err != nil {
		return idTokenClaims{}, err
	}
	if token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(accessToken); err != nil {
			return idTokenClaims{}, fmt.Errorf("at_hash: %w", err)
		}
	}
	return claims, nil
}

// verifier checks signature, issuer and audience; time is left to the caller,
// with our own tolerance.
func (rp *RelyingParty) verifier(meta metadata, keys oidc.KeySet) *oidc.IDTokenVerifier {
	algs := slices.DeleteFunc(slices.Clone(meta.SigningAlgs), func(alg string) bool {
		return !slices.Contains(signingAlgs, alg)
	})
	if len(algs) == 0 {
		algs = signingAlgs
	}
	return oidc.NewVerifier(meta.Issuer, keys, &oidc.Config{
		ClientID: rp.ClientID, SupportedSigningAlgs: algs, SkipExpiryCheck: true, Now: rp.Now,
	})
}

func (rp *RelyingParty) checkClaims(token *oidc.IDToken, claims idTokenClaims, nonce string) error {
	now := rp.Now()
	switch {
	case strings.TrimSpace(claims.Subject) == "" || len(claims.Subject) > 255:
		return errors.New("sub is missing or too long")
	case nonce == "" || subtle.ConstantTimeCompare([]byte(claims.Nonce), []byte(nonce)) != 1:
		return errors.New("nonce is not the one sent")
	case len(token.Audience) != 1:
		// Core 3.1.3.7 (3): further audiences must be trusted, and we trust none.
		return errors.New("aud names others beside us")
	case claims.AuthorizedParty != nil && *claims.AuthorizedParty != rp.ClientID:
		return errors.New("azp names another client")
	case claims.Expiry == nil || claims.IssuedAt == nil:
		return errors.New("exp or iat is missing")
	case !now.Before(token.Expiry.Add(clockTolerance)):
		return errors.New("exp has passed")
	case token.IssuedAt.After(now.Add(clockTolerance)):
		return errors.New("iat lies in the future")
	case token.IssuedAt.Before(now.Add(-oldestIDToken)):
		return errors.New("iat lies too far back")
	case claims.NotBefore != nil && time.Unix(int64(*claims.NotBefore), 0).After(now.Add(clockTolerance)):
		return errors.New("nbf lies in the future")
	}
	return nil
}
