package demo_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"vitrine/demo/demotest"
)

func publicPEM(t *testing.T, key any) string {
	t.Helper()
	raw, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: raw}))
}

func providerBody(t *testing.T, changes map[string]any) string {
	t.Helper()
	body := map[string]any{
		"protocol": "jwtAuth", "provider": "external", "description": "portal",
		"options": map[string]any{"issuer": jwtIssuer, "staticKeys": []any{map[string]string{"kid": "k1", "pem": publicPEM(t, jwtKeys().ec.Public())}}},
	}
	for name, value := range changes {
		body[name] = value
	}
	raw, _ := json.Marshal(body)
	return string(raw)
}

func TestAdminsRegisterJWTProviders(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	const path = "/api/v1/identity-providers"
	made := call(t, s, admin, "POST", path, providerBody(t, nil))
	if made.status != 201 || made.body["active"] != true || made.body["clockToleranceSec"] != 5.0 {
		t.Fatalf("create: %d %s", made.status, made.raw)
	}
	token := func() string {
		return signedJWT(t, "ES384", "k1", goodClaims(time.Now(), nil))
	}
	server := map[string]string{"Origin": ""}
	if a := exchangeJWT(t, s, token(), server); a.status != 200 {
		t.Errorf("with its key: %d %s", a.status, a.raw)
	}
	if a := call(t, s, admin, "PATCH", path+"/"+made.text("id"), `[{"op":"replace","path":"/description","value":"renamed"}]`); a.status != 204 {
		t.Errorf("rename: %d %s", a.status, a.raw)
	}
	if a := call(t, s, admin, "PATCH", path+"/"+made.text("id"), `[{"op":"replace","path":"/options","value":{}}]`); a.status != 400 {
		t.Errorf("another key: %d %s", a.status, a.raw)
	}
	if list := all(t, s, admin, path+"?active=true"); len(list) != 1 || list[0]["description"] != "renamed" {
		t.Errorf("list: %v", list)
	}
	if a := exchangeJWT(t, s, token(), server); a.status != 200 {
		t.Errorf("after the rename: %d %s", a.status, a.raw)
	}
	if a := call(t, s, admin, "DELETE", path+"/"+made.text("id"), ""); a.status != 204 {
		t.Errorf("delete: %d", a.status)
	}
	if a := exchangeJWT(t, s, token(), server); a.status != 406 {
		t.Errorf("deleted: %d", a.status)
	}
	if a := call(t, s, s.AccessToken(t, s.Viewer()), "GET", path, ""); a.status != 403 {
		t.Errorf("a viewer: %d", a.status)
	}
}

func TestJWTProvidersNeedAnIssuerAndOneGoodKey(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	weak := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 1023, 1), E: 65537}
	private, _ := x509.MarshalPKCS8PrivateKey(jwtKeys().ec)
	options := func(issuer string, keys ...string) map[string]any {
		list := []any{}
		for _, key := range keys {
			list = append(list, map[string]string{"kid": "k", "pem": key})
		}
		return map[string]any{"options": map[string]any{"issuer": issuer, "staticKeys": list}}
	}
	good := publicPEM(t, jwtKeys().ec.Public())
	if a := call(t, s, admin, "POST", "/api/v1/identity-providers", providerBody(t, options("taken", good))); a.status != 201 {
		t.Fatalf("good: %d %s", a.status, a.raw)
	}
	for name, changes := range map[string]map[string]any{
		"same again":     options("taken", good),
		"no issuer":      options("", good),
		"no key":         options("j"),
		"two keys":       options("j", good, good),
		"not a PEM":      options("j", "MIIB"),
		"a private key":  options("j", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))),
		"a weak key":     options("j", publicPEM(t, weak)),
		"another kind":   map[string]any{"protocol": "OIDC"},
		"long tolerance": map[string]any{"clockToleranceSec": 7201},
	} {
		if a := call(t, s, admin, "POST", "/api/v1/identity-providers", providerBody(t, changes)); a.status != 400 || detailOf(a) == "" {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
}
