package main

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"regexp"
	"strings"
	"testing"

	"vitrine/config"
	"vitrine/qlik"
)

// What keygen jwt makes must be what the settings and the tenant take.
func TestKeygenJWTMakesAPairThatWorks(t *testing.T) {
	t.Chdir(t.TempDir())
	var out, errOut bytes.Buffer
	if err := run(t.Context(), []string{"keygen", "jwt"}, func(string) string { return "" }, &out, &errOut); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(jwtKeyFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file %v, %v", info, err)
	}
	block, rest := pem.Decode(out.Bytes())
	if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) != 0 {
		t.Fatalf("printed %s, want the certificate alone", out.String())
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	keyID := regexp.MustCompile(`QLIK_JWT_KEY_ID=(\w+)`).FindStringSubmatch(errOut.String())
	if keyID == nil || bytes.Contains(append(out.Bytes(), errOut.Bytes()...), []byte("PRIVATE KEY")) {
		t.Fatalf("said %s", errOut.String())
	}
	env := map[string]string{"QLIK_JWT_PRIVATE_KEY_FILE": jwtKeyFile, "QLIK_JWT_KEY_ID": keyID[1], "QLIK_JWT_ISSUER": "i", "QLIK_WEB_INTEGRATION_ID": "w"}
	c, err := config.Load(func(name string) string { return env[name] }, os.ReadFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jwtSigner(c)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signer.Sign(qlik.User{Subject: "s", Email: "e@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(token, ".")
	signature, err := base64.RawURLEncoding.DecodeString(token[at+1:])
	if err != nil {
		t.Fatal(err)
	}
	if err := certificate.CheckSignature(x509.SHA256WithRSA, []byte(token[:at]), signature); err != nil {
		t.Errorf("the certificate is not that of the key: %v", err)
	}
}

func TestKeygenJWTKeepsAKeyThatIsThere(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(jwtKeyFile, []byte("in use"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	err := run(t.Context(), []string{"keygen", "jwt"}, func(string) string { return "" }, &out, &errOut)
	if exitStatus(err) != exitUsage || out.Len() > 0 {
		t.Errorf("%v, printed %q", err, out.String())
	}
	if kept, err := os.ReadFile(jwtKeyFile); err != nil || string(kept) != "in use" {
		t.Errorf("the key is now %q, %v", kept, err)
	}
	if err := run(t.Context(), []string{"keygen", "rsa"}, func(string) string { return "" }, &out, &errOut); exitStatus(err) != exitUsage {
		t.Errorf("keygen rsa: %v", err)
	}
}
