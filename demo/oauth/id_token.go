package oauth

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"strings"
	"time"

	"vitrine/demo/state"
)

// newIDToken makes an ID token after OpenID Connect Core section 2, or one
// with a defect.
func (srv *Server) newIDToken(g *grant, accessToken string, defect state.IDTokenDefect, now time.Time) string {
	claims := srv.idClaims(g, accessToken, now)
	spoilClaims(claims, defect, now)
	if defect == state.DefectOtherSubject {
		claims["sub"] = state.StableID("user", "somebody else")
	}
	return srv.signSpoiled(claims, defect)
}

func (srv *Server) idClaims(g *grant, accessToken string, now time.Time) map[string]any {
	// at_hash is half the hash that belongs to the algorithm: SHA-384 for ES384.
	sum := sha512.Sum384([]byte(accessToken))
	claims := map[string]any{
		"iss": srv.URL, "sub": g.user.ID, "aud": g.clientID, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"auth_time": g.authTime.Unix(), "at_hash": encode64(sum[:24]),
	}
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	if g.has("profile") {
		claims["name"], claims["locale"] = g.user.Name, g.user.Locale
	}
	if g.has("email") {
		claims["email"], claims["email_verified"] = g.user.Email, true
	}
	return claims
}

func spoilClaims(claims map[string]any, defect state.IDTokenDefect, now time.Time) {
	audience := claims["aud"]
	set := map[state.IDTokenDefect]map[string]any{
		state.DefectWrongIssuer:        {"iss": "https://somebody-else.example"},
		state.DefectWrongAudience:      {"aud": "another-client"},
		state.DefectExtraAudience:      {"aud": []any{audience, "another-client"}},
		state.DefectWrongParty:         {"aud": []any{audience, "another-client"}, "azp": "another-client"},
		state.DefectWrongPartyAlone:    {"azp": "another-client"},
		state.DefectExtraAudienceParty: {"aud": []any{audience, "another-client"}, "azp": audience},
		state.DefectWrongNonce:         {"nonce": "another-nonce"},
		state.DefectExpired:            {"iat": now.Add(-3 * time.Hour).Unix(), "exp": now.Add(-2 * time.Hour).Unix()},
		state.DefectIssuedInFuture:     {"iat": now.Add(48 * time.Hour).Unix(), "exp": now.Add(49 * time.Hour).Unix()},
		state.DefectIssuedLongAgo:      {"iat": now.Add(-90 * 24 * time.Hour).Unix()},
		state.DefectNotYetValid:        {"nbf": now.Add(48 * time.Hour).Unix()},
		state.DefectWrongAccessHash:    {"at_hash": encode64(make([]byte, 24))},
	}
	for name, value := range set[defect] {
		claims[name] = value
	}
	if name, missing := strings.CutPrefix(string(defect), "no "); missing {
		delete(claims, name) // "no sub", "no nonce", …
	}
}

func (srv *Server) signSpoiled(claims map[string]any, defect state.IDTokenDefect) string {
	key := srv.keys.current()
	switch defect {
	case state.DefectAbsent:
		return ""
	case state.DefectNotAToken:
		return "this-is-not-a-token"
	case state.DefectAlgNone:
		return signingInput(jwtHeader{"none", "", "JWT"}, claims) + "."
	case state.DefectAlgHS256:
		input := signingInput(jwtHeader{"HS256", key.id, "JWT"}, claims)
		mac := hmac.New(sha256.New, []byte(srv.ClientSecret))
		mac.Write([]byte(input))
		return input + "." + encode64(mac.Sum(nil))
	case state.DefectBadSignature:
		signed := key.sign(claims)
		return signed[:strings.LastIndexByte(signed, '.')+1] + encode64(make([]byte, 96))
	case state.DefectForeignKey, state.DefectUnknownKey:
		other, err := newSigningKey()
		if err != nil {
			return ""
		}
		if defect == state.DefectForeignKey {
			other.id = key.id
		}
		return other.sign(claims)
	}
	return key.sign(claims)
}
