package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"vitrine/auth"
	"vitrine/qlik"
)

var ana = qlik.User{
	ID: "65f0a1b2", Subject: "auth0|ana-1007", Name: "Ana Ruiz", Email: "ana@example.com",
	Groups: []qlik.Named{{ID: "g1", Name: "Sales"}, {ID: "g2", Name: "Büro Süd"}},
}

func rsaKey(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecKey(t testing.TB, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newSigner(t testing.TB, key crypto.Signer, c *clock) *auth.JWTSigner {
	t.Helper()
	s, err := auth.NewJWTSigner(auth.JWTOptions{Key: key, KeyID: "key-1", Issuer: "https://portal.example.com", Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// claimsOf verifies a token as the tenant would and returns its header and
// claims.
func claimsOf(t testing.TB, token string, public crypto.PublicKey) (jose.Header, map[string]any) {
	t.Helper()
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256, jose.ES384})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := signed.Verify(public)
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return signed.Signatures[0].Header, claims
}

func TestJWTNamesThePersonAsTheTenantDoes(t *testing.T) {
	c := newClock()
	for alg, key := range map[string]crypto.Signer{"RS256": rsaKey(t, 2048), "ES384": ecKey(t, elliptic.P384())} {
		token, err := newSigner(t, key, c).Sign(ana)
		if err != nil {
			t.Fatal(err)
		}
		header, claims := claimsOf(t, token, key.Public())
		if header.Algorithm != alg || header.KeyID != "key-1" || header.ExtraHeaders["typ"] != "JWT" {
			t.Errorf("header %+v, want %s", header, alg)
		}
		jti, _ := claims["jti"].(string)
		if len(jti) < 22 {
			t.Errorf("jti %q can be guessed", jti)
		}
		delete(claims, "jti")
		now := float64(c.Now().Unix())
		want := map[string]any{
			"iss": "https://portal.example.com", "aud": "qlik.api/login/jwt-session",
			"sub": "auth0|ana-1007", "subType": "user", "name": "Ana Ruiz", "email": "ana@example.com", "email_verified": true,
			"groups": []any{"Sales", "Büro Süd"}, "iat": now, "nbf": now - 30, "exp": now + 30,
		}
		if !reflect.DeepEqual(claims, want) {
			t.Errorf("claims\n%v, want\n%v", claims, want)
		}
	}
}

func TestJWTIsNewEachTime(t *testing.T) {
	key, c := ecKey(t, elliptic.P384()), newClock()
	s := newSigner(t, key, c)
	seen := map[any]bool{}
	for range 3 {
		token, err := s.Sign(ana)
		if err != nil {
			t.Fatal(err)
		}
		_, claims := claimsOf(t, token, key.Public())
		if seen[claims["jti"]] {
			t.Error("a jti came twice: the tenant refuses the second")
		}
		seen[claims["jti"]] = true
		c.Add(time.Minute)
	}
}

// A person without groups has an empty list: "groups": null is not one.
func TestJWTOfSomebodyWithoutGroupsAndName(t *testing.T) {
	key := ecKey(t, elliptic.P384())
	token, err := newSigner(t, key, newClock()).Sign(qlik.User{Subject: "s", Email: "e@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	_, claims := claimsOf(t, token, key.Public())
	if groups, ok := claims["groups"].([]any); !ok || len(groups) != 0 || claims["name"] != "e@example.com" {
		t.Errorf("claims %v", claims)
	}
}

func TestJWTIsRefusedForWhoWouldBecomeSomebodyElse(t *testing.T) {
	s := newSigner(t, ecKey(t, elliptic.P384()), newClock())
	for name, u := range map[string]qlik.User{
		"no subject": {ID: "65f0", Name: "Ana", Email: "ana@example.com"},
		"no email":   {ID: "65f0", Name: "Ana", Subject: "auth0|ana"},
	} {
		if token, err := s.Sign(u); err == nil {
			t.Errorf("%s: signed %s", name, token)
		}
	}
}

func TestKeysThatTenantsDoNotTakeAreRefused(t *testing.T) {
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := ecKey(t, elliptic.P384())
	for name, o := range map[string]auth.JWTOptions{
		"short RSA": {Key: rsaKey(t, 1024), KeyID: "k", Issuer: "i"},
		"P-256":     {Key: ecKey(t, elliptic.P256()), KeyID: "k", Issuer: "i"},
		"Ed25519":   {Key: edwards, KeyID: "k", Issuer: "i"},
		"no key":    {KeyID: "k", Issuer: "i"},
		"no key ID": {Key: good, Issuer: "i"},
		"no issuer": {Key: good, KeyID: "k"},
	} {
		if _, err := auth.NewJWTSigner(o); err == nil || strings.Contains(err.Error(), "PRIVATE") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
