package demo

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"strings"
	"time"
)

// IDTokenDefect names what is wrong with the ID tokens of the tenant.
type IDTokenDefect string

// The defects. All but the last two must keep somebody out.
const (
	DefectNone               IDTokenDefect = ""
	DefectWrongIssuer        IDTokenDefect = "wrong iss"
	DefectNoIssuer           IDTokenDefect = "no iss"
	DefectWrongAudience      IDTokenDefect = "wrong aud"
	DefectNoAudience         IDTokenDefect = "no aud"
	DefectExtraAudience      IDTokenDefect = "extra aud without azp"
	DefectWrongParty         IDTokenDefect = "extra aud with wrong azp"
	DefectWrongPartyAlone    IDTokenDefect = "single aud with wrong azp"
	DefectWrongNonce         IDTokenDefect = "wrong nonce"
	DefectNoNonce            IDTokenDefect = "no nonce"
	DefectExpired            IDTokenDefect = "expired"
	DefectNoExpiry           IDTokenDefect = "no exp"
	DefectNoSubject          IDTokenDefect = "no sub"
	DefectNoIssuedAt         IDTokenDefect = "no iat"
	DefectIssuedInFuture     IDTokenDefect = "iat in the far future"
	DefectIssuedLongAgo      IDTokenDefect = "iat long ago"
	DefectNotYetValid        IDTokenDefect = "nbf in the far future"
	DefectWrongAccessHash    IDTokenDefect = "wrong at_hash"
	DefectAlgNone            IDTokenDefect = "alg none"
	DefectAlgHS256           IDTokenDefect = "alg HS256 with the client secret"
	DefectBadSignature       IDTokenDefect = "bad signature"
	DefectForeignKey         IDTokenDefect = "signed by another key under a known kid"
	DefectUnknownKey         IDTokenDefect = "unknown kid"
	DefectNotAToken          IDTokenDefect = "not a JWT"
	DefectOtherSubject       IDTokenDefect = "sub of somebody else"
	DefectExtraAudienceParty IDTokenDefect = "extra aud with our azp" // unusual; OpenID Connect Core lets clients refuse it
	DefectAbsent             IDTokenDefect = "no id_token"            // not a fault: no tenant is known to send one
)

// IDTokenDefects lists every defect that a relying party must refuse.
func IDTokenDefects() []IDTokenDefect {
	return []IDTokenDefect{
		DefectWrongIssuer, DefectNoIssuer, DefectWrongAudience, DefectNoAudience, DefectExtraAudience, DefectWrongParty,
		DefectWrongPartyAlone, DefectWrongNonce, DefectNoNonce, DefectExpired, DefectNoExpiry, DefectNoSubject, DefectNoIssuedAt,
		DefectIssuedInFuture, DefectIssuedLongAgo, DefectNotYetValid, DefectWrongAccessHash, DefectAlgNone, DefectAlgHS256,
		DefectBadSignature, DefectForeignKey, DefectUnknownKey, DefectNotAToken, DefectOtherSubject,
	}
}

// newIDToken makes an ID token after OpenID Connect Core section 2, or one
// with a defect.
func (t *Tenant) newIDToken(g *grant, accessToken string, defect IDTokenDefect, now time.Time) string {
	claims := t.idClaims(g, accessToken, now)
	spoilClaims(claims, defect, now)
	if defect == DefectOtherSubject {
		claims["sub"] = stableID("user", "somebody else")
	}
	return t.signSpoiled(claims, defect)
}

func (t *Tenant) idClaims(g *grant, accessToken string, now time.Time) map[string]any {
	// at_hash is half the hash that belongs to the algorithm: SHA-384 for ES384.
	sum := sha512.Sum384([]byte(accessToken))
	claims := map[string]any{
		"iss": t.url, "sub": g.person.ID, "aud": g.clientID, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"auth_time": g.authTime.Unix(), "at_hash": encode64(sum[:24]),
	}
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	if g.has("profile") {
		claims["name"], claims["locale"] = g.person.Name, g.person.locale
	}
	if g.has("email") {
		claims["email"], claims["email_verified"] = g.person.Email, true
	}
	return claims
}

func spoilClaims(claims map[string]any, defect IDTokenDefect, now time.Time) {
	audience := claims["aud"]
	set := map[IDTokenDefect]map[string]any{
		DefectWrongIssuer:        {"iss": "https://somebody-else.example"},
		DefectWrongAudience:      {"aud": "another-client"},
		DefectExtraAudience:      {"aud": []any{audience, "another-client"}},
		DefectWrongParty:         {"aud": []any{audience, "another-client"}, "azp": "another-client"},
		DefectWrongPartyAlone:    {"azp": "another-client"},
		DefectExtraAudienceParty: {"aud": []any{audience, "another-client"}, "azp": audience},
		DefectWrongNonce:         {"nonce": "another-nonce"},
		DefectExpired:            {"iat": now.Add(-3 * time.Hour).Unix(), "exp": now.Add(-2 * time.Hour).Unix()},
		DefectIssuedInFuture:     {"iat": now.Add(48 * time.Hour).Unix(), "exp": now.Add(49 * time.Hour).Unix()},
		DefectIssuedLongAgo:      {"iat": now.Add(-90 * 24 * time.Hour).Unix()},
		DefectNotYetValid:        {"nbf": now.Add(48 * time.Hour).Unix()},
		DefectWrongAccessHash:    {"at_hash": encode64(make([]byte, 24))},
	}
	for name, value := range set[defect] {
		claims[name] = value
	}
	if name, missing := strings.CutPrefix(string(defect), "no "); missing {
		delete(claims, name) // "no sub", "no nonce", …
	}
}

func (t *Tenant) signSpoiled(claims map[string]any, defect IDTokenDefect) string {
	key := t.keys.current()
	switch defect {
	case DefectAbsent:
		return ""
	case DefectNotAToken:
		return "this-is-not-a-token"
	case DefectAlgNone:
		return signingInput(jwtHeader{"none", "", "JWT"}, claims) + "."
	case DefectAlgHS256:
		input := signingInput(jwtHeader{"HS256", key.id, "JWT"}, claims)
		mac := hmac.New(sha256.New, []byte(t.clientSecret))
		mac.Write([]byte(input))
		return input + "." + encode64(mac.Sum(nil))
	case DefectBadSignature:
		signed := key.sign(claims)
		return signed[:strings.LastIndexByte(signed, '.')+1] + encode64(make([]byte, 96))
	case DefectForeignKey, DefectUnknownKey:
		other, err := newSigningKey()
		if err != nil {
			return ""
		}
		if defect == DefectForeignKey {
			other.id = key.id
		}
		return other.sign(claims)
	}
	return key.sign(claims)
}
