package config

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
)

// embedModes reads the usual mode and the modes of single apps:
// "nebula 4f6a2a0e-…=iframe".
func (r *reader) embedModes(name string, known []string) (usual string, ofApps map[string]string) {
	for _, word := range r.words(name, "") {
		app, mode, single := strings.Cut(word, "=")
		if !single {
			app, mode = "", word
		}
		switch {
		case !slices.Contains(known, mode):
			r.fault(name, fmt.Sprintf("names the mode %q; there are %s", mode, strings.Join(known, ", ")))
		case single && app == "":
			r.fault(name, fmt.Sprintf("holds %q without an app; write appId=%s", word, mode))
		case single:
			if ofApps == nil {
				ofApps = map[string]string{}
			}
			ofApps[app] = mode
		case usual != "":
			r.fault(name, fmt.Sprintf("names two usual modes, %s and %s; write appId=mode for single apps", usual, mode))
		default:
			usual = mode
		}
	}
	return usual, ofApps
}

// embedding checks the settings of embedding together.
func (r *reader) embedding(c *Config) {
	if c.CookieSameSite == "none" && !strings.HasPrefix(c.PublicURL, "https://") {
		r.fault("SESSION_COOKIE_SAMESITE", "may be none only where PUBLIC_URL begins with https://: browsers drop such cookies otherwise")
	}
	const together = "is required for JWT sign-in, together with QLIK_JWT_ISSUER, QLIK_JWT_KEY_ID, QLIK_JWT_PRIVATE_KEY and QLIK_WEB_INTEGRATION_ID"
	if c.JWTIssuer == "" && c.JWTKeyID == "" && c.JWTKey == nil || r.faulty("QLIK_JWT_PRIVATE_KEY") {
		return
	}
	for name, missing := range map[string]bool{
		"QLIK_JWT_ISSUER": c.JWTIssuer == "", "QLIK_JWT_KEY_ID": c.JWTKeyID == "",
		"QLIK_JWT_PRIVATE_KEY": c.JWTKey == nil, "QLIK_WEB_INTEGRATION_ID": c.WebIntegrationID == "",
	} {
		if missing {
			r.fault(name, together)
		}
	}
}

// privateKey reads a key in PEM form. In a variable its lines may be joined by
// a written \n, as many tools do.
func (r *reader) privateKey(name string) crypto.Signer {
	text := r.secret(name).Reveal()
	if text == "" {
		return nil
	}
	block, _ := pem.Decode([]byte(strings.ReplaceAll(text, `\n`, "\n")))
	if block == nil {
		r.fault(name, "is no key in PEM form; make one with `vitrine keygen jwt`")
		return nil
	}
	key, err := parsePrivateKey(block)
	if err != nil {
		r.fault(name, err.Error()+"; make one with `vitrine keygen jwt`")
		return nil
	}
	return key
}

func parsePrivateKey(block *pem.Block) (crypto.Signer, error) {
	var parsed any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("holds a %s, not a private key without password", strings.ToLower(block.Type))
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be read as a private key")
	}
	switch key := parsed.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() >= 2048 {
			return key, nil
		}
	case *ecdsa.PrivateKey:
		if key.Curve == elliptic.P384() {
			return key, nil
		}
	}
	return nil, fmt.Errorf("is neither RSA of 2048 bits or more nor ECDSA on P-384")
}
