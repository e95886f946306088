package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"

	"vitrine/auth"
)

// Kinds of record. They are part of the Redis key and of what is authenticated.
const (
	kindSession = "session"
	kindRequest = "request"
	kindLock    = "lock"
	kindEnded   = "ended" // a session ended by somebody without its cookie
)

// SessionsOptions describe Sessions. Redis and Keys are required.
type SessionsOptions struct {
	Redis redis.UniversalClient
	Keys  *KeyRing
	// IdleTimeout ends a session that nobody uses. Default 30 min.
	IdleTimeout time.Duration
	// Prefix of every Redis key. Default "vitrine:".
	Prefix string
	Now    func() time.Time // default time.Now
}

// Sessions implements auth.Store on Redis. A session's ID is "name.secret":
// Redis sees a hash of the name, and the secret seals the record.
type Sessions struct {
	SessionsOptions
	updates atomic.Int64 // under way, or waiting for Redis to come back
	pulses  pulses
	opened  opened
	// One at a time for each session: reads of it, and Redis being put right.
	reads, restores singleflight.Group
	recall          recall
}

var _ auth.Store = (*Sessions)(nil)

// NewSessions returns a store of sessions.
func NewSessions(o SessionsOptions) *Sessions {
	if o.IdleTimeout == 0 {
		o.IdleTimeout = 30 * time.Minute
	}
	if o.Prefix == "" {
		o.Prefix = "vitrine:"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Sessions{SessionsOptions: o, opened: opened{wake: make(chan struct{}, 1)}}
}

// Ping reports whether Redis serves keys, which a cluster that is down does not
// although each of its servers answers.
func (s *Sessions) Ping(ctx context.Context) error { return s.Redis.Exists(ctx, s.Prefix+"ping").Err() }

// requestKey is the key of an authorization request. A browser that has not asked
// for it addresses another key, so that it can neither use nor keep the record.
func (s *Sessions) requestKey(state, browser string) string {
	return s.hashedKey(kindRequest, state+" "+browser)
}

// PutAuthorizationRequest implements auth.Store. The state itself seals the
// record: only the browser and the tenant know it.
func (s *Sessions) PutAuthorizationRequest(ctx context.Context, r auth.AuthorizationRequest, ttl time.Duration) error {
	key := s.requestKey(r.State, r.Browser)
	record, err := s.sealRecord(kindRequest, key, r.State, 0, (*requestRecord)(&r))
	if err != nil {
		return err
	}
	return s.Redis.Set(ctx, key, record, ttl).Err()
}

// usedMark stands before a record of a request that was taken.
const usedMark = 'U'

// takeScript answers one caller with the record as it was put, and all others
// with the mark before it.
var takeScript = redis.NewScript(`
local record = redis.call("GET", KEYS[1])
if record and string.sub(record, 1, 1) ~= "U" then redis.call("SET", KEYS[1], "U" .. record, "KEEPTTL") end
return record`)

// TakeAuthorizationRequest implements auth.Store.
func (s *Sessions) TakeAuthorizationRequest(ctx context.Context, state, browser string) (r auth.AuthorizationRequest, found bool, err error) {
	key := s.requestKey(state, browser)
	record, err := takeScript.Run(ctx, s.Redis, []string{key}).Text()
	if errors.Is(err, redis.Nil) {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	used := record != "" && record[0] == usedMark
	if used {
		record = record[1:]
	}
	if _, err := s.openRecord(kindRequest, key, state, []byte(record), (*requestRecord)(&r)); err != nil {
		return auth.AuthorizationRequest{}, false, nil // not sealed by us: unknown
	}
	if r.State = state; used {
		r.Used, r.Nonce, r.CodeVerifier = true, "", ""
	}
	return r, true, nil
}

// KeepAuthorizationRequest implements auth.Store.
func (s *Sessions) KeepAuthorizationRequest(ctx context.Context, state, browser string, ttl time.Duration) error {
	return s.Redis.PExpire(ctx, s.requestKey(state, browser), ttl).Err()
}

// CreateSession implements auth.Store. Beside the record stands a card, which
// tells the person of this session on their other devices.
func (s *Sessions) CreateSession(ctx context.Context, session auth.Session) error {
	name, secret, ok := splitID(session.ID)
	if !ok {
		return errors.New("session ID is not of our making")
	}
	key := s.key(kindSession, name)
	record, err := s.sealRecord(kindSession, key, secret, 1, (*sessionRecord)(&session))
	if err != nil {
		return err
	}
	card, err := s.newCard(session)
	if err != nil {
		return err
	}
	pipe := s.Redis.Pipeline()
	pipe.Set(ctx, key, record, s.IdleTimeout)
	s.putCard(ctx, pipe, session, card)
	replicas := replicasScript.Eval(ctx, pipe, []string{key})
	if _, err = pipe.Exec(ctx); err != nil {
		return err
	}
	s.awaitReplica(ctx, replicas)
	return nil
}

// Session implements auth.Store: GETEX reads the record and starts its idle
// time anew in one round trip, unless that was done a moment ago.
func (s *Sessions) Session(ctx context.Context, id string) (auth.Session, bool, error) {
	name, _, ok := splitID(id)
	if !ok {
		return auth.Session{}, false, nil
	}
	session, mark, found := s.opened.get(auth.Handle(name), id, true)
	if found {
		return session, true, nil
	}
	// A page asks for dozens of things at once: one reads for all.
	// Nobody joins a read that began before the session ended.
	read := s.reads.DoChan(id+strconv.FormatUint(mark.drops, 36), func() (any, error) {
		session, found, err := s.use(context.WithoutCancel(ctx), id, mark)
		return reading{session, found}, err
	})
	select {
	case done := <-read:
		r, _ := done.Val.(reading)
		return r.session, r.found, done.Err
	case <-ctx.Done():
		return auth.Session{}, false, ctx.Err()
	}
}

// reading is what a read of a session has found.
type reading struct {
	session auth.Session
	found   bool
}

// use reads a session from Redis and starts its idle time anew.
func (s *Sessions) use(ctx context.Context, id string, mark openedMark) (auth.Session, bool, error) {
	name, secret, _ := splitID(id)
	key := s.handleKey(kindSession, mark.handle)
	record, err := s.Redis.GetEx(ctx, key, s.IdleTimeout).Bytes()
	session, generation, found, err := s.openedReply(id, key, secret, record, err)
	if err == nil && !found {
		s.settleEnded(ctx, name, secret)
	}
	if found && !s.Keys.newest(record) {
		s.moveToNewestKey(ctx, key, secret, generation, record, session)
	}
	session.IdleUntil = s.Now().Add(s.IdleTimeout)
	if found {
		s.opened.put(mark, session, s.IdleTimeout, true)
	}
	return session, found, err
}

// PeekSession implements auth.Store.
func (s *Sessions) PeekSession(ctx context.Context, id string) (auth.Session, bool, error) {
	name, secret, ok := splitID(id)
	if !ok {
		return auth.Session{}, false, nil
	}
	handle := auth.Handle(name)
	session, mark, found := s.opened.get(handle, id, false)
	if found {
		return session, true, nil
	}
	key := s.handleKey(kindSession, handle)
	pipe := s.Redis.Pipeline()
	get, left := pipe.Get(ctx, key), pipe.PTTL(ctx, key)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return auth.Session{}, false, err
	}
	record, err := get.Bytes()
	session, _, found, err = s.openedReply(id, key, secret, record, err)
	if err == nil && !found {
		s.settleEnded(ctx, name, secret)
	}
	session.IdleUntil = s.Now().Add(left.Val())
	if found {
		s.opened.put(mark, session, left.Val(), false)
	}
	return session, found, err
}

// openedReply judges what Redis answered for a session. A record that does not open
// is not found: its owner signs in again, and no loop comes of it.
func (s *Sessions) openedReply(id, key, secret string, record []byte, err error) (auth.Session, uint64, bool, error) {
	if errors.Is(err, redis.Nil) {
		return auth.Session{}, 0, false, nil
	}
	if err != nil {
		return auth.Session{}, 0, false, err
	}
	session, generation, found := s.openedRecord(id, key, secret, record)
	if found {
		session, generation, found = s.recalled(session, secret, generation)
	}
	return session, generation, found, nil
}

func (s *Sessions) openedRecord(id, key, secret string, record []byte) (session auth.Session, generation uint64, found bool) {
	generation, err := s.openRecord(kindSession, key, secret, record, (*sessionRecord)(&session))
	if err != nil {
		return auth.Session{}, 0, false
	}
	session.ID = id
	return session, generation, true
}

// key hashes name, so that Redis holds nothing a browser could present. The
// braces keep what belongs to one session in one slot of a cluster.
func (s *Sessions) key(kind, name string) string {
	return s.handleKey(kind, auth.Handle(name))
}

func (s *Sessions) handleKey(kind, handle string) string {
	return s.Prefix + kind + ":{" + handle + "}"
}

func (s *Sessions) sealRecord(kind, key, secret string, generation uint64, v any) ([]byte, error) {
	plain, err := pack(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", kind, err)
	}
	return s.Keys.seal(kind, key, secret, generation, plain)
}

func (s *Sessions) openRecord(kind, key, secret string, record []byte, v any) (generation uint64, err error) {
	plain, generation, err := s.Keys.open(kind, key, secret, record)
	if err != nil {
		return 0, err
	}
	return generation, unpack(plain, v)
}

// splitID takes a session ID apart. What is not of that form is nobody's.
func splitID(id string) (name, secret string, ok bool) {
	name, secret, ok = strings.Cut(id, ".")
	return name, secret, ok && len(name) >= 16 && len(secret) >= 16 && len(id) <= 256
}
