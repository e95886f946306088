package oauth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes that algorithms below name
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
)

// jws is a signed token of another issuer, parsed and not yet verified.
type jws struct {
	header    jwtHeader
	payload   []byte
	input     string // what is signed
	signature []byte
}

// parseJWS reads the compact form of RFC 7515 section 3.1.
func parseJWS(compact string) (j jws, ok bool) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return jws{}, false
	}
	var decoded [3][]byte
	for i, part := range parts {
		raw, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			return jws{}, false
		}
		decoded[i] = raw
	}
	j = jws{payload: decoded[1], input: parts[0] + "." + parts[1], signature: decoded[2]}
	return j, json.Unmarshal(decoded[0], &j.header) == nil
}

// signatureAlgorithm is one of RFC 7518 section 3.1. Those with a shared
// secret, and "none", are not among them.
type signatureAlgorithm struct {
	hash crypto.Hash
	pss  bool
	bits int // of the curve; 0 for RSA
}

var signatureAlgorithms = map[string]signatureAlgorithm{
	"RS256": {hash: crypto.SHA256}, "RS384": {hash: crypto.SHA384}, "RS512": {hash: crypto.SHA512},
	"PS256": {hash: crypto.SHA256, pss: true}, "PS384": {hash: crypto.SHA384, pss: true}, "PS512": {hash: crypto.SHA512, pss: true},
	"ES256": {hash: crypto.SHA256, bits: 256}, "ES384": {hash: crypto.SHA384, bits: 384}, "ES512": {hash: crypto.SHA512, bits: 521},
}

// fits reports whether the algorithm can be used with the key: the token must not
// choose another kind of algorithm than the key was made for.
func (a signatureAlgorithm) fits(key crypto.PublicKey) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return a.bits == 0
	case *ecdsa.PublicKey:
		return a.bits == key.Curve.Params().BitSize
	}
	return false
}

func (j jws) signedBy(key crypto.PublicKey, a signatureAlgorithm) bool {
	h := a.hash.New()
	h.Write([]byte(j.input))
	digest := h.Sum(nil)
	switch key := key.(type) {
	case *rsa.PublicKey:
		if a.pss {
			return rsa.VerifyPSS(key, a.hash, digest, j.signature, nil) == nil
		}
		return rsa.VerifyPKCS1v15(key, a.hash, digest, j.signature) == nil
	case *ecdsa.PublicKey:
		// RFC 7518 section 3.4: both numbers at full length, not ASN.1.
		size := (a.bits + 7) / 8
		if len(j.signature) != 2*size {
			return false
		}
		r, s := new(big.Int).SetBytes(j.signature[:size]), new(big.Int).SetBytes(j.signature[size:])
		return ecdsa.Verify(key, digest, r, s)
	}
	return false
}
