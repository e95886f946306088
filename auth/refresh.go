package auth

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"golang.org/x/oauth2"
)

// refreshTimeout bounds the wait for another process that refreshes. The token
// request has its own end: cut short, it could spend the refresh token.
const refreshTimeout = 30 * time.Second

// servingPatience bounds the wait for new tokens while the old one serves.
const servingPatience = 2 * time.Second

// errFresh stops an update without saving: somebody else has refreshed.
var errFresh = errors.New("token is fresh")

// Session returns the session for a request, with a token that is good to use:
// one that is due is refreshed first, once for all who ask at the same time.
//
// ErrNoSession means the person must sign in again. ErrStore and ErrTenant say
// nothing against the session; while the old token still serves, neither comes.
func (rp *RelyingParty) Session(ctx context.Context, id string) (Session, error) {
	return rp.load(ctx, id, rp.Store.Session)
}

// Peek is Session without counting as use: for whoever watches a session
// rather than works in it.
func (rp *RelyingParty) Peek(ctx context.Context, id string) (Session, error) {
	return rp.load(ctx, id, rp.Store.PeekSession)
}

// Alive is Peek, or Session where used says so, for whoever needs to know that
// a session has not ended and nothing of its tokens: the answer waits for no
// tenant.
func (rp *RelyingParty) Alive(ctx context.Context, id string, used bool) (Session, error) {
	from := rp.Store.PeekSession
	if used {
		from = rp.Store.Session
	}
	s, err := rp.living(ctx, id, from)
	if err == nil && s.Tokens.RefreshToken == "" && !rp.serves(s.Tokens) {
		return Session{}, ErrNoSession // the next request that needs the token deletes it
	}
	return s, err
}

func (rp *RelyingParty) load(ctx context.Context, id string, from func(context.Context, string) (Session, bool, error)) (Session, error) {
	s, err := rp.living(ctx, id, from)
	if err != nil || !rp.due(s.Tokens) {
		return s, err
	}
	return rp.refresh(ctx, s)
}

func (rp *RelyingParty) living(ctx context.Context, id string, from func(context.Context, string) (Session, bool, error)) (Session, error) {
	if id == "" {
		return Session{}, ErrNoSession
	}
	s, found, err := from(ctx, id)
	if err != nil {
		return Session{}, storeError("load session", err)
	}
	if !found || !rp.Now().Before(s.ExpiresAt) {
		return Session{}, ErrNoSession
	}
	return s, nil
}

// due reports whether tokens should be refreshed: within the last tenth of
// their lifetime, at most a minute, so that no request meets the end itself.
// Where in the first half of that window depends on the token: sessions that
// began together do not all refresh together, and all processes agree.
func (rp *RelyingParty) due(t TokenSet) bool {
	window := min(t.Expiry.Sub(t.ObtainedAt)/10, time.Minute)
	hash := fnv.New32a()
	// A token differs from others in its signature; this runs for each request.
	_, _ = hash.Write([]byte(t.AccessToken[max(0, len(t.AccessToken)-16):]))
	jitter := window / 2 * time.Duration(hash.Sum32()%1000) / 1000
	return !rp.Now().Before(t.Expiry.Add(jitter - window))
}

func (rp *RelyingParty) refresh(ctx context.Context, s Session) (Session, error) {
	if s.Tokens.RefreshToken == "" {
		// Without offline_access a sign-in lasts as long as its access token.
		if rp.serves(s.Tokens) {
			return s, nil
		}
		return Session{}, rp.drop(ctx, s.ID)
	}
	if rp.serves(s.Tokens) {
		// A tenant that is slow holds nobody up whose token still serves.
		brief, stop := context.WithTimeout(ctx, servingPatience)
		defer stop()
		fresh, err := rp.refreshIf(brief, s, rp.due)
		switch {
		case err == nil || errors.Is(err, ErrNoSession):
			return fresh, err
		case rp.serves(s.Tokens):
			return s, nil // the next request tries again
		case brief.Err() == nil || ctx.Err() != nil:
			return Session{}, err
		}
	}
	return rp.refreshIf(ctx, s, rp.due)
}

func (rp *RelyingParty) serves(t TokenSet) bool { return rp.Now().Before(t.Expiry) }

// refreshIf refreshes the session's tokens if they are still wanting under the
// lock. Callers of one process share the work, and its result.
func (rp *RelyingParty) refreshIf(ctx context.Context, s Session, wanting func(TokenSet) bool) (Session, error) {
	work := rp.refreshes.DoChan(s.ID, func() (any, error) {
		// The browser that caused this may leave, but a rotated refresh token
		// that is not saved is lost.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshTimeout)
		defer cancel()
		return rp.refreshLocked(ctx, s.ID, wanting)
	})
	waiting, stop := context.WithTimeout(ctx, refreshTimeout)
	defer stop()
	away := make(chan error, 1)
	go func() { away <- rp.Store.AwaitAway(waiting, s.ID) }()
	select {
	case done := <-work:
		if done.Err != nil {
			return Session{}, done.Err
		}
		fresh := done.Val.(Session)
		fresh.IdleUntil = s.IdleUntil
		return fresh, nil
	case err := <-away:
		// The work goes on, and what it brings is saved when the store is back.
		if err != nil {
			return Session{}, storeError("wait for refresh", err)
		}
		return Session{}, fmt.Errorf("%w: wait for refresh: %w", ErrTenant, waiting.Err())
	}
}

func (rp *RelyingParty) refreshLocked(ctx context.Context, id string, wanting func(TokenSet) bool) (Session, error) {
	if err := rp.mustWait(id); err != nil {
		return Session{}, err
	}
	var fresh Session
	s, err := rp.Store.UpdateSession(ctx, id, func(s *Session) error {
		if !wanting(s.Tokens) {
			fresh = *s
			return errFresh
		}
		tokens, err := rp.requestRefresh(context.WithoutCancel(ctx), s.Tokens)
		var no *refusal
		if errors.As(err, &no) && no.final() {
			return fmt.Errorf("%w: %w", ErrNoSession, no)
		}
		s.Tokens = tokens
		return err
	})
	var no *refusal
	switch {
	case err == nil:
		rp.Count("refresh", "done")
		return s, nil
	case errors.Is(err, errFresh):
		rp.Count("refresh", "done elsewhere")
		return fresh, nil
	case errors.Is(err, ErrHolderDied):
		rp.Count("refresh", "lost")
		return Session{}, storeError("end session", err)
	case errors.As(err, &no) && no.final():
		rp.Count("refresh", "refused")
		return Session{}, err
	case errors.Is(err, ErrTenant):
		rp.Count("refresh", "tenant fault")
		rp.waitAsTold(id, err)
		return Session{}, err
	}
	rp.Count("refresh", "store fault")
	return Session{}, storeError("update session", err)
}

// waitAsTold keeps this process from asking for a session's tokens again
// before the time the tenant named.
func (rp *RelyingParty) waitAsTold(id string, err error) {
	var wait *RetryError
	if errors.As(err, &wait) {
		handle := Handle(id)
		rp.patience.Store(handle, rp.Now().Add(wait.After))
		time.AfterFunc(wait.After, func() { rp.patience.Delete(handle) })
	}
}

func (rp *RelyingParty) mustWait(id string) error {
	until, ok := rp.patience.Load(Handle(id))
	if !ok {
		return nil
	}
	if left := until.(time.Time).Sub(rp.Now()); left > 0 {
		return fmt.Errorf("%w: refresh: %w", ErrTenant, &RetryError{After: left})
	}
	return nil
}

// requestRefresh is the token request (RFC 6749 section 6).
func (rp *RelyingParty) requestRefresh(ctx context.Context, old TokenSet) (TokenSet, error) {
	if old.RefreshToken == "" {
		return TokenSet{}, fmt.Errorf("%w: no refresh token to use", ErrTenant)
	}
	meta, err := rp.provider.metadata(ctx)
	if err != nil {
		return TokenSet{}, err
	}
	token, err := rp.oauth(meta).TokenSource(rp.clientContext(ctx), &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
	if err != nil {
		no := refusalFrom(err)
		if no.retry > 0 {
			return TokenSet{}, fmt.Errorf("%w: refresh: %w: %w", ErrTenant, no, &RetryError{After: no.retry})
		}
		return TokenSet{}, fmt.Errorf("%w: refresh: %w", ErrTenant, no)
	}
	tokens, err := rp.tokenSet(token)
	if err != nil {
		return TokenSet{}, err
	}
	// The library keeps the old refresh token where the answer brings none.
	if tokens.Scope == "" {
		tokens.Scope = old.Scope
	}
	tokens.IDToken = old.IDToken // the one that was verified
	return tokens, nil
}

// drop ends a session whose tokens are dead. Its error is ErrNoSession, or
// ErrStore when it could not be deleted and must be tried again.
func (rp *RelyingParty) drop(ctx context.Context, id string) error {
	if err := rp.Store.DeleteSession(ctx, id); err != nil {
		return storeError("delete session", err)
	}
	return ErrNoSession
}
