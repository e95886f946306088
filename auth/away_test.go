package auth_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/demo"
	"vitrine/store"
	"vitrine/store/storetest"
)

// onRedis gives the relying party a store on a real Redis, which can go away.
func onRedis(t *testing.T, redis *storetest.RedisServer) func(*auth.Options) {
	t.Helper()
	client, err := store.OpenRedis(redis.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	ring, err := store.NewKeyRing([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return func(o *auth.Options) {
		o.Store = store.NewSessions(store.SessionsOptions{Redis: client, Keys: ring, Now: o.Now, IdleTimeout: 24 * time.Hour})
	}
}

// slowTenant is a world with a session, where the next token request takes so
// long.
func slowTenant(t *testing.T, redis *storetest.RedisServer, takes time.Duration) (w *world, s auth.Session) {
	t.Helper()
	w = newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = 100 * time.Second }, onRedis(t, redis))
	s = w.signIn(t)
	w.tenant.Inject(demo.Fault{Path: "/oauth/token", Kind: demo.FaultSlow, Delay: takes, Count: 1})
	return w, s
}

// A store that goes away is said at once, also to those who wait for the
// tenant; what the tenant answers later is not lost.
func TestStoreGoneWhileTheTenantIsSlow(t *testing.T) {
	redis := storetest.Redis(t)
	for name, away := range map[string]struct{ begin, end func() }{
		"dead": {redis.Kill, redis.Restart},
		"hung": {redis.Pause, redis.Resume},
	} {
		t.Run(name, func(t *testing.T) {
			w, s := slowTenant(t, redis, 2500*time.Millisecond)
			w.clock.Add(time.Hour)
			answers := make(chan error)
			for range 3 {
				go func() { _, err := w.Session(t.Context(), s.ID); answers <- err }()
			}
			time.Sleep(300 * time.Millisecond) // until all wait
			away.begin()
			gone := time.Now()
			for range 3 {
				if err := <-answers; !errors.Is(err, auth.ErrStore) || errors.Is(err, auth.ErrNoSession) {
					t.Errorf("error %v, want ErrStore", err)
				}
			}
			if took := time.Since(gone); took > 2*time.Second {
				t.Errorf("answered %v after the store had gone", took)
			}
			for w.tenant.Stats().Refreshes == 0 { // the tenant answers while we cannot write
				time.Sleep(10 * time.Millisecond)
			}
			away.end()
			for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				fresh, err := w.Session(t.Context(), s.ID)
				if err == nil && fresh.Tokens.AccessToken != s.Tokens.AccessToken {
					break
				}
				if err == nil || errors.Is(err, auth.ErrNoSession) || time.Now().After(deadline) {
					t.Fatalf("when the store is back: %v", err)
				}
			}
			if got := w.tenant.Stats(); got.Refreshes != 1 || got.RefreshReuses != 0 {
				t.Errorf("%d refreshes, %d reuses; want 1 and 0: what the tenant gave was saved", got.Refreshes, got.RefreshReuses)
			}
		})
	}
}

func TestSlowTenantHoldsNobodyUpWhoseTokenServes(t *testing.T) {
	w, s := slowTenant(t, storetest.Redis(t), 4*time.Second)
	w.clock.Add(95 * time.Second) // due, and good for 5 seconds
	asked := time.Now()
	got, err := w.Session(t.Context(), s.ID)
	if took := time.Since(asked); err != nil || got.Tokens.AccessToken != s.Tokens.AccessToken || took > 3*time.Second {
		t.Errorf("after %v: %v; want the old token within 2s", took, err)
	}
	// Who comes when it has died waits for the same answer.
	w.clock.Add(time.Minute)
	if got, err = w.Session(t.Context(), s.ID); err != nil || got.Tokens.AccessToken == s.Tokens.AccessToken {
		t.Errorf("with a dead token: %v", err)
	}
	if n := w.tenant.Stats().TokenRequests["refresh_token"]; n != 1 {
		t.Errorf("%d token requests, want 1", n)
	}
}
