package e2e

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
	"vitrine/store/storetest"
)

// lockLeaseTime is how long the program promises that a dead process holds
// others up.
const lockLeaseTime = 5 * time.Second

// TestRefreshOnceAcrossReplicas: however many ask, wherever, and whatever
// happens to the one who refreshes, a refresh token is spent once.
func TestRefreshOnceAcrossReplicas(t *testing.T) {
	set := startReplicas(t, storetest.Redis(t).URL, replicaTenantOptions{})
	at := set.tenant.NewBrowser(t)
	// expired signs in with a token that is over at once; what is refreshed
	// afterwards lasts.
	expired := func() (cookie string) {
		set.tenant.slow(0, false)
		set.tenant.Configure(func(s *demo.Settings) { s.AccessTokenLifetime = time.Second })
		cookie = set.signIn(2, at)
		set.tenant.Configure(func(s *demo.Settings) { s.AccessTokenLifetime = time.Hour })
		set.tenant.arrived.Store(0)
		time.Sleep(time.Second)
		return cookie
	}
	t.Run("200 requests at once", func(t *testing.T) {
		cookie := expired()
		set.tenant.slow(300*time.Millisecond, false)
		set.askAllAtOnce(t, cookie, 50)
		if n := set.tenant.arrived.Load(); n != 1 {
			t.Errorf("%d token requests, want 1", n)
		}
	})
	t.Run("tenant slower than the lease", func(t *testing.T) {
		cookie := expired()
		set.tenant.slow(lockLeaseTime+3*time.Second, false)
		set.askAllAtOnce(t, cookie, 5)
		if n := set.tenant.arrived.Load(); n != 1 {
			t.Errorf("%d token requests, want 1", n)
		}
	})
	t.Run("process told to stop", func(t *testing.T) { testRefreshOutlivesStop(t, set, expired()) })
	t.Run("process killed", func(t *testing.T) { testRefreshAfterKill(t, set, expired()) })
	if n := set.tenant.Stats().RefreshReuses; n != 0 {
		t.Errorf("%d refresh tokens were used twice", n)
	}
	t.Run("process killed before it could write", func(t *testing.T) { testLostRefreshHeals(t, set, at, expired()) })
}

// askAllAtOnce sends so many requests to each replica and wants all answered.
func (s *replicaSet) askAllAtOnce(t *testing.T, cookie string, each int) {
	t.Helper()
	var wg sync.WaitGroup
	for _, base := range s.bases {
		for n := range each {
			path := []string{tokenPath, "/apps"}[n%2]
			wg.Go(func() {
				if a, err := s.do(http.MethodGet, base+path, cookie); err != nil || !a.served() {
					t.Errorf("%s: %v %v", path, a, err)
				}
			})
		}
	}
	wg.Wait()
}

// askAndLeave has replica i refresh for a browser that does not stay to see it.
func (s *replicaSet) askAndLeave(t *testing.T, i int, cookie string) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.bases[i]+tokenPath, nil)
	r.Header.Set("Cookie", cookie)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if resp, err := s.client.Do(r); err == nil {
			resp.Body.Close()
		}
	}()
	for deadline := time.Now().Add(patience); s.tenant.arrived.Load() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no token request came")
		}
	}
	leave()
	<-gone
}

// testRefreshOutlivesStop: a process that is told to stop while the tenant
// makes new tokens saves them first.
func testRefreshOutlivesStop(t *testing.T, set *replicaSet, cookie string) {
	set.tenant.slow(1500*time.Millisecond, false)
	set.askAndLeave(t, 3, cookie)
	set.processes[3].told.Store(true)
	if err := set.processes[3].cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-set.processes[3].ended
	if state := set.processes[3].cmd.ProcessState; !state.Success() {
		t.Errorf("it ended with %v:\n%s", state, set.processes[3].output)
	}
	set.tenant.slow(0, false)
	if a := set.mustDo(http.MethodGet, set.bases[2]+tokenPath, cookie); a.status != http.StatusOK {
		t.Errorf("afterwards: %v", a)
	}
	if n := set.tenant.arrived.Load(); n != 1 {
		t.Errorf("%d token requests, want 1: the tokens were not saved", n)
	}
}

// testRefreshAfterKill: a process that dies while it refreshes holds the others
// up for the lease and no longer.
func testRefreshAfterKill(t *testing.T, set *replicaSet, cookie string) {
	set.tenant.slow(20*time.Second, false)
	set.askAndLeave(t, 0, cookie)
	set.processes[0].kill()
	set.tenant.slow(0, false)
	var wg sync.WaitGroup
	for _, base := range set.bases[1:3] {
		wg.Go(func() {
			a, err := set.do(http.MethodGet, base+tokenPath, cookie)
			if err != nil || a.status != http.StatusOK {
				t.Errorf("%v %v", a, err)
			}
			if a.took > lockLeaseTime+time.Second {
				t.Errorf("held up for %v by a process that is dead", a.took)
			}
		})
	}
	wg.Wait()
	if n := set.tenant.answered.Load(); set.tenant.arrived.Load() != 2 || n == 0 {
		t.Errorf("%d token requests came, want the dead process's and one more", set.tenant.arrived.Load())
	}
}

// testLostRefreshHeals: what a process takes to its grave between the tenant's
// answer and its own write is lost. That is counted, and the person is signed
// in again without a word.
func testLostRefreshHeals(t *testing.T, set *replicaSet, at *demotest.Browser, cookie string) {
	set.tenant.hold.Store(int64(20 * time.Second))
	before := set.tenant.Stats()
	set.askAndLeave(t, 1, cookie)
	for deadline := time.Now().Add(patience); set.tenant.Stats().Refreshes == before.Refreshes; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the tenant made no tokens")
		}
	}
	set.processes[1].kill()
	set.tenant.hold.Store(0)
	a := set.mustDo(http.MethodGet, set.bases[2]+tokenPath, cookie)
	if a.status != http.StatusUnauthorized {
		t.Errorf("after the loss: %v", a)
	}
	metrics := set.mustDo(http.MethodGet, set.bases[2]+"/metrics", "").body
	if !strings.Contains(metrics, `vitrine_refreshes_total{outcome="lost"} 1`) {
		t.Error("the loss is not counted")
	}
	set.signIn(2, at)
	if n := set.tenant.Stats().SignIns; n != before.SignIns {
		t.Error("the person was asked for a password")
	}
}
