package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
)

const kindCard = "card"

// Card is what may be told of a session without its cookie: to the person, on
// another device, and to an administrator. It holds no token.
type Card struct {
	Handle    string
	UserID    string
	Name      string
	Device    auth.Device
	CreatedAt time.Time
	ExpiresAt time.Time
	// LastUsed follows from the time the session has left, to the second.
	LastUsed time.Time
	Sockets  int // open in all processes, as said lately
}

func (s *Sessions) newCard(session auth.Session) ([]byte, error) {
	handle := auth.Handle(session.ID)
	return s.sealRecord(kindCard, handle, "", 0, &cardRecord{
		UserID: session.User.ID, Name: session.User.Name, Device: session.Device,
		CreatedAt: session.CreatedAt, ExpiresAt: session.ExpiresAt,
	})
}

// putCard lays the card beside the session and enters it into the person's
// index, which forgets it when the session cannot live any longer.
func (s *Sessions) putCard(ctx context.Context, pipe redis.Pipeliner, session auth.Session, card []byte) {
	handle, left := auth.Handle(session.ID), session.ExpiresAt.Sub(session.CreatedAt)
	pipe.Set(ctx, s.handleKey(kindCard, handle), card, left)
	for _, index := range s.indexesOf(session) {
		pipe.ZRemRangeByScore(ctx, index, "-inf", scoreOf(s.Now()))
		pipe.ZAdd(ctx, index, redis.Z{Score: float64(session.ExpiresAt.UnixMilli()), Member: handle})
		pipe.Expire(ctx, index, left+time.Hour)
	}
}

// indexesOf are the sets a session is found by: its person's, under each name
// the tenant has for them, and that of the tenant's own session.
func (s *Sessions) indexesOf(session auth.Session) []string {
	indexes := []string{s.userIndex(session.User.ID)}
	if session.Subject != "" && session.Subject != session.User.ID {
		indexes = append(indexes, s.userIndex(session.Subject))
	}
	if session.TenantSession != "" {
		indexes = append(indexes, s.tenantSessionIndex(session.TenantSession))
	}
	return indexes
}

// userIndex is the set of a person's sessions.
func (s *Sessions) userIndex(userID string) string { return s.hashedKey("user", userID) }

func (s *Sessions) tenantSessionIndex(sid string) string { return s.hashedKey("tenant-session", sid) }

// hashedKey keeps names out of Redis.
func (s *Sessions) hashedKey(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + " " + name))
	return s.Prefix + kind + ":{" + base64.RawURLEncoding.EncodeToString(sum[:16]) + "}"
}

func scoreOf(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// SessionsOf lists a person's live sessions, the last used first.
func (s *Sessions) SessionsOf(ctx context.Context, userID string) ([]Card, error) {
	handles, err := s.Redis.ZRangeByScore(ctx, s.userIndex(userID), &redis.ZRangeBy{Min: scoreOf(s.Now()), Max: "+inf"}).Result()
	if err != nil || len(handles) == 0 {
		return nil, err
	}
	pipe := s.Redis.Pipeline()
	records, left := make([]*redis.StringCmd, len(handles)), make([]*redis.DurationCmd, len(handles))
	sockets := make([]*redis.MapStringStringCmd, len(handles))
	for i, handle := range handles {
		records[i] = pipe.Get(ctx, s.handleKey(kindCard, handle))
		left[i] = pipe.PTTL(ctx, s.handleKey(kindSession, handle))
		sockets[i] = pipe.HGetAll(ctx, s.handleKey(kindSockets, handle))
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, err
	}
	var cards []Card
	for i, handle := range handles {
		record, err := records[i].Bytes()
		if err != nil || left[i].Val() <= 0 {
			continue // it has ended; the index forgets it in time
		}
		card := Card{Handle: handle}
		if _, err := s.openRecord(kindCard, handle, "", record, (*cardRecord)(&card)); err != nil || card.UserID != userID {
			continue
		}
		card.Sockets = s.openSockets(sockets[i].Val())
		card.LastUsed = s.Now().Add(left[i].Val() - s.IdleTimeout)
		cards = append(cards, card)
	}
	slices.SortFunc(cards, func(a, b Card) int { return cmp.Compare(b.LastUsed.UnixMilli(), a.LastUsed.UnixMilli()) })
	return cards, nil
}
