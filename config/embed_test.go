package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"strings"
	"testing"
)

func pemOf(t *testing.T, key any) string {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
}

func ecPEM(t *testing.T, curve elliptic.Curve) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf(t, key)
}

func withJWT(t *testing.T, changes map[string]string) map[string]string {
	t.Helper()
	env := withTenant(map[string]string{
		"QLIK_JWT_ISSUER": "https://portal.example.com", "QLIK_JWT_KEY_ID": "k1", "QLIK_WEB_INTEGRATION_ID": "w1",
		"QLIK_JWT_PRIVATE_KEY": ecPEM(t, elliptic.P384()),
	})
	maps.Copy(env, changes)
	return env
}

func TestJWTKeyComesInEveryUsualForm(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := pemOf(t, key)
	for name, text := range map[string]string{
		"PKCS 8": pkcs8, "PKCS 1": string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})),
		"one line": strings.ReplaceAll(strings.TrimSpace(pkcs8), "\n", `\n`), "P-384": ecPEM(t, elliptic.P384()),
	} {
		c, err := load(withJWT(t, map[string]string{"QLIK_JWT_PRIVATE_KEY": text}), nil)
		if err != nil || c.JWTKey == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	env := withJWT(t, map[string]string{"QLIK_JWT_PRIVATE_KEY": "", "QLIK_JWT_PRIVATE_KEY_FILE": "/run/key"})
	if c, err := load(env, map[string]string{"/run/key": pkcs8}); err != nil || c.JWTKey == nil {
		t.Errorf("from a file: %v", err)
	}
}

func TestBadEmbeddingSettingsAreNamed(t *testing.T) {
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change map[string]string
		want   []string // begins of lines
	}{
		"half of JWT":      {map[string]string{"QLIK_JWT_ISSUER": "", "QLIK_WEB_INTEGRATION_ID": ""}, []string{"QLIK_JWT_ISSUER is required", "QLIK_WEB_INTEGRATION_ID is required"}},
		"key without rest": {map[string]string{"QLIK_JWT_ISSUER": "", "QLIK_JWT_KEY_ID": ""}, []string{"QLIK_JWT_ISSUER is required", "QLIK_JWT_KEY_ID is required"}},
		"no PEM":           {map[string]string{"QLIK_JWT_PRIVATE_KEY": "secret-but-no-key"}, []string{"QLIK_JWT_PRIVATE_KEY is no key"}},
		"certificate":      {map[string]string{"QLIK_JWT_PRIVATE_KEY": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}, []string{"QLIK_JWT_PRIVATE_KEY holds a certificate"}},
		"wrong curve":      {map[string]string{"QLIK_JWT_PRIVATE_KEY": ecPEM(t, elliptic.P256())}, []string{"QLIK_JWT_PRIVATE_KEY is neither"}},
		"short key":        {map[string]string{"QLIK_JWT_PRIVATE_KEY": pemOf(t, short)}, []string{"QLIK_JWT_PRIVATE_KEY is neither"}},
		"unknown mode":     {map[string]string{"QLIK_EMBED_MODE": "hologram"}, []string{"QLIK_EMBED_MODE names the mode \"hologram\""}},
		"two usual modes":  {map[string]string{"QLIK_EMBED_MODE": "nebula iframe"}, []string{"QLIK_EMBED_MODE names two usual modes"}},
		"mode of no app":   {map[string]string{"QLIK_EMBED_MODE": "=iframe"}, []string{"QLIK_EMBED_MODE holds \"=iframe\""}},
		"origin with path": {map[string]string{"EMBED_ORIGINS": "https://a.example.com/x"}, []string{"EMBED_ORIGINS must have no path"}},
		"origin in clear":  {map[string]string{"EMBED_ORIGINS": "http://a.example.com"}, []string{"EMBED_ORIGINS must begin with https://"}},
		"SameSite":         {map[string]string{"SESSION_COOKIE_SAMESITE": "strict"}, []string{"SESSION_COOKIE_SAMESITE is \"strict\""}},
		"none in clear":    {map[string]string{"SESSION_COOKIE_SAMESITE": "none", "PUBLIC_URL": "http://localhost:8080"}, []string{"SESSION_COOKIE_SAMESITE may be none only"}},
	} {
		_, err := load(withJWT(t, tt.change), nil)
		if err == nil {
			t.Errorf("%s: no fault", name)
			continue
		}
		lines := strings.Split(err.Error(), "\n")
		if len(lines) != len(tt.want) {
			t.Errorf("%s: %q", name, lines)
			continue
		}
		for i, want := range tt.want {
			if !strings.HasPrefix(lines[i], want) || strings.Contains(lines[i], "secret-but") {
				t.Errorf("%s: %q, want %q…", name, lines[i], want)
			}
		}
	}
}

func TestEmbedModesByApp(t *testing.T) {
	c, err := load(withTenant(map[string]string{
		"QLIK_EMBED_MODE": "nebula, 4f6a=iframe 77b1=qlik-embed", "EMBED_ORIGINS": "https://wiki.example.com, https://Intranet.example.com:8443",
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.EmbedMode != "nebula" || !maps.Equal(c.AppEmbedModes, map[string]string{"4f6a": "iframe", "77b1": "qlik-embed"}) {
		t.Errorf("mode %q, of apps %v", c.EmbedMode, c.AppEmbedModes)
	}
	if len(c.EmbedOrigins) != 2 || c.EmbedOrigins[1] != "https://intranet.example.com:8443" {
		t.Errorf("origins %q", c.EmbedOrigins)
	}
}
