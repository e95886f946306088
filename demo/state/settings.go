package state

import (
	"cmp"
	"encoding/json"
	"time"
)

// Settings are the switches of a tenant. Real tenants differ, and half of what
// they do is not documented: each switch is one such difference or one fault
// that a relying party must survive. DefaultSettings is the ordinary tenant;
// start from it, because the zero value turns rotation off.
type Settings struct {
	Consent Consent `json:"consent"` // whether users approve the scopes

	OIDC            bool `json:"oidc"`            // discovery, the openid scopes and ID tokens; off, openid is an invalid scope
	IssuerParameter bool `json:"issuerParameter"` // RFC 9207: iss on every authorization response, promised in the metadata
	Rotation        bool `json:"rotation"`        // every refresh brings a new refresh token, a used one revokes its family; off, no refresh token comes back

	Lifetimes

	ErrorForm  ErrorForm  `json:"errorForm"`  // body of failed token and revocation requests
	ExpiresAs  ExpiresAs  `json:"expiresAs"`  // the lifetime in a token response
	TokenType  string     `json:"tokenType"`  // default "bearer"
	ClientAuth ClientAuth `json:"clientAuth"` // how the client must authenticate

	NoMetadata          bool `json:"noMetadata"`          // 404 for the RFC 8414 document
	WrongIssuerMetadata bool `json:"wrongIssuerMetadata"` // the documents name another issuer

	IDTokenDefect IDTokenDefect `json:"idTokenDefect"` // what is wrong with ID tokens
	GrantedScope  string        `json:"grantedScope"`  // granted instead of the requested scope
	TooManyTokens bool          `json:"tooManyTokens"` // 403 for every new grant

	Tier1PerMinute int `json:"tier1PerMinute"` // reads per person; default 1000, negative for no limit
	Tier2PerMinute int `json:"tier2PerMinute"` // writes and token requests; default 100

	// What goes wrong with cookie sessions.
	NoThirdPartyCookies bool          `json:"noThirdPartyCookies"` // as in browsers that block them: the tenant's cookie works in its own pages only
	RefuseEmailClash    bool          `json:"refuseEmailClash"`    // a JWT with a new sub and a known e-mail address is rejected; off, it makes a second user
	RightsDelay         time.Duration `json:"-"`                   // 403 for a new user's first calls; default 1.2 s, negative for none

	// KeepDeadSockets leaves engine sockets open when their access token
	// expires or is revoked. Ordinarily they close with 4006 within a second.
	KeepDeadSockets bool `json:"keepDeadSockets"`
}

// Lifetimes are those of codes and tokens.
type Lifetimes struct {
	AccessTokenLifetime  time.Duration `json:"-"` // default 6 h
	RefreshTokenLifetime time.Duration `json:"-"` // default 30 days
	CodeLifetime         time.Duration `json:"-"` // default 60 s
	TemporaryLifetime    time.Duration `json:"-"` // of exchanged tokens, default 60 s
}

// Consent decides whether users approve the scopes of the client.
type Consent string

// ConsentTrusted skips the question; with ConsentRequired users approve once.
const (
	ConsentTrusted  Consent = "trusted"
	ConsentRequired Consent = "required"
)

// ErrorForm is the shape of an error body of the OAuth endpoints.
type ErrorForm string

// Qlik's own list of errors, or {"error":…} as in RFC 6749 section 5.2.
const (
	ErrorQlik    ErrorForm = "qlik"
	ErrorRFC6749 ErrorForm = "rfc6749"
)

// ExpiresAs is the form of the lifetime in a token response.
type ExpiresAs string

// Qlik sends ExpiresBoth; the others have been seen elsewhere.
const (
	ExpiresBoth   ExpiresAs = "both"       // expires_in as a number, and expires_at
	ExpiresNumber ExpiresAs = "number"     // expires_in as a number only
	ExpiresString ExpiresAs = "string"     // expires_in as a string only
	ExpiresAt     ExpiresAs = "expires_at" // expires_at only
	ExpiresNever  ExpiresAs = "none"       // neither
)

// ClientAuth is the way the client sends its secret.
type ClientAuth string

// RFC 6749 section 2.3.1: in the body, or by HTTP Basic.
const (
	ClientAuthEither ClientAuth = "either"
	ClientAuthBody   ClientAuth = "body"
	ClientAuthBasic  ClientAuth = "basic"
)

// DefaultSettings is a tenant as the documentation describes it, with a
// trusted client.
func DefaultSettings() Settings {
	s := Settings{Rotation: true}
	s.fill()
	return s
}

// fill replaces what was left out by its default.
func (s *Settings) fill() {
	s.Consent = cmp.Or(s.Consent, ConsentTrusted)
	s.AccessTokenLifetime = cmp.Or(s.AccessTokenLifetime, 6*time.Hour)
	s.RefreshTokenLifetime = cmp.Or(s.RefreshTokenLifetime, 30*24*time.Hour)
	s.CodeLifetime = cmp.Or(s.CodeLifetime, time.Minute)
	s.TemporaryLifetime = cmp.Or(s.TemporaryLifetime, time.Minute)
	s.RightsDelay = cmp.Or(s.RightsDelay, 1200*time.Millisecond)
	s.ErrorForm = cmp.Or(s.ErrorForm, ErrorQlik)
	s.ExpiresAs = cmp.Or(s.ExpiresAs, ExpiresBoth)
	s.TokenType = cmp.Or(s.TokenType, "bearer")
	s.ClientAuth = cmp.Or(s.ClientAuth, ClientAuthEither)
	s.Tier1PerMinute = cmp.Or(s.Tier1PerMinute, 1000)
	s.Tier2PerMinute = cmp.Or(s.Tier2PerMinute, 100)
}

// wireSettings carries the durations as "6h0m0s", which people can type.
type wireSettings struct {
	*plainSettings
	AccessTokenLifetime  Duration `json:"accessTokenLifetime"`
	RefreshTokenLifetime Duration `json:"refreshTokenLifetime"`
	CodeLifetime         Duration `json:"codeLifetime"`
	TemporaryLifetime    Duration `json:"temporaryLifetime"`
	RightsDelay          Duration `json:"rightsDelay"`
}

type plainSettings Settings

func (s *Settings) wire() *wireSettings {
	return &wireSettings{
		(*plainSettings)(s), Duration(s.AccessTokenLifetime), Duration(s.RefreshTokenLifetime),
		Duration(s.CodeLifetime), Duration(s.TemporaryLifetime), Duration(s.RightsDelay),
	}
}

// MarshalJSON is the form of /_demo/settings.
func (s Settings) MarshalJSON() ([]byte, error) { return json.Marshal(s.wire()) }

// UnmarshalJSON changes only the switches that are named.
func (s *Settings) UnmarshalJSON(data []byte) error {
	w := s.wire()
	if err := json.Unmarshal(data, w); err != nil {
		return err
	}
	s.AccessTokenLifetime, s.RefreshTokenLifetime = time.Duration(w.AccessTokenLifetime), time.Duration(w.RefreshTokenLifetime)
	s.CodeLifetime, s.TemporaryLifetime = time.Duration(w.CodeLifetime), time.Duration(w.TemporaryLifetime)
	s.RightsDelay = time.Duration(w.RightsDelay)
	return nil
}

// Duration is a time.Duration that JSON has as "6h0m0s".
type Duration time.Duration

// MarshalJSON implements json.Marshaler.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON implements json.Unmarshaler.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	parsed, err := time.ParseDuration(text)
	*d = Duration(parsed)
	return err
}
