package state

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// IdentityProvider is a JWT identity provider that is registered from the
// start: whose signed tokens /login/jwt-session takes.
type IdentityProvider struct {
	Issuer, KeyID string
	PEM           string // X.509 certificate or public key
}

// Provider is such a provider as the REST API has it. It holds one key, so
// that a new key is a new provider.
type Provider struct {
	ID             string         `json:"id"`
	Active         bool           `json:"active"`
	Interactive    bool           `json:"interactive"`
	Protocol       string         `json:"protocol"`
	Provider       string         `json:"provider"`
	Description    string         `json:"description"`
	TenantIDs      []string       `json:"tenantIds"`
	ClockTolerance *int           `json:"clockToleranceSec"`
	Created        string         `json:"created"`
	LastUpdated    string         `json:"lastUpdated"`
	Meta           map[string]any `json:"meta"`
	Options        jwtOptions     `json:"options"`

	Public crypto.PublicKey `json:"-"`
}

type jwtOptions struct {
	Issuer     string      `json:"issuer"`
	StaticKeys []staticKey `json:"staticKeys"`
}

type staticKey struct {
	KeyID string `json:"kid"`
	PEM   string `json:"pem"`
}

// Key implements Record.
func (p Provider) Key() string { return p.ID }

// Tolerance is how far the clock of the provider may be off.
func (p Provider) Tolerance() time.Duration { return time.Duration(*p.ClockTolerance) * time.Second }

// AddProvider registers a provider that the operator configured.
func (st *State) AddProvider(p IdentityProvider) error {
	_, err := st.RegisterProvider(Provider{Protocol: "jwtAuth", Provider: "external", Description: "Portal",
		Options: jwtOptions{p.Issuer, []staticKey{{p.KeyID, p.PEM}}}})
	if err != nil {
		return fmt.Errorf("identity provider: %w", err)
	}
	return nil
}

// RegisterProvider checks a provider and adds it.
func (st *State) RegisterProvider(p Provider) (Provider, error) {
	tolerance := 5
	if p.ClockTolerance == nil {
		p.ClockTolerance = &tolerance
	}
	switch {
	case p.Protocol != "jwtAuth" || p.Provider != "external":
		return p, fmt.Errorf("protocol must be jwtAuth and provider external: the demo tenant has its own login page for people")
	case p.Options.Issuer == "":
		return p, fmt.Errorf("options.issuer is required")
	case len(p.Options.StaticKeys) != 1 || p.Options.StaticKeys[0].KeyID == "":
		return p, fmt.Errorf("options.staticKeys must hold one key with a kid")
	case utf8.RuneCountInString(p.Description) > 128:
		return p, fmt.Errorf("description has at most 128 characters")
	case *p.ClockTolerance < 0 || *p.ClockTolerance > 7200:
		return p, fmt.Errorf("clockToleranceSec must be from 0 to 7200")
	}
	public, err := parsePublicKey(p.Options.StaticKeys[0].PEM)
	if err != nil {
		return p, err
	}
	if _, taken := st.ProviderOf(p.Options.Issuer, p.Options.StaticKeys[0].KeyID); taken {
		return p, fmt.Errorf("there is an identity provider with this issuer and key ID")
	}
	now := Timestamp(st.Now())
	p.ID, p.Active, p.Interactive, p.Public = RandomHex(12), true, false, public
	p.TenantIDs, p.Meta = []string{st.Content.TenantID}, map[string]any{}
	p.Created, p.LastUpdated = now, now
	p.Options.StaticKeys = slices.Clone(p.Options.StaticKeys)
	st.Providers.Add(p)
	return p, nil
}

// ProviderOf finds the provider that a token names.
func (st *State) ProviderOf(issuer, keyID string) (Provider, bool) {
	for _, p := range st.Providers.All() {
		if p.Options.Issuer == issuer && p.Options.StaticKeys[0].KeyID == keyID {
			return p, true
		}
	}
	return Provider{}, false
}

// parsePublicKey reads a PEM with an X.509 certificate or a public key, as the
// console takes it.
func parsePublicKey(text string) (crypto.PublicKey, error) {
	block, rest := pem.Decode([]byte(strings.TrimSpace(text)))
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("the key is not one PEM block")
	}
	var key crypto.PublicKey
	var err error
	switch block.Type {
	case "CERTIFICATE":
		var certificate *x509.Certificate
		if certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
			key = certificate.PublicKey
		}
	case "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	default:
		// Among others a private key, pasted by mistake.
		return nil, errors.New("the key must be a certificate or a public key")
	}
	if err != nil {
		return nil, errors.New("the certificate or public key cannot be read")
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < 2048 {
			return nil, errors.New("an RSA key needs 2048 bits at least")
		}
	case *ecdsa.PublicKey:
	default:
		return nil, errors.New("the key must be RSA or EC")
	}
	return key, nil
}
