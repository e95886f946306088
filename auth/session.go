package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
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
	ID string
	// User is the person as the tenant described them at sign-in, without
	// roles and groups, which may change and may be many.
	User   qlik.User
	Tokens TokenSet
	// CreatedAt is the moment of sign-in, ExpiresAt the end no use can defer.
	CreatedAt time.Time
	ExpiresAt time.Time
	// Subject and TenantSession are sub and sid of the ID token, where one came:
	// by them the tenant names sessions that it wants ended.
	Subject       string
	TenantSession string
	// Device is where the person signed in, for their list of sessions. Only
	// there is it kept: whoever loads a session gets none.
	Device Device
	// IdleUntil is when the session ends if nobody uses it. The store fills it
	// in; it is not part of the record.
	IdleUntil time.Time

	authorization []string // made by Prepare
}

// Prepare makes the header that Authorization returns, once for all requests
// that will share a copy of s.
func (s *Session) Prepare() { s.authorization = []string{"Bearer " + s.Tokens.AccessToken} }

// Authorization is the header with the access token (RFC 6750 section 2.1).
// Nobody may write into it.
func (s *Session) Authorization() []string {
	if len(s.authorization) == 1 && s.authorization[0][len("Bearer "):] == s.Tokens.AccessToken {
		return s.authorization
	}
	return []string{"Bearer " + s.Tokens.AccessToken}
}

// Device is what a browser says of itself, cut to a sensible length.
type Device struct {
	UserAgent string `json:"u,omitempty"`
	Address   string `json:"a,omitempty"`
}

// Handle names a session without opening it: it may stand in pages, logs and
// messages between processes. It is a hash of the first half of the ID.
func Handle(id string) string {
	name, _, _ := strings.Cut(id, ".")
	sum := sha256.Sum256([]byte(name))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
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
	State        string // the key it is kept under
	Nonce        string
	CodeVerifier string
	Browser      string
	ReturnTo     string
	CreatedAt    time.Time
	// Used marks a request that was answered: it is kept so that a browser that
	// brings the answer again finds its way.
	Used bool
}

// AuthorizationResponse is the query of the redirect URI, unjudged (RFC 6749
// section 4.1.2, RFC 9207 for Issuer).
type AuthorizationResponse struct {
	State, Code, Issuer, Error, ErrorDescription string
	Device                                       Device // that brought it
}

// Revocation is the tenant's news of a session that has ended: its tokens are
// to be revoked. It waits in the store until the tenant has heard it.
type Revocation struct {
	Key      string    `json:"-"` // given by the store
	UserID   string    `json:"u"`
	Tokens   TokenSet  `json:"t"`
	EndedAt  time.Time `json:"e"`
	Attempts int       `json:"n"`
}

// Store is what the relying party remembers between requests. Values it
// returns belong to the caller. err is for broken systems only; a record that
// is unknown, used or expired is found == false.
type Store interface {
	PutAuthorizationRequest(ctx context.Context, r AuthorizationRequest, ttl time.Duration) error
	// TakeAuthorizationRequest returns the request that this browser made with
	// this state, and marks it as used in the same step: a state answers once.
	// Taken again, while it is kept, it is Used, and without its secrets. For
	// another browser it is not found, and stays as it is.
	TakeAuthorizationRequest(ctx context.Context, state, browser string) (r AuthorizationRequest, found bool, err error)
	// KeepAuthorizationRequest keeps a request that was taken for ttl from now on.
	KeepAuthorizationRequest(ctx context.Context, state, browser string, ttl time.Duration) error
	CreateSession(ctx context.Context, s Session) error
	// Session returns the session and counts as its use: its idle time starts
	// anew. One round trip.
	Session(ctx context.Context, id string) (s Session, found bool, err error)
	// PeekSession returns the session without counting as use.
	PeekSession(ctx context.Context, id string) (s Session, found bool, err error)
	// UpdateSession reloads the session under its lock, runs update, and saves
	// the result. A session deleted meanwhile stays deleted: ErrNoSession. When
	// update fails, nothing is saved and its error is returned; one that wraps
	// ErrNoSession deletes the session, unless another process has changed it
	// meanwhile, and wraps ErrHolderDied too if the last update never ended.
	// An update that cannot be saved now is kept, under the lock, until it can, and
	// so is an end.
	UpdateSession(ctx context.Context, id string, update func(*Session) error) (Session, error)
	// AwaitAway returns an error once the store of a session has not answered for
	// a second, and nil if ctx ends before. It is for a caller that waits for
	// something else and could not be served without the store.
	AwaitAway(ctx context.Context, id string) error
	// DeleteSession forgets a session whose tokens are dead. Deleting it twice is
	// no error.
	DeleteSession(ctx context.Context, id string) error
	// EndSession forgets the session, and puts the revocation of its tokens into
	// the outbox before, so that none is lost when the process dies in between.
	// The caller has the revocation for its own first try. Ending a session
	// twice is no error: found is false.
	EndSession(ctx context.Context, id string) (r Revocation, found bool, err error)
	// EndSessionsOf ends all sessions of the person with this subject, or, when
	// tenantSession is not empty, those that belong to it.
	EndSessionsOf(ctx context.Context, subject, tenantSession string) error
	// Remembers reports whether Remember was called with name, less than its ttl ago.
	Remembers(ctx context.Context, name string) (bool, error)
	Remember(ctx context.Context, name string, ttl time.Duration) error
	// ClaimRevocations returns revocations that are due, and keeps them from
	// other processes for the time of lease.
	ClaimRevocations(ctx context.Context, lease time.Duration, most int) ([]Revocation, error)
	// RetryRevocation puts a claimed revocation back, due at a later time.
	RetryRevocation(ctx context.Context, r Revocation, at time.Time) error
	// ForgetRevocation takes a revocation out of the outbox.
	ForgetRevocation(ctx context.Context, key string) error
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
