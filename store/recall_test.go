package store

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
	"vitrine/store/storetest"
)

// forgets makes Redis what it is after a failover to a replica that lagged
// behind: everything is as it was at the time of the call.
func forgets(t *testing.T, s *Sessions) (now func()) {
	t.Helper()
	ctx := context.Background()
	before := map[string]string{}
	for _, key := range keysOf(t, s, s.Prefix+kindSession+"*") {
		before[key] = s.Redis.Get(ctx, key).Val()
	}
	return func() {
		for _, key := range keysOf(t, s, s.Prefix+"*") {
			if s.Redis.Type(ctx, key).Val() == "string" {
				s.Redis.Del(ctx, key)
			}
		}
		for key, record := range before {
			s.Redis.Set(ctx, key, record, time.Hour)
		}
	}
}

func mustUpdate(t *testing.T, s *Sessions, token string) {
	t.Helper()
	if _, err := s.UpdateSession(context.Background(), sessionID, func(s *auth.Session) error { s.Tokens.RefreshToken = token; return nil }); err != nil {
		t.Fatal(err)
	}
}

// heard waits until a process knows of a session what ok wants.
func heard(t *testing.T, s *Sessions, ok func(note) bool) {
	t.Helper()
	within(t, "news of the session", func() bool { return ok(s.recall.get(auth.Handle(sessionID))) })
}

func testSpentTokenDoesNotComeBackWithRedis(t *testing.T, s *Sessions) {
	s.IdleTimeout = time.Hour
	mustCreate(t, s, sessionID)
	far := other(s)
	watching(t, far)
	forget := forgets(t, s)
	for _, token := range []string{"second", "third"} {
		mustUpdate(t, s, token)
	}
	heard(t, far, func(n note) bool { return generationOf(n.record) == 3 })
	for name, process := range map[string]*Sessions{"that refreshed": s, "that heard of it": far} {
		forget()
		process.opened.dropAll()
		if got := mustFind(t, process).Tokens.RefreshToken; got != "third" {
			t.Errorf("the process %s serves %q", name, got)
		}
		forget()
		_, err := process.UpdateSession(context.Background(), sessionID, func(s *auth.Session) error {
			if s.Tokens.RefreshToken != "third" {
				t.Errorf("the process %s would spend %q again", name, s.Tokens.RefreshToken)
			}
			return errors.New("enough")
		})
		if err == nil {
			t.Error("the update was made")
		}
		if got := mustFind(t, other(s)).Tokens.RefreshToken; got != "third" {
			t.Errorf("after the process %s has looked, Redis holds %q", name, got)
		}
	}
}

// Most sessions nobody asks for before the processes forget, too.
func testRedisIsPutRightUnasked(t *testing.T, s *Sessions) {
	mustCreate(t, s, sessionID)
	mustCreate(t, s, otherID)
	forget := forgets(t, s)
	mustUpdate(t, s, "second")
	if _, _, err := s.EndSession(context.Background(), otherID); err != nil {
		t.Fatal(err)
	}
	forget()
	watching(t, s) // as after every new connection
	within(t, "repair", func() bool {
		old, found, _ := other(s).Session(context.Background(), otherID)
		return mustFind(t, other(s)).Tokens.RefreshToken == "second" && !found && old.ID == ""
	})
}

func testEndedSessionDoesNotComeBackWithRedis(t *testing.T, s *Sessions) {
	ctx := context.Background()
	mustCreate(t, s, sessionID)
	far := other(s)
	watching(t, far)
	forget := forgets(t, s)
	mustUpdate(t, s, "second")
	if _, _, err := s.EndSession(ctx, sessionID); err != nil {
		t.Fatal(err)
	}
	heard(t, far, func(n note) bool { return n.ended })
	for name, process := range map[string]*Sessions{"that ended it": s, "that heard of it": far} {
		forget()
		if _, found, err := process.Session(ctx, sessionID); found || err != nil {
			t.Errorf("the process %s serves it: found=%v, err=%v", name, found, err)
		}
		if _, err := process.UpdateSession(ctx, sessionID, func(*auth.Session) error { return nil }); !errors.Is(err, auth.ErrNoSession) {
			t.Errorf("the process %s would refresh it: %v", name, err)
		}
		within(t, "second end", func() bool {
			_, found, err := other(s).PeekSession(ctx, sessionID)
			return !found && err == nil
		})
	}
}

// A lock that Redis has lost is not free as long as its holder may still come
// back with new tokens.
func testLostLockIsNotTaken(t *testing.T, s *Sessions) {
	mustCreate(t, s, sessionID)
	far := other(s)
	watching(t, far)
	forget := forgets(t, s)
	working, answer := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		_, err := s.UpdateSession(context.Background(), sessionID, func(s *auth.Session) error {
			close(working)
			<-answer
			s.Tokens.RefreshToken = "second"
			return nil
		})
		done <- err
	}()
	<-working
	heard(t, far, func(n note) bool { return n.taken == 1 })
	forget()
	go func() {
		time.Sleep(50 * time.Millisecond)
		close(answer)
	}()
	_, err := far.UpdateSession(context.Background(), sessionID, func(s *auth.Session) error {
		if s.Tokens.RefreshToken != "second" {
			t.Errorf("%q would be spent again", s.Tokens.RefreshToken)
		}
		return nil
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Error(err)
	}
}

// Who gave up, and never heard that the lock was theirs, must not declare it
// free: it may be another's whose lock Redis has lost.
func testWhoeverGivesUpDoesNotFreeALostLock(t *testing.T, s *Sessions) {
	ctx, handle := context.Background(), auth.Handle(sessionID)
	news := s.Redis.Subscribe(ctx, s.takenChannel())
	defer news.Close()
	if _, err := news.Receive(ctx); err != nil {
		t.Fatal(err)
	}
	unsure := &sessionLock{redis: s.Redis, handle: handle, key: s.handleKey(kindLock, handle), channel: s.takenChannel(), owner: "x", stop: func() {}}
	unsure.release()
	mustCreate(t, s, sessionID)
	mustUpdate(t, s, "second")
	if message, err := news.ReceiveMessage(ctx); err != nil || message.Payload == handle {
		t.Errorf("the first that is said of the lock is %q, %v", message, err)
	}
}

// What was given back unspent holds nobody up.
func testLockGivenBackIsFree(t *testing.T, s *Sessions) {
	mustCreate(t, s, sessionID)
	far := other(s)
	watching(t, far)
	fault := errors.New("tenant is away")
	for range 3 {
		begun := time.Now()
		for _, process := range []*Sessions{s, far} {
			if _, err := process.UpdateSession(context.Background(), sessionID, func(*auth.Session) error { return fault }); !errors.Is(err, fault) {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun); took > lockLease/2 {
			t.Errorf("held up for %v", took)
		}
	}
}

// A write is safe when it returns, if a replica can have it by then.
func TestWritesWaitForAReplica(t *testing.T) {
	ctx := context.Background()
	master := storetest.Redis(t, "--repl-diskless-sync-delay", "0")
	line := storetest.NewLine(t, master.Addr)
	host, port, _ := net.SplitHostPort(line.Addr)
	replica := redis.NewClient(&redis.Options{Addr: storetest.Redis(t, "--replicaof", host, port).Addr})
	defer replica.Close()
	client, err := OpenRedis(master.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	s := NewSessions(SessionsOptions{Redis: client, Keys: testRing(t, "a")})
	mustCreate(t, s, sessionID)
	key := s.handleKey(kindSession, auth.Handle(sessionID))
	within(t, "replica that follows", func() bool {
		return replica.Exists(ctx, key).Val() == 1 &&
			strings.Contains(client.Info(ctx, "replication").Val(), "state=online")
	})

	line.Delay(20 * time.Millisecond)
	// On a busy machine the replica may be too late once; then nothing is shown.
	timely := func(write func()) bool {
		begun := time.Now()
		write()
		return time.Since(begun) < replicaPatience
	}
	within(t, "write that waits for the replica", func() bool {
		return timely(func() { mustUpdate(t, s, "again") })
	})
	if here, there := client.Get(ctx, key).Val(), replica.Get(ctx, key).Val(); here != there {
		t.Errorf("the replica has generation %d when the update to %d is done", generationOf([]byte(there)), generationOf([]byte(here)))
	}
	if timely(func() { _, _, err = s.EndSession(ctx, sessionID) }) && (err != nil || replica.Exists(ctx, key).Val() != 0) {
		t.Errorf("the replica has the session after its end: %v", err)
	}
	mustCreate(t, other(s), sessionID)
	line.Hang()
	begun := time.Now()
	mustUpdate(t, other(s), "third")
	if took := time.Since(begun); took > 4*replicaPatience {
		t.Errorf("a replica that hangs held an update up for %v", took)
	}
}
