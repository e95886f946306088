package oauth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// keyring holds the ES384 keys, the newest first. The tenant signs by itself
// with the standard library instead of a JOSE library: it must also make
// tokens that no library would let through.
type keyring struct {
	mu   sync.RWMutex
	keys []signingKey
}

type signingKey struct {
	id      string
	private *ecdsa.PrivateKey
}

func newKeyring() (*keyring, error) {
	k := &keyring{}
	return k, k.rotate()
}

func (k *keyring) rotate() error {
	key, err := newSigningKey()
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys = append([]signingKey{key}, k.keys...)
	k.keys = k.keys[:min(len(k.keys), 2)]
	return nil
}

func newSigningKey() (signingKey, error) {
	private, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return signingKey{}, fmt.Errorf("generate signing key: %w", err)
	}
	return signingKey{state.RandomHex(8), private}, nil
}

func (k *keyring) current() signingKey { return k.all()[0] }

func (k *keyring) all() []signingKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Clone(k.keys)
}

type jwtHeader struct {
	Alg string `json:"alg"`
	Kid string `json:"kid,omitempty"`
	Typ string `json:"typ,omitempty"`
}

// sign makes a JWS in compact form.
func (key signingKey) sign(claims map[string]any) string { return key.signAs("JWT", claims) }

// signAs is sign with an explicit type of token (RFC 8725 section 3.11).
func (key signingKey) signAs(typ string, claims map[string]any) string {
	input := signingInput(jwtHeader{"ES384", key.id, typ}, claims)
	digest := sha512.Sum384([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, key.private, digest[:])
	if err != nil {
		panic("sign with a key of our own: " + err.Error()) // only a broken random source
	}
	// RFC 7518 section 3.4: both numbers at full length, not ASN.1.
	signature := make([]byte, 96)
	r.FillBytes(signature[:48])
	s.FillBytes(signature[48:])
	return input + "." + encode64(signature)
}

func signingInput(header jwtHeader, claims map[string]any) string {
	h, _ := json.Marshal(header)
	c, err := json.Marshal(claims)
	if err != nil {
		panic("encode claims of our own: " + err.Error())
	}
	return encode64(h) + "." + encode64(c)
}

func encode64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// jwks answers /.well-known/jwks.json.
func (srv *Server) jwks(w http.ResponseWriter, _ *http.Request) {
	list := []map[string]string{}
	for _, key := range srv.keys.all() {
		point, err := key.private.PublicKey.Bytes() // 0x04, X, Y
		if err != nil {
			continue // cannot happen for a key on P-384
		}
		list = append(list, map[string]string{
			"kty": "EC", "crv": "P-384", "alg": "ES384", "use": "sig", "kid": key.id,
			"x": encode64(point[1:49]), "y": encode64(point[49:]),
		})
	}
	w.Header().Set("Cache-Control", "public, max-age=60")
	wire.WriteJSON(w, http.StatusOK, map[string]any{"keys": list})
}
