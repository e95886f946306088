package store

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
)

// endedFor is how long the record of a session that was ended from elsewhere
// waits for its cookie: only with it can its tokens be opened and revoked.
const endedFor = 30 * 24 * time.Hour

// DeleteSession implements auth.Store.
func (s *Sessions) DeleteSession(ctx context.Context, id string) error {
	name, _, ok := splitID(id)
	if !ok {
		return nil
	}
	return s.forget(ctx, auth.Handle(name), func(pipe redis.Pipeliner) {
		pipe.Del(ctx, s.key(kindSession, name))
	})
}

// EndSession implements auth.Store: first the outbox, then the end. Dying in
// between costs a session that was to end anyway.
func (s *Sessions) EndSession(ctx context.Context, id string) (auth.Revocation, bool, error) {
	name, secret, ok := splitID(id)
	if !ok {
		return auth.Revocation{}, false, nil
	}
	key := s.key(kindSession, name)
	record, err := s.Redis.Get(ctx, key).Bytes()
	session, _, found, err := s.openedReply(id, key, secret, record, err)
	if err != nil || !found {
		return auth.Revocation{}, false, err
	}
	r := s.revocationOf(session)
	if err := s.putRevocation(ctx, r, firstTry); err != nil {
		return auth.Revocation{}, false, err
	}
	var deleted *redis.StringCmd
	err = s.forget(ctx, auth.Handle(name), func(pipe redis.Pipeliner) { deleted = pipe.GetDel(ctx, key) })
	if err != nil {
		return auth.Revocation{}, false, err
	}
	last, err := deleted.Bytes()
	if err == nil && !bytes.Equal(last, record) {
		// Refreshed in between: those tokens end, too.
		if session, _, found := s.openedRecord(id, key, secret, last); found {
			_ = s.putRevocation(ctx, s.revocationOf(session), 0)
		}
	}
	// Of two who end a session at once, one tells the tenant.
	return r, err == nil, nil
}

// EndByHandle ends a session without its cookie: an administrator's click, or
// the person's own on another device. Nobody can use it from now on. Its tokens
// can be opened with the cookie only, so their revocation waits until that
// browser shows up once more.
func (s *Sessions) EndByHandle(ctx context.Context, handle string) error {
	from, to := s.handleKey(kindSession, handle), s.handleKey(kindEnded, handle)
	return s.forget(ctx, handle, func(pipe redis.Pipeliner) {
		endScript.Eval(ctx, pipe, []string{from, to}, endedFor.Milliseconds())
	})
}

// EndSessionsOf implements auth.Store.
func (s *Sessions) EndSessionsOf(ctx context.Context, subject, tenantSession string) error {
	index := s.userIndex(subject)
	if tenantSession != "" {
		index = s.tenantSessionIndex(tenantSession)
	}
	handles, err := s.Redis.ZRangeByScore(ctx, index, &redis.ZRangeBy{Min: scoreOf(s.Now()), Max: "+inf"}).Result()
	if err != nil {
		return err
	}
	for _, handle := range handles {
		if err := s.EndByHandle(ctx, handle); err != nil {
			return err
		}
	}
	return nil
}

// Remembers implements auth.Store.
func (s *Sessions) Remembers(ctx context.Context, name string) (bool, error) {
	found, err := s.Redis.Exists(ctx, s.hashedKey("once", name)).Result()
	return found > 0, err
}

// Remember implements auth.Store.
func (s *Sessions) Remember(ctx context.Context, name string, ttl time.Duration) error {
	return s.Redis.Set(ctx, s.hashedKey("once", name), "1", ttl).Err()
}

var endScript = redis.NewScript(`
local record = redis.call("GET", KEYS[1])
if not record then return 0 end
redis.call("SET", KEYS[2], record, "PX", ARGV[1])
return redis.call("DEL", KEYS[1])`)

// settleEnded revokes the tokens of a session that was ended from elsewhere,
// now that its cookie has come. Losing this costs a revocation, never access.
func (s *Sessions) settleEnded(ctx context.Context, name, secret string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), redisIOTimeout)
	defer cancel()
	record, err := s.Redis.GetDel(ctx, s.key(kindEnded, name)).Bytes()
	session, _, found := s.openedRecord("", s.key(kindSession, name), secret, record)
	if err == nil && found {
		_ = s.putRevocation(ctx, s.revocationOf(session), 0)
	}
}

func (s *Sessions) revocationOf(session auth.Session) auth.Revocation {
	return auth.Revocation{
		Key: newOutboxKey(), UserID: session.User.ID, Tokens: session.Tokens, EndedAt: s.Now(),
	}
}

// forget removes what stands around a session, and tells all processes that it
// has ended.
func (s *Sessions) forget(ctx context.Context, handle string, more func(redis.Pipeliner)) error {
	pipe := s.Redis.Pipeline()
	more(pipe)
	pipe.Del(ctx, s.handleKey(kindCard, handle))
	pipe.Publish(ctx, s.endedChannel(), handle)
	replicas := replicasScript.Eval(ctx, pipe, []string{s.handleKey(kindSession, handle)})
	_, err := pipe.Exec(ctx)
	s.opened.drop(handle)
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	s.recall.end(handle)
	s.awaitReplica(ctx, replicas)
	return nil
}
