package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"time"
)

// jwtKeyFile is where keygen jwt writes the private key; it never goes to a
// terminal, whose history is long.
const jwtKeyFile = "vitrine-jwt.pem"

// jwtKeyLife is how long the certificate says the key is good for. Tenants do
// not look at it; people who find it later do.
const jwtKeyLife = 5 * 365 * 24 * time.Hour

// keygen prints a key and nothing else, so that it can be piped; keygen jwt
// makes the key pair of a JWT identity provider.
func (p program) keygen(_ context.Context, args ...string) error {
	switch {
	case len(args) == 1 && args[0] == "jwt":
		return p.keygenJWT(time.Now())
	case len(args) > 0:
		return usageErrorf("keygen takes no argument or jwt, got %q", args[0])
	}
	var key [32]byte
	_, _ = rand.Read(key[:])
	_, err := fmt.Fprintln(p.out, base64.StdEncoding.EncodeToString(key[:]))
	return err
}

// keygenJWT writes the private key to a file and prints the certificate, so
// that only what goes to the tenant can be piped and copied.
func (p program) keygenJWT(now time.Time) error {
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		return fmt.Errorf("make key: %w", err)
	}
	keyID := hex.EncodeToString(random(8))
	certificate, err := jwtCertificate(key, keyID, now)
	if err != nil {
		return err
	}
	if err := writeNew(jwtKeyFile, key); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.errOut, "The private key is in %s; keep it secret, and set\n\n"+
		"  QLIK_JWT_PRIVATE_KEY_FILE=%[1]s\n  QLIK_JWT_KEY_ID=%s\n  QLIK_JWT_ISSUER=<the same as in the console, for example PUBLIC_URL>\n"+
		"  QLIK_WEB_INTEGRATION_ID=<of a web integration that lists PUBLIC_URL as an origin>\n\n"+
		"In the tenant's Administration, add an identity provider of type JWT with this issuer, this key ID and this certificate:\n\n", jwtKeyFile, keyID)
	return pem.Encode(p.out, &pem.Block{Type: "CERTIFICATE", Bytes: certificate})
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func jwtCertificate(key *rsa.PrivateKey, keyID string, now time.Time) ([]byte, error) {
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(random(16)), Subject: pkix.Name{CommonName: "vitrine " + keyID},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(jwtKeyLife), KeyUsage: x509.KeyUsageDigitalSignature,
		SignatureAlgorithm: x509.SHA256WithRSA,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	return certificate, nil
}

// writeNew never overwrites: the old key may be in use.
func writeNew(name string, key *rsa.PrivateKey) error {
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode key: %w", err)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usageErrorf("%s is there already; move it away first, it may be in use", name)
	}
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	err = pem.Encode(file, &pem.Block{Type: "PRIVATE KEY", Bytes: raw})
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	return nil
}
