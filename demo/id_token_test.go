package demo_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

const openIDScope = "openid profile email user_default offline_access"

func newOIDC(t *testing.T) *demotest.Server {
	t.Helper()
	return demotest.New(t, func(o *demo.Options) { o.Settings.OIDC = true })
}

// verified checks the signature against the JWKS, as a client would, and
// returns the claims.
func verified(t *testing.T, s *demotest.Server, token string) (claims map[string]any, ok bool) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	var header struct{ Alg, Kid string }
	decodePart(t, parts[0], &header)
	decodePart(t, parts[1], &claims)
	var set struct {
		Keys []struct{ Kid, Alg, X, Y string }
	}
	if err := json.Unmarshal([]byte(do(t, request(t, "GET", s.URL+"/.well-known/jwks.json", "", nil)).raw), &set); err != nil {
		t.Fatal(err)
	}
	signature := bytesOf(t, parts[2])
	digest := sha512.Sum384([]byte(parts[0] + "." + parts[1]))
	for _, key := range set.Keys {
		if key.Kid != header.Kid || key.Alg != header.Alg || len(signature) != 96 {
			continue
		}
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P384(), slices.Concat([]byte{4}, bytesOf(t, key.X), bytesOf(t, key.Y)))
		if err != nil {
			t.Fatal(err)
		}
		return claims, ecdsa.Verify(public, digest[:], new(big.Int).SetBytes(signature[:48]), new(big.Int).SetBytes(signature[48:]))
	}
	return claims, false
}

func bytesOf(t *testing.T, part string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func decodePart(t *testing.T, part string, into any) {
	t.Helper()
	if err := json.Unmarshal(bytesOf(t, part), into); err != nil {
		t.Fatal(err)
	}
}

func TestIDTokenIsGood(t *testing.T) {
	s := newOIDC(t)
	callback := s.Authorize(t, authorizeURL(s, map[string]string{"scope": openIDScope, "nonce": "n-1"}), s.Viewer())
	a := post(t, s, "/oauth/token", tokenForm(s, queryOf(t, callback).Get("code")), nil)
	claims, ok := verified(t, s, a.text("id_token"))
	if !ok {
		t.Fatalf("the ID token does not verify: %s", a.raw)
	}
	sum := sha512.Sum384([]byte(a.text("access_token")))
	for name, want := range map[string]any{
		"iss": s.URL, "aud": s.ClientID, "sub": s.Viewer().ID, "nonce": "n-1", "email": s.Viewer().Email, "name": s.Viewer().Name,
		"at_hash": base64.RawURLEncoding.EncodeToString(sum[:24]),
	} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %v", name, claims[name], want)
		}
	}
	if err := s.RotateKeys(); err != nil {
		t.Fatal(err)
	}
	if _, ok := verified(t, s, a.text("id_token")); !ok {
		t.Error("one rotation made the last key unknown")
	}
}

// Each defect must be in the token, and be the only one that matters: claims
// are spoiled under a good signature, signatures over good claims.
func TestIDTokenDefectsAreReal(t *testing.T) {
	s := newOIDC(t)
	spoiledSignature := []demo.IDTokenDefect{
		demo.DefectAlgNone, demo.DefectAlgHS256, demo.DefectBadSignature, demo.DefectForeignKey, demo.DefectUnknownKey, demo.DefectNotAToken,
	}
	good, _ := verified(t, s, s.SignIn(t, s.Viewer(), openIDScope).IDToken)
	for _, defect := range demo.IDTokenDefects() {
		t.Run(string(defect), func(t *testing.T) {
			s.Configure(func(s *demo.Settings) { s.IDTokenDefect = defect })
			callback := s.Authorize(t, authorizeURL(s, map[string]string{"scope": openIDScope, "nonce": "n-1"}), s.Viewer())
			a := post(t, s, "/oauth/token", tokenForm(s, queryOf(t, callback).Get("code")), nil)
			claims, ok := verified(t, s, a.text("id_token"))
			if slices.Contains(spoiledSignature, defect) {
				if ok {
					t.Error("the signature is good")
				}
				return
			}
			if !ok {
				t.Fatal("the signature is spoiled too")
			}
			changed := 0
			for _, name := range []string{"iss", "aud", "azp", "sub", "nbf"} {
				if !equalJSON(claims[name], good[name]) {
					changed++
				}
			}
			sum := sha512.Sum384([]byte(a.text("access_token")))
			iat, _ := claims["iat"].(float64)
			exp, _ := claims["exp"].(float64)
			if claims["nonce"] != "n-1" || claims["at_hash"] != base64.RawURLEncoding.EncodeToString(sum[:24]) || exp-iat != 3600 ||
				iat < good["iat"].(float64) || iat > good["iat"].(float64)+60 {
				changed++
			}
			if changed == 0 {
				t.Errorf("nothing is wrong with %v", claims)
			}
		})
	}
}

func equalJSON(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func TestOIDCIsOffByDefault(t *testing.T) {
	s := demotest.New(t)
	if a := do(t, request(t, "GET", s.URL+"/.well-known/openid-configuration", "", nil)); a.status != 404 {
		t.Errorf("discovery: %d", a.status)
	}
	s.Configure(func(s *demo.Settings) { s.OIDC, s.WrongIssuerMetadata = true, true })
	if a := do(t, request(t, "GET", s.URL+"/.well-known/openid-configuration", "", nil)); a.status != 200 || a.text("issuer") == s.URL {
		t.Errorf("discovery: %d %s", a.status, a.raw)
	}
	s.Configure(func(s *demo.Settings) { s.NoMetadata = true })
	if a := do(t, request(t, "GET", s.URL+"/.well-known/oauth-authorization-server", "", nil)); a.status != 404 {
		t.Errorf("metadata: %d", a.status)
	}
}
