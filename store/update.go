package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
)

const (
	// saveFor is how long an update is kept in memory when Redis goes away
	// before it is saved. A refresh token that was rotated exists nowhere else:
	// losing it signs a person out.
	saveFor   = 5 * time.Minute
	savePause = 100 * time.Millisecond
)

// saveScript writes a session only over the generation it was made from, or an
// older one that Redis has fallen back to: a session deleted meanwhile stays
// deleted, and a late writer loses. Saving the same twice, because an answer got
// lost, is saving it once. Other processes hear of it, and remember it.
var saveScript = redis.NewScript(generationLua + `
local current = redis.call("GET", KEYS[1])
if not current then return 0 end
if current == ARGV[2] then return 1 end
if generation(current) > tonumber(ARGV[1]) then return -1 end
redis.call("SET", KEYS[1], ARGV[2], "XX", "KEEPTTL")
redis.call("PUBLISH", ARGV[3], ARGV[4] .. ARGV[2])
return 1`)

// dropScript deletes a session, with its card, unless it has changed since that
// generation. Other processes hear of it at once: they would serve it from
// memory if we died before we could tell them.
var dropScript = redis.NewScript(generationLua + `
local current = redis.call("GET", KEYS[1])
if current and generation(current) > tonumber(ARGV[1]) then return -1 end
redis.call("DEL", KEYS[1], KEYS[2])
redis.call("PUBLISH", ARGV[2], ARGV[3])
return 1`)

var errOvertaken = errors.New("it was changed by another process")

// UpdateSession implements auth.Store: lock, reload, update, save.
func (s *Sessions) UpdateSession(ctx context.Context, id string, update func(*auth.Session) error) (auth.Session, error) {
	name, secret, ok := splitID(id)
	if !ok {
		return auth.Session{}, auth.ErrNoSession
	}
	s.updates.Add(1)
	done := func() { s.updates.Add(-1) }
	l, err := s.lock(ctx, auth.Handle(name))
	if err != nil {
		done()
		return auth.Session{}, err
	}
	release := func() { l.release(); done() }
	c := change{key: s.key(kindSession, name), handle: l.handle, replicas: l.replicas}
	if err := s.reload(ctx, id, secret, l, &c); err != nil {
		release()
		return auth.Session{}, err
	}
	if err := update(&c.session); err != nil {
		session, err := s.updateFailed(context.WithoutCancel(ctx), id, secret, c, l.inherited, err)
		if errors.Is(err, errNotDropped) {
			go func() {
				defer release()
				s.dropLater(c)
			}()
			return session, err
		}
		release()
		return session, err
	}
	if c.record, err = s.sealRecord(kindSession, c.key, secret, c.generation+1, (*sessionRecord)(&c.session)); err != nil {
		release()
		return auth.Session{}, err
	}
	l.saved = true
	err = s.save(context.WithoutCancel(ctx), c)
	if isFault(err) {
		s.recall.save(c.handle, c.record) // nobody here works with the old one
		// The lock stays ours, so nobody works with the old record meanwhile.
		go func() {
			defer release()
			s.saveLater(c)
		}()
		return auth.Session{}, err
	}
	release()
	return c.session, err
}

// change is an update on its way into Redis.
type change struct {
	key, handle string
	generation  uint64 // that it was made from
	session     auth.Session
	record      []byte
	replicas    int64 // of the server that it goes to
}

// reload reads the session that was locked. If we know it better than Redis,
// Redis learns that first: what is saved after stands on it.
func (s *Sessions) reload(ctx context.Context, id, secret string, l *sessionLock, c *change) error {
	if n := s.recall.get(l.handle); n.ended || s.recall.better(l.handle, generationOf(l.record)) != nil && l.record != nil {
		if err := s.putRight(ctx, l.handle, n); err != nil {
			return fmt.Errorf("restore session: %w", err)
		}
		l.record = n.record
	}
	session, generation, found := s.openedRecord(id, c.key, secret, l.record)
	if !found {
		return auth.ErrNoSession
	}
	c.session, c.generation = session, generation
	return nil
}

// isFault tells that Redis is away from what it decided.
func isFault(err error) bool {
	return err != nil && !errors.Is(err, auth.ErrNoSession) && !errors.Is(err, errOvertaken)
}

func (s *Sessions) save(ctx context.Context, c change) error {
	saved, err := s.runSafely(ctx, c.replicas, saveScript, []string{c.key}, c.generation, c.record, s.changedChannel(), c.handle).Int()
	s.opened.drop(c.handle)
	if err == nil && saved > 0 {
		s.recall.save(c.handle, c.record)
	}
	switch {
	case err != nil:
		return fmt.Errorf("save session: %w", err)
	case saved == 0:
		// It has ended while the tenant made these tokens, and whoever ended
		// it knew the old ones only.
		_ = s.putRevocation(ctx, s.revocationOf(c.session), 0)
		return auth.ErrNoSession
	case saved < 0:
		return fmt.Errorf("save session: %w", errOvertaken)
	}
	return nil
}

// saveLater goes on saving until Redis is back.
func (s *Sessions) saveLater(c change) {
	ctx, cancel := context.WithTimeout(context.Background(), saveFor)
	defer cancel()
	for ctx.Err() == nil && isFault(s.save(ctx, c)) {
		time.Sleep(savePause)
	}
}

// updateFailed ends a session whose update said that it has to end. If the
// session has changed meanwhile, that was said of something else: the one who
// changed it was right.
func (s *Sessions) updateFailed(ctx context.Context, id, secret string, c change, inherited bool, cause error) (auth.Session, error) {
	if !errors.Is(cause, auth.ErrNoSession) {
		return auth.Session{}, cause
	}
	if inherited {
		cause = fmt.Errorf("%w: %w", auth.ErrHolderDied, cause)
	}
	dropped, err := s.drop(ctx, c)
	if err != nil {
		if inherited {
			err = fmt.Errorf("%w: %w", auth.ErrHolderDied, err)
		}
		return auth.Session{}, fmt.Errorf("%w: %w", errNotDropped, err)
	}
	if dropped {
		return auth.Session{}, cause
	}
	record, err := s.Redis.Get(ctx, c.key).Bytes()
	session, _, found, err := s.openedReply(id, c.key, secret, record, err)
	if err != nil {
		return auth.Session{}, fmt.Errorf("reload session: %w", err)
	}
	if found {
		return session, nil
	}
	return auth.Session{}, cause
}

// drop deletes a session and tells of its end, unless it has changed.
func (s *Sessions) drop(ctx context.Context, c change) (dropped bool, err error) {
	keys := []string{c.key, s.handleKey(kindCard, c.handle)}
	n, err := s.runSafely(ctx, c.replicas, dropScript, keys, c.generation, s.endedChannel(), c.handle).Int()
	s.opened.drop(c.handle)
	if err != nil || n < 0 {
		return false, err
	}
	s.recall.end(c.handle)
	return true, nil
}

// errNotDropped says that a session has to end and could not be deleted yet.
var errNotDropped = errors.New("drop session")

// dropLater goes on until Redis is back: the tenant must not be shown again what
// it has refused for good.
func (s *Sessions) dropLater(c change) {
	ctx, cancel := context.WithTimeout(context.Background(), saveFor)
	defer cancel()
	for ctx.Err() == nil {
		if _, err := s.drop(ctx, c); err == nil {
			return
		}
		time.Sleep(savePause)
	}
}

// Settle waits until no update is under way or waits to be saved: a process
// that stops before loses tokens.
func (s *Sessions) Settle(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for s.updates.Load() > 0 {
		select {
		case <-ctx.Done():
			return fmt.Errorf("settle %d updates: %w", s.updates.Load(), ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}
