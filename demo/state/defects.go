package state

// IDTokenDefect names what is wrong with the ID tokens of the tenant.
type IDTokenDefect string

// The defects. All but the last two must fail a sign-in.
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
	DefectExtraAudienceParty IDTokenDefect = "extra aud with our azp" // unusual; OpenID Connect Core lets clients reject it
	DefectAbsent             IDTokenDefect = "no id_token"            // not a fault: no tenant is known to send one
)

// IDTokenDefects lists every defect that a relying party must reject.
func IDTokenDefects() []IDTokenDefect {
	return []IDTokenDefect{
		DefectWrongIssuer, DefectNoIssuer, DefectWrongAudience, DefectNoAudience, DefectExtraAudience, DefectWrongParty,
		DefectWrongPartyAlone, DefectWrongNonce, DefectNoNonce, DefectExpired, DefectNoExpiry, DefectNoSubject, DefectNoIssuedAt,
		DefectIssuedInFuture, DefectIssuedLongAgo, DefectNotYetValid, DefectWrongAccessHash, DefectAlgNone, DefectAlgHS256,
		DefectBadSignature, DefectForeignKey, DefectUnknownKey, DefectNotAToken, DefectOtherSubject,
	}
}
