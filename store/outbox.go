package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
)

// firstTry is how long the one who ended a session has for the first try,
// before the outbox is emptied by others.
const firstTry = 20 * time.Second

const kindOutbox = "outbox"

func newOutboxKey() string { return rand.Text() }

// The outbox is a sorted set of keys by the time they are due, and a hash of
// sealed revocations. Here alone a server key opens tokens without a cookie:
// those of sessions that have ended, until the tenant has revoked them.
func (s *Sessions) outboxDue() string     { return s.Prefix + "{outbox}:due" }
func (s *Sessions) outboxRecords() string { return s.Prefix + "{outbox}:records" }

func (s *Sessions) putRevocation(ctx context.Context, r auth.Revocation, due time.Duration) error {
	return s.RetryRevocation(ctx, r, s.Now().Add(due))
}

// RetryRevocation implements auth.Store.
func (s *Sessions) RetryRevocation(ctx context.Context, r auth.Revocation, at time.Time) error {
	record, err := s.sealRecord(kindOutbox, r.Key, "", 0, r)
	if err != nil {
		return err
	}
	pipe := s.Redis.TxPipeline()
	pipe.HSet(ctx, s.outboxRecords(), r.Key, record)
	pipe.ZAdd(ctx, s.outboxDue(), redis.Z{Score: float64(at.UnixMilli()), Member: r.Key})
	_, err = pipe.Exec(ctx)
	return err
}

// ForgetRevocation implements auth.Store.
func (s *Sessions) ForgetRevocation(ctx context.Context, key string) error {
	pipe := s.Redis.TxPipeline()
	pipe.HDel(ctx, s.outboxRecords(), key)
	pipe.ZRem(ctx, s.outboxDue(), key)
	_, err := pipe.Exec(ctx)
	return err
}

// claimScript moves what is due into the future by the lease, so that no other
// process sees it meanwhile, and returns it.
var claimScript = redis.NewScript(`
local due = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[1], "LIMIT", 0, ARGV[3])
local found = {}
for _, key in ipairs(due) do
  redis.call("ZADD", KEYS[1], ARGV[2], key)
  found[#found + 1] = key
  found[#found + 1] = redis.call("HGET", KEYS[2], key) or ""
end
return found`)

// ClaimRevocations implements auth.Store. A revocation that does not open any
// more, because its key has left the ring, is dropped: nobody can deliver it.
func (s *Sessions) ClaimRevocations(ctx context.Context, lease time.Duration, most int) ([]auth.Revocation, error) {
	now := s.Now()
	found, err := claimScript.Run(ctx, s.Redis, []string{s.outboxDue(), s.outboxRecords()},
		now.UnixMilli(), now.Add(lease).UnixMilli(), strconv.Itoa(most)).StringSlice()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("claim revocations: %w", err)
	}
	var due []auth.Revocation
	for i := 0; i+1 < len(found); i += 2 {
		var r auth.Revocation
		if _, err := s.openRecord(kindOutbox, found[i], "", []byte(found[i+1]), &r); err != nil {
			if err := s.ForgetRevocation(ctx, found[i]); err != nil {
				return due, err
			}
			continue
		}
		r.Key = found[i]
		due = append(due, r)
	}
	return due, nil
}

// OutboxLen returns how many revocations wait.
func (s *Sessions) OutboxLen(ctx context.Context) (int64, error) {
	return s.Redis.ZCard(ctx, s.outboxDue()).Result()
}
