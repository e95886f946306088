package e2e

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/store/storetest"
)

// TestTroubleOfRedisIsNoSignOut: whatever is wrong with Redis, browsers hear in
// time that sessions cannot be reached, keep their cookie, and are not sent to
// sign in; and all is as before when it has passed.
func TestTroubleOfRedisIsNoSignOut(t *testing.T) {
	redis := storetest.Redis(t)
	line := storetest.NewLine(t, redis.Addr)
	set := startReplicas(t, "redis://"+line.Addr, replicaTenantOptions{})
	at := set.tenant.NewBrowser(t)
	fresh := set.signIn(0, at)
	set.tenant.Configure(func(s *demo.Settings) { s.AccessTokenLifetime = time.Second })
	for _, tt := range []struct {
		name       string
		begin, end func()
		// partly says that some requests may be served all the same.
		partly bool
	}{
		{"answers take 5s", func() { line.Delay(5 * time.Second) }, line.Restore, false},
		{"answers take 0.6s", func() { line.Delay(600 * time.Millisecond) }, line.Restore, true},
		{"hangs", line.Hang, line.Restore, false},
		{"read-only", func() { mustAskRedis(t, redis.Addr, "REPLICAOF", "127.0.0.1", "1") },
			func() { mustAskRedis(t, redis.Addr, "REPLICAOF", "NO", "ONE") }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			due := set.signIn(1, at)
			tt.begin()
			time.Sleep(time.Second) // until nothing is served from memory, and a token is due
			var wg sync.WaitGroup
			for _, cookie := range []string{fresh, due} {
				for _, path := range []string{"/", "/apps", "/api/session", "/qlik/api/v1/users/me"} {
					wg.Go(func() { set.checkTroubled(t, path, cookie, tt.partly) })
				}
			}
			wg.Go(func() { set.checkTroubled(t, "/login?return_to=/apps", "", tt.partly) })
			wg.Wait()
			tt.end()
			for _, cookie := range []string{fresh, due} {
				set.awaitServed(t, cookie)
			}
		})
	}
	if n := set.tenant.Stats().RefreshReuses; n != 0 {
		t.Errorf("%d refresh tokens were used twice", n)
	}
}

// checkTroubled asks for a page or for data while Redis is in trouble.
func (s *replicaSet) checkTroubled(t *testing.T, path, cookie string, partly bool) {
	t.Helper()
	a, err := s.do(http.MethodGet, s.bases[1]+path, cookie)
	switch {
	case err != nil:
		t.Errorf("%s: %v", path, err)
	case a.took > 2*time.Second:
		t.Errorf("%s: answered %d after %v", path, a.status, a.took)
	case a.status == http.StatusServiceUnavailable:
		touched := slices.ContainsFunc(a.cookies, func(c *http.Cookie) bool { return c.Name == replicaCookie })
		if a.header.Get("Retry-After") == "" || touched || a.header.Get("Location") != "" {
			t.Errorf("%s: 503 with Retry-After %q, cookies %v, Location %q", path, a.header.Get("Retry-After"), a.cookies, a.header.Get("Location"))
		}
	case !partly || !a.served() && cookie != "":
		t.Errorf("%s: %v, want 503", path, a)
	}
}

// awaitServed waits until a session is served again by the replica that could not.
func (s *replicaSet) awaitServed(t *testing.T, cookie string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		a, err := s.do(http.MethodGet, s.bases[1]+"/api/session", cookie)
		if err == nil && a.status == http.StatusOK {
			return
		}
		if err != nil || a.status != http.StatusServiceUnavailable || time.Now().After(deadline) {
			t.Fatalf("when the trouble is over: %v %v", a, err)
		}
	}
}
