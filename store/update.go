package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
)

const (
	// lockLease is how long a dead process holds others up; the living renew it.
	lockLease = 5 * time.Second
	// lockPause is between two tries to get the lock: a refresh takes some
	// hundred milliseconds, so waiting is short and cheap.
	lockPause = 25 * time.Millisecond
)

// saveScript writes a session only over the generation it was made from: a
// session deleted meanwhile stays deleted, and a late writer loses.
var saveScript = redis.NewScript(`
local current = redis.call("GET", KEYS[1])
if not current then return 0 end
if string.sub(current, 6, 13) ~= ARGV[1] then return -1 end
redis.call("SET", KEYS[1], ARGV[2], "XX", "KEEPTTL")
return 1`)

// releaseScript and renewScript touch the lock only while it is ours.
var (
	releaseScript = redis.NewScript(`if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`)
	renewScript   = redis.NewScript(`if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("PEXPIRE", KEYS[1], ARGV[2]) end return 0`)
)

// UpdateSession implements auth.Store: lock, reload, update, save.
func (s *Sessions) UpdateSession(ctx context.Context, id string, update func(*auth.Session) error) (auth.Session, error) {
	name, secret, ok := splitID(id)
	if !ok {
		return auth.Session{}, auth.ErrNoSession
	}
	release, err := s.lock(ctx, s.key(kindLock, name))
	if err != nil {
		return auth.Session{}, err
	}
	defer release()
	key := s.key(kindSession, name)
	record, err := s.Redis.Get(ctx, key).Bytes()
	session, generation, found, err := s.opened(id, key, secret, record, err)
	if err != nil {
		return auth.Session{}, fmt.Errorf("reload session: %w", err)
	}
	if !found {
		return auth.Session{}, auth.ErrNoSession
	}
	if err := update(&session); err != nil {
		return auth.Session{}, err
	}
	return session, s.save(ctx, key, secret, generation, session)
}

func (s *Sessions) save(ctx context.Context, key, secret string, generation uint64, session auth.Session) error {
	record, err := s.sealJSON(kindSession, key, secret, generation+1, session)
	if err != nil {
		return err
	}
	saved, err := saveScript.Run(ctx, s.Redis, []string{key}, generationBytes(generation), record).Int()
	switch {
	case err != nil:
		return fmt.Errorf("save session: %w", err)
	case saved == 0:
		return auth.ErrNoSession
	case saved < 0:
		return errors.New("save session: it was changed by another process")
	}
	return nil
}

// lock takes the lock at key and keeps it until release, renewing its lease
// while the tenant is slow.
func (s *Sessions) lock(ctx context.Context, key string) (release func(), err error) {
	owner := rand.Text()
	for {
		err := s.Redis.SetArgs(ctx, key, owner, redis.SetArgs{Mode: "NX", TTL: lockLease}).Err()
		if err == nil {
			break
		}
		if !errors.Is(err, redis.Nil) {
			return nil, fmt.Errorf("lock session: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for session lock: %w", ctx.Err())
		case <-time.After(lockPause):
		}
	}
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		tick := time.NewTicker(lockLease / 3)
		defer tick.Stop()
		for {
			select {
			case <-renewing.Done():
				return
			case <-tick.C:
				_ = renewScript.Run(renewing, s.Redis, []string{key}, owner, lockLease.Milliseconds()).Err()
			}
		}
	}()
	return func() {
		stop()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), redisIOTimeout)
		defer cancel()
		_ = releaseScript.Run(ctx, s.Redis, []string{key}, owner).Err()
	}, nil
}
