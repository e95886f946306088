package store

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
	"vitrine/qlik"
	"vitrine/store/storetest"
)

const (
	sessionID = "name-of-16-or-more.secret-of-16-or-more"
	otherID   = "other-of-16-or-more.secret-of-16-or-more"
)

func testRing(t *testing.T, seeds ...string) *KeyRing {
	t.Helper()
	var keys [][]byte
	for _, seed := range seeds {
		keys = append(keys, []byte(strings.Repeat(seed, 32)))
	}
	ring, err := NewKeyRing(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func testSession(id string) auth.Session {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	return auth.Session{
		ID: id, User: qlik.User{ID: "u1", Name: "Ana"},
		Tokens:    auth.TokenSet{AccessToken: "canary-access", RefreshToken: "canary-refresh", ObtainedAt: now, Expiry: now.Add(time.Hour)},
		CreatedAt: now, ExpiresAt: now.Add(12 * time.Hour),
	}
}

func testSessionIsKeptAndForgotten(t *testing.T, s *Sessions) {
	ctx := context.Background()
	if _, found, err := s.Session(ctx, sessionID); found || err != nil {
		t.Fatalf("unknown session: found=%v, err=%v", found, err)
	}
	if err := s.CreateSession(ctx, testSession(sessionID)); err != nil {
		t.Fatal(err)
	}
	got, found, err := s.Session(ctx, sessionID)
	if err != nil || !found || got.User.Name != "Ana" || got.Tokens.RefreshToken != "canary-refresh" || got.ID != sessionID {
		t.Fatalf("session=%+v, found=%v, err=%v", got, found, err)
	}
	if r, found, err := s.EndSession(ctx, sessionID); err != nil || !found || r.Tokens.AccessToken != "canary-access" || r.UserID != "u1" {
		t.Fatalf("ended=%+v, found=%v, err=%v; want its tokens", r, found, err)
	}
	if _, found, err := s.EndSession(ctx, sessionID); found || err != nil {
		t.Errorf("second end: found=%v, err=%v", found, err)
	}
	if err := s.DeleteSession(ctx, sessionID); err != nil {
		t.Errorf("delete of what is gone: %v", err)
	}
	if _, found, _ := s.Session(ctx, sessionID); found {
		t.Error("a deleted session was found")
	}
}

func testStateAnswersOnce(t *testing.T, s *Sessions) {
	ctx := context.Background()
	request := auth.AuthorizationRequest{State: "state", CodeVerifier: "verifier", Browser: "b", ReturnTo: "/x"}
	if err := s.PutAuthorizationRequest(ctx, request, time.Minute); err != nil {
		t.Fatal(err)
	}
	var taken atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			r, found, err := s.TakeAuthorizationRequest(ctx, "state", "b")
			if err != nil || !found || r.Browser != "b" || r.ReturnTo != "/x" || r.State != "state" {
				t.Errorf("found=%v, err=%v, %+v", found, err, r)
			}
			if !r.Used {
				taken.Add(1)
			} else if r.CodeVerifier != "" {
				t.Error("a used state still has its verifier")
			}
		})
	}
	wg.Wait()
	if n := taken.Load(); n != 1 {
		t.Errorf("the state answered %d times, want once", n)
	}
	left := func() time.Duration { return s.Redis.PTTL(ctx, s.requestKey("state", "b")).Val() }
	if left() > time.Minute {
		t.Errorf("what was used is kept for %v before anything came of it", left())
	}
	check(t, s.KeepAuthorizationRequest(ctx, "state", "b", time.Hour))
	if left() < 59*time.Minute {
		t.Errorf("what was used is kept for %v, want an hour", left())
	}
}

func testOnlyUseDefersTheIdleEnd(t *testing.T, s *Sessions) {
	ctx := context.Background()
	s.IdleTimeout = time.Minute
	if err := s.CreateSession(ctx, testSession(sessionID)); err != nil {
		t.Fatal(err)
	}
	key := s.key(kindSession, "name-of-16-or-more")
	s.Redis.PExpire(ctx, key, 10*time.Second)
	if _, found, err := s.PeekSession(ctx, sessionID); !found || err != nil {
		t.Fatalf("peek: found=%v, err=%v", found, err)
	}
	if left := s.Redis.PTTL(ctx, key).Val(); left > 10*time.Second {
		t.Errorf("a look deferred the end to %v", left)
	}
	if _, found, err := s.Session(ctx, sessionID); !found || err != nil {
		t.Fatalf("use: found=%v, err=%v", found, err)
	}
	if left := s.Redis.PTTL(ctx, key).Val(); left < 50*time.Second {
		t.Errorf("use left %v, want about a minute", left)
	}
}

func testUpdatesOfOneSessionTakeTurns(t *testing.T, s *Sessions) {
	ctx := context.Background()
	if err := s.CreateSession(ctx, testSession(sessionID)); err != nil {
		t.Fatal(err)
	}
	var inside, most atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := s.UpdateSession(ctx, sessionID, func(session *auth.Session) error {
				most.Store(max(most.Load(), inside.Add(1)))
				defer inside.Add(-1)
				session.Tokens.Scope += "x"
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got, _, _ := s.Session(ctx, sessionID)
	if most.Load() != 1 || got.Tokens.Scope != "xxxxxxxx" {
		t.Errorf("at most %d at once, result %q; want 1 and eight x", most.Load(), got.Tokens.Scope)
	}
}

func testDeletedSessionStaysDeleted(t *testing.T, s *Sessions) {
	ctx := context.Background()
	if err := s.CreateSession(ctx, testSession(sessionID)); err != nil {
		t.Fatal(err)
	}
	_, err := s.UpdateSession(ctx, sessionID, func(*auth.Session) error {
		err := s.DeleteSession(ctx, sessionID) // signed out while the tenant answers
		return err
	})
	if !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("error %v, want ErrNoSession", err)
	}
	if _, found, _ := s.Session(ctx, sessionID); found {
		t.Error("a late write revived a session that had ended")
	}
}

func testFailedUpdateSavesNothing(t *testing.T, s *Sessions) {
	ctx := context.Background()
	if err := s.CreateSession(ctx, testSession(sessionID)); err != nil {
		t.Fatal(err)
	}
	fault := errors.New("tenant is away")
	if _, err := s.UpdateSession(ctx, sessionID, func(session *auth.Session) error {
		session.User.Name = "Eve"
		return fault
	}); !errors.Is(err, fault) {
		t.Errorf("error %v, want the update's own", err)
	}
	if got, _, _ := s.Session(ctx, sessionID); got.User.Name != "Ana" {
		t.Errorf("a failed update was saved: %q", got.User.Name)
	}
}

func testRedisHoldsNothingReadable(t *testing.T, s *Sessions) {
	ctx := context.Background()
	if err := s.CreateSession(ctx, testSession(sessionID)); err != nil {
		t.Fatal(err)
	}
	keys := keysOf(t, s, "*")
	if len(keys) != 3 { // record, card, index
		t.Fatalf("keys %q, want three", keys)
	}
	for _, key := range keys {
		record, _ := s.Redis.Dump(ctx, key).Result()
		record += s.Redis.Get(ctx, key).Val()
		for _, canary := range []string{"canary", "Ana", "u1", "name-of-16", "secret-of-16"} {
			if strings.Contains(key+record, canary) {
				t.Errorf("%q can be read in Redis at %s", canary, key)
			}
		}
	}
}

func testRecordOpensOnlyInItsPlace(t *testing.T, s *Sessions) {
	ctx := context.Background()
	if err := s.CreateSession(ctx, testSession(sessionID)); err != nil {
		t.Fatal(err)
	}
	from, to := s.key(kindSession, "name-of-16-or-more"), s.key(kindSession, "other-of-16-or-more")
	record := s.Redis.Get(ctx, from).Val()
	s.Redis.Set(ctx, to, record, 0)
	if _, found, err := s.Session(ctx, otherID); found || err != nil {
		t.Errorf("a copied record opened under another name: found=%v, err=%v", found, err)
	}
	if _, found, err := s.Session(ctx, "name-of-16-or-more.another-secret-here"); found || err != nil {
		t.Errorf("a record opened with another secret: found=%v, err=%v", found, err)
	}
	tampered := []byte(record)
	tampered[generationEnd-1]++ // an older writer pretending to be newer
	s.Redis.Set(ctx, from, tampered, 0)
	if _, found, err := s.Session(ctx, sessionID); found || err != nil {
		t.Errorf("a record with a changed header opened: found=%v, err=%v", found, err)
	}
}

func testKeysRotateWithoutSigningAnyoneOut(t *testing.T, s *Sessions) {
	ctx := context.Background()
	if err := s.CreateSession(ctx, testSession(sessionID)); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateSession(ctx, testSession(otherID)); err != nil {
		t.Fatal(err)
	}
	key := func(seed string) []byte { return bytes.Repeat([]byte(seed), 32) }
	if err := s.Keys.Replace(key("b"), key("a")); err != nil {
		t.Fatal(err)
	}
	if got, found, err := s.Session(ctx, sessionID); !found || err != nil || got.User.Name != "Ana" {
		t.Errorf("after a rotation: found=%v, err=%v", found, err)
	}
	use, err := s.KeyUse(ctx)
	if counts := slices.Sorted(maps.Values(use)); err != nil || !slices.Equal(counts, []int{1, 1}) {
		t.Errorf("use of keys %v, %v; want one session each: one was used since", use, err)
	}
	if err := s.Keys.Replace(key("b")); err != nil {
		t.Fatal(err)
	}
	if _, found, err := s.Session(ctx, sessionID); !found || err != nil {
		t.Errorf("the session that moved to the new key: found=%v, err=%v", found, err)
	}
	if _, found, err := s.Session(ctx, otherID); found || err != nil {
		t.Errorf("the one that did not: found=%v, err=%v; want a clean sign-in", found, err)
	}
}

func TestStoreAwayIsAnErrorAndNotSignedOut(t *testing.T) {
	server := storetest.Redis(t)
	client, err := OpenRedis(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	s := NewSessions(SessionsOptions{Redis: client, Keys: testRing(t, "a")})
	ctx := context.Background()
	if err := s.CreateSession(ctx, testSession(sessionID)); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	for name, ask := range map[string]func() error{
		"session": func() error { _, _, err := s.Session(ctx, sessionID); return err },
		"peek":    func() error { _, _, err := s.PeekSession(ctx, sessionID); return err },
		"delete":  func() error { return s.DeleteSession(ctx, sessionID) },
		"end":     func() error { _, _, err := s.EndSession(ctx, sessionID); return err },
		"take":    func() error { _, _, err := s.TakeAuthorizationRequest(ctx, "state", "b"); return err },
		"update": func() error {
			_, err := s.UpdateSession(ctx, sessionID, func(*auth.Session) error { return nil })
			return err
		},
	} {
		if err := ask(); err == nil || errors.Is(err, auth.ErrNoSession) {
			t.Errorf("%s: error %v, want one of the store", name, err)
		}
	}
}

func TestRedisURLs(t *testing.T) {
	for _, url := range []string{"redis://", "http://localhost", "redis://localhost/x", "redis-sentinel://a:1,b:2", "redis-sentinel://a,/m", "redis-cluster://a:1/0"} {
		if _, err := OpenRedis(url); err == nil {
			t.Errorf("%s was accepted", url)
		}
	}
	options, err := manyOptions("redis-sentinel", "me:s%2Fcret@a:1,b/main/3")
	if err != nil {
		t.Fatal(err)
	}
	if options.MasterName != "main" || options.DB != 3 || options.Password != "s/cret" || options.Username != "me" || strings.Join(options.Addrs, " ") != "a:1 b:6379" {
		t.Errorf("options %+v", options)
	}
	client, err := OpenRedis("rediss://me:secret@host:1/2")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if o := client.(*redis.Client).Options(); o.TLSConfig == nil || o.DB != 2 || o.Password != "secret" || o.Addr != "host:1" {
		t.Errorf("options %+v", o)
	}
}

func TestSealedRecordsDiffer(t *testing.T) {
	ring := testRing(t, "a")
	one, _ := ring.seal("k", "n", "secret", 1, []byte("same"))
	two, _ := ring.seal("k", "n", "secret", 1, []byte("same"))
	if bytes.Equal(one, two) {
		t.Error("two records of the same content are equal: the nonce repeats")
	}
	if _, _, err := ring.open("other", "n", "secret", one); err == nil {
		t.Error("a record opened as another kind")
	}
}
