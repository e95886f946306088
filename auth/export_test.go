package auth

import "context"

// VerifyIDToken lets tests judge a single ID token.
func (rp *RelyingParty) VerifyIDToken(ctx context.Context, raw, accessToken, nonce string) (subject string, err error) {
	meta, err := rp.provider.metadata(ctx)
	if err != nil {
		return "", err
	}
	claims, err := rp.verifyIDToken(ctx, meta, raw, accessToken, nonce)
	return claims.Subject, err
}
