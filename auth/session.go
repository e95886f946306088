package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"vitrine/qlik"
)

// TokenSet is what the tenant's token endpoint answered.
type TokenSet struct {
	AccessToken  string    `json:"a"`
	RefreshToken string    `json:"r,omitempty"`
	IDToken      string    `json:"i,omitempty"`
	Scope        string    `json:"s,omitempty"` // what was granted, which may differ from what was asked
	ObtainedAt   time.Time `json:"o"`
	Expiry       time.Time `json:"e"`
}

// Session is a signed-in person.
type Session struct {
	// ID is what the cookie holds: whoever knows it is signed in. It never goes
	// into a log, a page or a URL.
	ID string `json:"-"`
	// User is the person as the tenant described them at sign-in, without
	// roles and groups, which may change and may be many.
	User   qlik.User `json:"u"`
	Tokens TokenSet  `json:"t"`
	// CreatedAt is the moment of sign-in, ExpiresAt the end no use can defer.
	CreatedAt time.Time `json:"c"`
	ExpiresAt time.Time `json:"x"`
	// IdleUntil is when the session ends if nobody uses it. The store fills it
	// in; it is not part of the record.
	IdleUntil time.Time `json:"-"`
}

// EndsAt is when the session ends if nobody uses it from now on.
func (s Session) EndsAt() time.Time {
	if !s.IdleUntil.IsZero() && s.IdleUntil.Before(s.ExpiresAt) {
		return s.IdleUntil
	}
	return s.ExpiresAt
}

// AuthorizationRequest is what we remember of a sign-in that was begun (RFC
// 6749 section 4.1.1).
type AuthorizationRequest struct {
	State        string    `json:"-"` // the key it is kept under
	Nonce        string    `json:"n,omitempty"`
	CodeVerifier string    `json:"v,omitempty"`
	Browser      string    `json:"b"`
	ReturnTo     string    `json:"r"`
	CreatedAt    time.Time `json:"c"`
	// Used marks a request that led to a session: it is kept so that a browser
	// that brings the answer again finds its way.
	Used bool `json:"u,omitempty"`
}

// AuthorizationResponse is the query of the redirect URI, unjudged (RFC 6749
// section 4.1.2, RFC 9207 for Issuer).
type AuthorizationResponse struct {
	State, Code, Issuer, Error, ErrorDescription string
}

// Store is what the relying party remembers between requests. Values it
// returns belong to the caller. err is for broken systems only; a record that
// is unknown, used or expired is found == false.
type Store interface {
	PutAuthorizationRequest(ctx context.Context, r AuthorizationRequest, ttl time.Duration) error
	// TakeAuthorizationRequest returns the request with this state and removes
	// it in the same step, so that a state answers once.
	TakeAuthorizationRequest(ctx context.Context, state string) (r AuthorizationRequest, found bool, err error)
	CreateSession(ctx context.Context, s Session) error
	// Session returns the session and counts as its use: its idle time starts
	// anew. One round trip.
	Session(ctx context.Context, id string) (s Session, found bool, err error)
	// PeekSession returns the session without counting as use.
	PeekSession(ctx context.Context, id string) (s Session, found bool, err error)
	// UpdateSession reloads the session under its lock, runs update, and saves
	// the result. A session deleted meanwhile stays deleted: ErrNoSession. When
	// update fails, nothing is saved and its error is returned.
	UpdateSession(ctx context.Context, id string, update func(*Session) error) (Session, error)
	// DeleteSession forgets the session and returns what it was, so that its
	// tokens can be revoked. Deleting it twice is no error: found is false.
	DeleteSession(ctx context.Context, id string) (s Session, found bool, err error)
}

type contextKey struct{}

// NewContext returns a copy of ctx that carries the session of the request.
func NewContext(ctx context.Context, s Session) context.Context {
	return context.WithValue(ctx, contextKey{}, s)
}

// FromContext returns the session that NewContext put there.
func FromContext(ctx context.Context) (Session, bool) {
	s, ok := ctx.Value(contextKey{}).(Session)
	return s, ok
}

// newSecret returns n random bytes in base64url: 32 for what must not be
// guessed (RFC 6749 section 10.10 asks for 128 bits at least).
func newSecret(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand ends the program rather than fail
	return base64.RawURLEncoding.EncodeToString(b)
}
