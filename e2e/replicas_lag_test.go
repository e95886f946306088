package e2e

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"vitrine/demo"
)

const (
	lagSessions = 24
	lagEnded    = 4 // of them by signing out
	lagWorking  = 8 // whose tokens are under way when the master dies
)

// TestFailoverToReplicaThatLagged: what the master had not sent to the replica
// that takes over is forgotten by Redis, and by nobody else. No refresh token
// that is spent comes back, and nobody who has signed out.
func TestFailoverToReplicaThatLagged(t *testing.T) {
	s := startSentinels(t)
	set := startReplicas(t, s.url, replicaTenantOptions{lifetime: time.Second})
	cookies := set.signInMany(set.tenant.NewBrowser(t), lagSessions)
	ended, working, idle := cookies[:lagEnded], cookies[lagEnded:lagEnded+lagWorking], cookies[lagEnded+lagWorking:]
	master := s.master()
	s.await("replicas that have all", func() bool {
		acknowledged, err := askRedis(master.Addr, "WAIT", "2", "1000")
		return err == nil && acknowledged == int64(2)
	})
	time.Sleep(time.Second) // until the tokens are dead

	// From here on the replicas hear nothing.
	for _, server := range s.servers {
		if server != master {
			mustAskRedis(t, server.Addr, "REPLICAOF", "127.0.0.1", "1")
		}
	}
	for i, cookie := range ended {
		set.signOut(t, i%replicaCount, cookie)
	}
	for i, cookie := range idle {
		if a := set.mustDo(http.MethodGet, set.bases[i%replicaCount]+tokenPath, cookie); a.status != http.StatusOK {
			t.Fatalf("refresh before the failover: %v", a)
		}
	}
	set.tenant.slow(2*time.Second, false)
	set.tenant.arrived.Store(0)
	set.tenant.Configure(func(s *demo.Settings) { s.AccessTokenLifetime = time.Hour })
	var wg sync.WaitGroup
	for i, cookie := range working {
		wg.Go(func() { _, _ = set.do(http.MethodGet, set.bases[1+i%2]+tokenPath, cookie) }) // 200 or 503
	}
	s.await("token requests under way", func() bool { return set.tenant.arrived.Load() == lagWorking })
	master.Kill()
	set.processes[0].kill() // what it refreshed, the others have heard
	s.awaitSwitch(master)

	askUntilServed := func(i int, cookie string) {
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			a, err := set.do(http.MethodGet, set.bases[1+i%(replicaCount-1)]+tokenPath, cookie)
			if err == nil && a.status == http.StatusOK {
				return
			}
			if err != nil || a.status != http.StatusServiceUnavailable || time.Now().After(deadline) {
				t.Errorf("session %d after the failover: %v %v", i, a, err)
				return
			}
		}
	}
	for i, cookie := range append(idle, working...) {
		wg.Go(func() { askUntilServed(i, cookie) })
	}
	wg.Wait()
	for i, cookie := range ended {
		a, err := set.do(http.MethodGet, set.bases[1+i%(replicaCount-1)]+"/api/session", cookie)
		if err != nil || a.status != http.StatusUnauthorized {
			t.Errorf("signed out before the failover, and after it: %v %v", a, err)
		}
	}
	stats := set.tenant.Stats()
	t.Logf("%d refreshes of %d sessions, %d refresh tokens used twice", stats.Refreshes, lagSessions-lagEnded, stats.RefreshReuses)
	if stats.RefreshReuses != 0 {
		t.Errorf("%d refresh tokens were used twice", stats.RefreshReuses)
	}
}
