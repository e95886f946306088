package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"vitrine/qlik"
)

// jwtAudience is what the tenant's JWT sign-in wants to be named.
const jwtAudience = "qlik.api/login/jwt-session"

// A JWT is posted to the tenant at once, so a minute around now is plenty; half
// of it is for clocks that differ.
const jwtMargin = 30 * time.Second

// JWTOptions is what the tenant's JWT identity provider knows of us.
type JWTOptions struct {
	Key           crypto.Signer // RSA of 2048 bits or more, or ECDSA on P-384
	KeyID, Issuer string        // as entered in the tenant's console
	Now           func() time.Time
}

// JWTSigner signs people in at the tenant itself, for embed modes that need
// its cookie. A token it makes opens a browser session at the tenant for the
// person it names: give it to nobody else.
type JWTSigner struct {
	JWTOptions
	signer jose.Signer
}

// NewJWTSigner returns a signer, or says what is wrong with the key.
func NewJWTSigner(o JWTOptions) (*JWTSigner, error) {
	alg, err := jwtAlgorithm(o.Key)
	if err != nil {
		return nil, err
	}
	if o.KeyID == "" || o.Issuer == "" {
		return nil, errors.New("a key ID and an issuer are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: o.Key},
		(&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", o.KeyID))
	if err != nil {
		return nil, fmt.Errorf("prepare key: %w", err)
	}
	return &JWTSigner{JWTOptions: o, signer: signer}, nil
}

// jwtAlgorithm follows from the key: a tenant takes no other for it.
func jwtAlgorithm(key crypto.Signer) (jose.SignatureAlgorithm, error) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() < 2048 {
			return "", fmt.Errorf("an RSA key of %d bits is too short, 2048 is the least", key.N.BitLen())
		}
		return jose.RS256, nil
	case *ecdsa.PrivateKey:
		if key.Curve == elliptic.P384() {
			return jose.ES384, nil
		}
		return "", fmt.Errorf("an ECDSA key on %s is not taken, P-384 is", key.Curve.Params().Name)
	}
	return "", errors.New("the key is neither RSA nor ECDSA")
}

// jwtClaims are those the tenant reads, and no others.
type jwtClaims struct {
	Issuer        string   `json:"iss"`
	Audience      string   `json:"aud"`
	Subject       string   `json:"sub"`
	SubjectType   string   `json:"subType"`
	Name          string   `json:"name"`
	Email         string   `json:"email"`
	EmailVerified bool     `json:"email_verified"`
	Groups        []string `json:"groups"`
	ID            string   `json:"jti"`
	IssuedAt      int64    `json:"iat"`
	NotBefore     int64    `json:"nbf"`
	Expiry        int64    `json:"exp"`
}

// Sign returns a token that signs u in at the tenant, once. The subject must be
// the one the tenant itself gives u: any other makes it create a second user.
func (s *JWTSigner) Sign(u qlik.User) (string, error) {
	if u.Subject == "" || u.Email == "" {
		return "", fmt.Errorf("%w: the tenant named no subject or no email for the user", ErrTenant)
	}
	groups := make([]string, 0, len(u.Groups))
	for _, group := range u.Groups {
		groups = append(groups, group.Name)
	}
	name := u.Name
	if name == "" {
		name = u.Email
	}
	now := s.Now()
	claims, err := json.Marshal(jwtClaims{
		Issuer: s.Issuer, Audience: jwtAudience, Subject: u.Subject, SubjectType: "user",
		Name: name, Email: u.Email, EmailVerified: true, Groups: groups, ID: newSecret(16),
		IssuedAt: now.Unix(), NotBefore: now.Add(-jwtMargin).Unix(), Expiry: now.Add(jwtMargin).Unix(),
	})
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	signed, err := s.signer.Sign(claims)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed.CompactSerialize()
}
