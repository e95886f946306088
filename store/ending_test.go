package store

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
	"vitrine/store/storetest"
)

func testEndedSessionWaitsInTheOutbox(t *testing.T, s *Sessions) {
	ctx := context.Background()
	now := time.Now()
	s.Now = func() time.Time { return now }
	if err := s.CreateSession(ctx, testSession(sessionID)); err != nil {
		t.Fatal(err)
	}
	ended, _, err := s.EndSession(ctx, sessionID)
	if err != nil {
		t.Fatal(err)
	}
	if due, err := s.ClaimRevocations(ctx, time.Minute, 10); err != nil || len(due) != 0 {
		t.Fatalf("while the first try is under way %d are due, %v", len(due), err)
	}
	now = now.Add(firstTry)
	due, err := s.ClaimRevocations(ctx, time.Minute, 10)
	if err != nil || len(due) != 1 || due[0].Key != ended.Key || due[0].Tokens.RefreshToken != "canary-refresh" {
		t.Fatalf("due %+v, %v", due, err)
	}
	if again, _ := s.ClaimRevocations(ctx, time.Minute, 10); len(again) != 0 {
		t.Error("two processes got the same revocation")
	}
	now = now.Add(time.Minute)
	if again, _ := s.ClaimRevocations(ctx, time.Minute, 10); len(again) != 1 {
		t.Error("a revocation whose process died is lost")
	}
	if err := s.ForgetRevocation(ctx, ended.Key); err != nil {
		t.Fatal(err)
	}
	if n, err := s.OutboxLen(ctx); n != 0 || err != nil {
		t.Errorf("%d wait, %v; want none", n, err)
	}
}

func testUnreadableRevocationIsDropped(t *testing.T, s *Sessions) {
	ctx := context.Background()
	if err := s.putRevocation(ctx, auth.Revocation{Key: "k"}, -time.Second); err != nil {
		t.Fatal(err)
	}
	s.Keys = testRing(t, "z") // the key has left the ring
	if due, err := s.ClaimRevocations(ctx, time.Minute, 10); err != nil || len(due) != 0 {
		t.Errorf("due %v, %v", due, err)
	}
	if n, _ := s.OutboxLen(ctx); n != 0 {
		t.Errorf("%d wait for ever", n)
	}
}

func testSessionEndedFromElsewhere(t *testing.T, s *Sessions) {
	ctx := context.Background()
	if err := s.CreateSession(ctx, testSession(sessionID)); err != nil {
		t.Fatal(err)
	}
	if err := s.EndByHandle(ctx, auth.Handle(sessionID)); err != nil {
		t.Fatal(err)
	}
	if n, _ := s.OutboxLen(ctx); n != 0 {
		t.Error("tokens were opened without the cookie")
	}
	if _, found, err := s.Session(ctx, sessionID); found || err != nil {
		t.Errorf("its cookie still works: found=%v, err=%v", found, err)
	}
	if n, _ := s.OutboxLen(ctx); n != 1 {
		t.Errorf("%d revocations wait after the cookie came, want 1", n)
	}
	if cards, err := s.SessionsOf(ctx, "u1"); err != nil || len(cards) != 0 {
		t.Errorf("it is still listed: %v, %v", cards, err)
	}
	if err := s.EndByHandle(ctx, "unknown"); err != nil {
		t.Errorf("an unknown handle: %v", err)
	}
}

func testSessionsOfAPerson(t *testing.T, s *Sessions) {
	ctx := context.Background()
	for _, id := range []string{sessionID, otherID} {
		session := testSession(id)
		session.Device.UserAgent = id
		session.CreatedAt, session.ExpiresAt = time.Now(), time.Now().Add(time.Hour)
		if err := s.CreateSession(ctx, session); err != nil {
			t.Fatal(err)
		}
	}
	stranger := testSession("third-of-16-or-more.secret-of-16-or-more")
	stranger.User.ID = "u2"
	if err := s.CreateSession(ctx, stranger); err != nil {
		t.Fatal(err)
	}
	// The other was used last.
	s.Redis.PExpire(ctx, s.key(kindSession, "name-of-16-or-more"), 10*time.Minute)
	cards, err := s.SessionsOf(ctx, "u1")
	if err != nil || len(cards) != 2 || cards[0].Handle != auth.Handle(otherID) || cards[0].Device.UserAgent != otherID || cards[0].Name != "Ana" {
		t.Fatalf("cards %+v, %v", cards, err)
	}
	if idle := time.Since(cards[1].LastUsed); idle < 19*time.Minute || idle > 21*time.Minute {
		t.Errorf("last used %v ago, want 20m", idle)
	}
	// A session that ran out of time is not listed, though its card stands.
	s.Redis.Del(ctx, s.key(kindSession, "name-of-16-or-more"))
	if cards, _ = s.SessionsOf(ctx, "u1"); len(cards) != 1 {
		t.Errorf("%d cards, want 1", len(cards))
	}
}

func testEndsAreHeardElsewhere(t *testing.T, s *Sessions) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	heard, ready := make(chan string, 10), make(chan struct{}, 10)
	go func() {
		_ = s.WatchEnded(ctx, func(handle string) { heard <- handle }, func() { ready <- struct{}{} })
	}()
	<-ready
	for _, id := range []string{sessionID, otherID} {
		if err := s.CreateSession(ctx, testSession(id)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.EndSession(ctx, sessionID); err != nil {
		t.Fatal(err)
	}
	if err := s.EndByHandle(ctx, auth.Handle(otherID)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 2 {
		select {
		case handle := <-heard:
			got = append(got, handle)
		case <-ctx.Done():
			t.Fatalf("heard %v only", got)
		}
	}
	if !slices.Contains(got, auth.Handle(sessionID)) || !slices.Contains(got, auth.Handle(otherID)) {
		t.Errorf("heard %v", got)
	}
}

// A connection that hangs closes nothing and says nothing. What is said in the
// meantime is missed for a few seconds, and then whoever holds sockets looks.
func TestHungNewsAreNoticed(t *testing.T) {
	server := storetest.Redis(t)
	line := storetest.NewLine(t, server.Addr)
	client, err := OpenRedis("redis://" + line.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	s := NewSessions(SessionsOptions{Redis: client, Keys: testRing(t, "a")})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	heard, again := make(chan string, 10), make(chan struct{}, 10)
	go func() {
		_ = s.WatchEnded(ctx, func(handle string) { heard <- handle }, func() { again <- struct{}{} })
	}()
	await := func(what string, happens <-chan struct{}) {
		t.Helper()
		select {
		case <-happens:
		case <-ctx.Done():
			t.Fatal("never seen: " + what)
		}
	}
	await("the first connection", again)
	line.HangOpen()
	hung := time.Now()
	await("another connection", again)
	if took := time.Since(hung); took > 2*quietTime+time.Second {
		t.Errorf("news were missed for %v", took)
	}
	direct, err := OpenRedis(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = direct.Close() })
	if err := NewSessions(SessionsOptions{Redis: direct, Keys: s.Keys}).EndByHandle(ctx, auth.Handle(sessionID)); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-heard:
		if got != auth.Handle(sessionID) {
			t.Errorf("heard %q", got)
		}
	case <-ctx.Done():
		t.Error("nothing is heard on the new connection")
	}
}

// noPipelines refuses what is sent in several commands, from when it is told to.
type noPipelines struct{ atomic.Bool }

func (n *noPipelines) DialHook(next redis.DialHook) redis.DialHook { return next }

func (n *noPipelines) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (n *noPipelines) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if n.Load() {
			return errors.New("the process has died")
		}
		return next(ctx, cmds)
	}
}

// A process may die at any moment. Whatever it has deleted for good, the others
// must not go on serving from memory.
func testRefusedSessionIsDeletedAndToldInOneStep(t *testing.T, s *Sessions) {
	ctx := context.Background()
	mustCreate(t, s, sessionID)
	far := other(s)
	watching(t, far)
	var dying noPipelines
	s.Redis.AddHook(&dying)
	_, err := s.UpdateSession(ctx, sessionID, func(*auth.Session) error {
		dying.Store(true)
		return auth.ErrNoSession
	})
	if !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("update: %v", err)
	}
	heard(t, far, func(n note) bool { return n.ended })
	handle := auth.Handle(sessionID)
	if n := s.Redis.Exists(ctx, s.handleKey(kindSession, handle), s.handleKey(kindCard, handle)).Val(); n != 0 {
		t.Errorf("%d of session and card are still there", n)
	}
}
