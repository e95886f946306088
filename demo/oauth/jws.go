package oauth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// jws is a signed token of another issuer, parsed and not yet verified.
type jws struct {
	compact string
	header  jwtHeader
	payload []byte
}

// parseJWS reads the compact form of RFC 7515 section 3.1.
func parseJWS(compact string) (j jws, ok bool) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return jws{}, false
	}
	header, err1 := base64.RawURLEncoding.DecodeString(parts[0])
	payload, err2 := base64.RawURLEncoding.DecodeString(parts[1])
	_, err3 := base64.RawURLEncoding.DecodeString(parts[2])
	j = jws{compact: compact, payload: payload}
	return j, err1 == nil && err2 == nil && err3 == nil && json.Unmarshal(header, &j.header) == nil
}

// invalid returns what is wrong with the algorithm or signature, or "". The
// token must not choose another kind of algorithm than the key was made for.
func (j jws) invalid(key crypto.PublicKey) string {
	parsed, err := jose.ParseSignedCompact(j.compact, algorithmsOf(key))
	if err != nil {
		return "alg does not fit the key of the identity provider"
	}
	if _, err := parsed.Verify(key); err != nil {
		return "the signature is wrong"
	}
	return ""
}

// algorithmsOf lists the algorithms of RFC 7518 section 3.1 for the key.
func algorithmsOf(key crypto.PublicKey) []jose.SignatureAlgorithm {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512}
	case *ecdsa.PublicKey:
		return map[string][]jose.SignatureAlgorithm{"P-256": {jose.ES256}, "P-384": {jose.ES384}, "P-521": {jose.ES512}}[key.Curve.Params().Name]
	}
	return nil
}
