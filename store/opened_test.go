package store

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
)

// reads counts the commands that read a session, and slows them down.
type reads struct {
	atomic.Int64
	delay time.Duration
}

func (r *reads) DialHook(next redis.DialHook) redis.DialHook { return next }

func (r *reads) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if strings.HasPrefix(cmd.Name(), "get") {
			r.Add(1)
			time.Sleep(r.delay)
		}
		return next(ctx, cmd)
	}
}

func (r *reads) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		r.Add(1)
		return next(ctx, cmds)
	}
}

// watching runs WatchEnded for the time of the test, and waits until news are
// sure to come.
func watching(t *testing.T, s *Sessions) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.WatchEnded(ctx, func(string) {}, func() {}) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	within(t, "news", func() bool {
		s.opened.get("handle", sessionID, true) // somebody asks
		return !s.opened.deaf(moment())
	})
}

func within(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %s", what)
		}
	}
}

// other is another process at the same Redis.
func other(s *Sessions) *Sessions { return NewSessions(s.SessionsOptions) }

func mustCreate(t *testing.T, s *Sessions, id string) {
	t.Helper()
	if err := s.CreateSession(context.Background(), testSession(id)); err != nil {
		t.Fatal(err)
	}
}

func mustFind(t *testing.T, s *Sessions) auth.Session {
	t.Helper()
	session, found, err := s.Session(context.Background(), sessionID)
	if err != nil || !found {
		t.Fatalf("session: found=%v, err=%v", found, err)
	}
	return session
}

// openedHere has the session in memory.
func openedHere(t *testing.T, s *Sessions) {
	t.Helper()
	within(t, "session in memory", func() bool {
		mustFind(t, s)
		_, _, found := s.opened.get(auth.Handle(sessionID), sessionID, true)
		return found
	})
}

func testSessionIsReadOnceForManyRequests(t *testing.T, s *Sessions) {
	var read reads
	s.Redis.AddHook(&read)
	mustCreate(t, s, sessionID)
	watching(t, s)
	openedHere(t, s)
	before := read.Load()
	for range 100 {
		if got := mustFind(t, s).Tokens.AccessToken; got != "canary-access" {
			t.Fatalf("token %q", got)
		}
	}
	// A pause of the machine may make one of them come too late.
	if n := read.Load() - before; n > 5 {
		t.Errorf("100 requests read the session %d times", n)
	}
}

func testOneReadsForAllWhoAskAtOnce(t *testing.T, s *Sessions) {
	read := reads{delay: 100 * time.Millisecond}
	s.Redis.AddHook(&read)
	mustCreate(t, s, sessionID)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, found, err := s.Session(context.Background(), sessionID); err != nil || !found {
				t.Errorf("session: found=%v, err=%v", found, err)
			}
		})
	}
	all.Wait()
	// A slow machine may start some of them late.
	if n := read.Load(); n > 10 {
		t.Errorf("50 at once read the session %d times", n)
	}
}

func testEndedSessionLeavesEveryMemory(t *testing.T, s *Sessions) {
	ends := map[string]func(*Sessions) error{
		"signed out":       func(s *Sessions) error { _, _, err := s.EndSession(context.Background(), sessionID); return err },
		"tokens are dead":  func(s *Sessions) error { return s.DeleteSession(context.Background(), sessionID) },
		"ended by another": func(s *Sessions) error { return s.EndByHandle(context.Background(), auth.Handle(sessionID)) },
		"refused by the tenant": func(s *Sessions) error {
			_, err := s.UpdateSession(context.Background(), sessionID, func(*auth.Session) error { return auth.ErrNoSession })
			if !errors.Is(err, auth.ErrNoSession) {
				return errors.New("the session goes on")
			}
			return nil
		},
	}
	for name, end := range ends {
		s, far := other(s), other(s) // who has not heard of an earlier end
		watching(t, s)
		watching(t, far)
		mustCreate(t, s, sessionID)
		openedHere(t, s)
		openedHere(t, far)
		if err := end(s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, found, err := s.Session(context.Background(), sessionID); found || err != nil {
			t.Errorf("%s: the process that ended it serves it: found=%v, err=%v", name, found, err)
		}
		ended := time.Now()
		within(t, "end", func() bool {
			_, found, err := far.Session(context.Background(), sessionID)
			return !found && err == nil
		})
		// What is in memory would be served for longer than that.
		if took := time.Since(ended); took > time.Second {
			t.Errorf("%s: another process served it for %v more", name, took)
		}
	}
}

func testNewTokensReachEveryMemory(t *testing.T, s *Sessions) {
	far := other(s)
	mustCreate(t, s, sessionID)
	watching(t, s)
	watching(t, far)
	openedHere(t, s)
	openedHere(t, far)
	_, err := s.UpdateSession(context.Background(), sessionID, func(s *auth.Session) error {
		s.Tokens.AccessToken = "newer"
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := mustFind(t, s).Tokens.AccessToken; got != "newer" {
		t.Errorf("the process that refreshed serves %q", got)
	}
	saved := time.Now()
	within(t, "new token", func() bool { return mustFind(t, far).Tokens.AccessToken == "newer" })
	if took := time.Since(saved); took > time.Second {
		t.Errorf("another process served the old token for %v more", took)
	}
}

func testNothingIsServedFromMemoryWithoutNews(t *testing.T, s *Sessions) {
	mustCreate(t, s, sessionID)
	watching(t, s)
	openedHere(t, s)
	// The last proof that news come is too old: the connection hangs.
	s.opened.heard.Store(moment() - int64(deafAfter) - 1)
	if _, _, found := s.opened.get(auth.Handle(sessionID), sessionID, true); found {
		t.Error("served though nobody would hear of an end")
	}
	s.opened.put(openedMark{handle: "other"}, testSession(otherID), time.Hour, true)
	s.opened.heard.Store(moment())
	if _, _, found := s.opened.get("other", otherID, true); found {
		t.Error("kept though nobody would have heard of an end")
	}
	s.opened.heard.Store(moment() - int64(deafAfter) - 1)
	s.hear(&redis.Message{Channel: "beat", Payload: strconv.FormatInt(moment(), 10)}, nil)
	if _, _, found := s.opened.get(auth.Handle(sessionID), sessionID, true); found {
		t.Error("served though its end may have been missed")
	}
}

func TestMemoryServesOnlyWhatMayBeServed(t *testing.T) {
	session := testSession(sessionID)
	handle := auth.Handle(sessionID)
	fill := func(idle time.Duration, used bool, between func(*opened)) *opened {
		o := &opened{wake: make(chan struct{}, 1)}
		o.heard.Store(moment())
		_, mark, _ := o.get(handle, sessionID, true)
		between(o)
		o.put(mark, session, idle, used)
		return o
	}
	nothing := func(*opened) {}
	for _, tt := range []struct {
		name string
		o    *opened
		id   string
		use  bool
		want bool
	}{
		{"what was used, for a use", fill(time.Hour, true, nothing), sessionID, true, true},
		{"what was used, for a look", fill(time.Hour, true, nothing), sessionID, false, true},
		{"what was looked at, for a look", fill(time.Hour, false, nothing), sessionID, false, true},
		{"what was looked at, for a use: nobody deferred its end", fill(time.Hour, false, nothing), sessionID, true, false},
		{"another secret with the same name", fill(time.Hour, true, nothing), strings.Replace(sessionID, "secret", "guesss", 1), true, false},
		{"dropped while it was read", fill(time.Hour, true, func(o *opened) { o.drop(handle) }), sessionID, true, false},
		{"all dropped while it was read", fill(time.Hour, true, (*opened).dropAll), sessionID, true, false},
		{"its time is over", fill(-time.Second, true, nothing), sessionID, true, false},
	} {
		if _, _, found := tt.o.get(handle, tt.id, tt.use); found != tt.want {
			t.Errorf("%s: served=%v, want %v", tt.name, found, tt.want)
		}
	}
	look := fill(time.Hour, true, nothing)
	_, mark, _ := look.get(handle, sessionID, false)
	look.put(mark, session, time.Hour, false)
	if _, _, found := look.get(handle, sessionID, true); !found {
		t.Error("a look has pushed out what a use had read")
	}
}

func TestMemoryForgets(t *testing.T) {
	o := &opened{wake: make(chan struct{}, 1)}
	o.heard.Store(moment())
	for i := range 4 * openedMost {
		handle := "A" + string(rune(i+1000)) // all in one shard
		o.put(openedMark{handle: handle}, testSession(handle), 20*time.Millisecond, true)
		if n := len(o.shard("A").sessions); n > openedMost {
			t.Fatalf("%d sessions in one shard", n)
		}
	}
	time.Sleep(2 * time.Millisecond)
	o.sweep()
	if n := len(o.shard("A").sessions); n != 0 {
		t.Errorf("%d sessions stay after their time", n)
	}
}
