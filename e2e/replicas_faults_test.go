package e2e

import (
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"vitrine/store/storetest"
)

const (
	faultSessions  = 300
	faultLifetime  = 2 * time.Second
	faultDelay     = 5 * time.Second       // the most a token request takes
	faultWay       = 50 * time.Millisecond // that an answer is on its way
	faultShortTime = 10 * time.Second
	faultLongTime  = 70 * time.Second
)

// faultTime is how long clients ask; VITRINE_LONG=1 makes it over a minute.
func faultTime() time.Duration {
	if os.Getenv("VITRINE_LONG") == "1" {
		return faultLongTime
	}
	return faultShortTime
}

// TestReplicasUnderFaults: while clients work, with tokens that are hardly good
// for anything, a replica dies and Redis goes away and comes back. Nobody may
// notice more than a 503.
func TestReplicasUnderFaults(t *testing.T) {
	t.Run("redis restarts", func(t *testing.T) {
		redis := storetest.Redis(t)
		runFaults(t, redis.URL, func(l *replicaLoad) {
			for _, outage := range redisOutages(redis) {
				back := l.whileAway()
				outage.begin()
				time.Sleep(outage.lasts)
				back()
				outage.end()
				time.Sleep(faultTime() / 10)
			}
		})
	})
	t.Run("sentinel fails over", func(t *testing.T) {
		s := startSentinels(t)
		runFaults(t, s.url, func(l *replicaLoad) {
			rounds := 1
			if faultTime() == faultLongTime {
				rounds = 3
			}
			for range rounds {
				old := s.master()
				back := l.whileAway()
				old.Kill()
				s.awaitSwitch(old)
				back()
				time.Sleep(faultTime() / 8)
				old.Restart() // and becomes a replica of the new one
				time.Sleep(faultTime() / 8)
			}
		})
	})
	t.Run("masters of a cluster restart", func(t *testing.T) {
		// The other masters go on serving: a cluster that wants all of its slots
		// covered would go down for every session, some seconds later.
		cluster := storetest.Cluster(t, 0, "--cluster-require-full-coverage", "no")
		runFaults(t, cluster.URL, func(l *replicaLoad) {
			l.mu.Lock()
			l.partly = true
			l.mu.Unlock()
			for i, master := range cluster.Servers {
				for _, outage := range redisOutages(master)[:min(i+1, len(redisOutages(master)))] {
					back := l.whileAway()
					outage.begin()
					time.Sleep(outage.lasts)
					back()
					outage.end()
					time.Sleep(faultTime() / 10)
				}
				if faultTime() == faultShortTime {
					return
				}
			}
		})
	})
}

// outage is one way for Redis to be away.
type outage struct {
	begin, end func()
	lasts      time.Duration
}

// redisOutages are the ways in the order they happen. The long form has one
// that outlasts the lease of a lock.
func redisOutages(redis *storetest.RedisServer) []outage {
	crash := outage{redis.Kill, redis.Restart, 2 * time.Second}
	if faultTime() == faultShortTime {
		return []outage{crash}
	}
	return []outage{
		crash,
		{redis.Stop, redis.Restart, 500 * time.Millisecond},
		{redis.Kill, redis.Restart, 9 * time.Second},
		{redis.Pause, redis.Resume, 3 * time.Second},
	}
}

// runFaults kills a replica, then does what harm does, all under load.
func runFaults(t *testing.T, redisURL string, harm func(*replicaLoad)) {
	set := startReplicas(t, redisURL, replicaTenantOptions{lifetime: faultLifetime})
	at := set.tenant.NewBrowser(t)
	cookies := set.signInMany(at, faultSessions)
	set.tenant.slow(faultDelay, true)
	set.tenant.hold.Store(int64(faultWay))
	begun := time.Now()
	load := startLoad(set, cookies, 1200*time.Millisecond)
	var f replicaFigures

	for _, victim := range faultVictims() {
		load.killAtRandom(victim, &f)
	}
	harm(load)
	if left := faultTime() - time.Since(begun); left > 0 {
		time.Sleep(left)
	}
	set.tenant.slow(0, false)
	set.tenant.hold.Store(0)
	load.finish()
	f.resumed = load.awaitResume(cookies, 30*time.Second)
	f.lostTakeovers += set.metric(lostMetric, set.bases...)
	f.healed = set.signInSilently(t, at, len(load.signedOut))
	load.report(t, f)
}

// faultVictims are the replicas that are killed, one after the other.
func faultVictims() []int {
	if faultTime() == faultLongTime {
		return []int{1, 2, 3}
	}
	return []int{1}
}

// killAtRandom kills a replica in the middle of its work, whatever that is, and
// starts it again.
func (l *replicaLoad) killAtRandom(victim int, f *replicaFigures) {
	pause := min(faultTime()/7, 4*time.Second)
	time.Sleep(pause/2 + rand.N(pause/2))
	f.lostTakeovers += l.set.metric(lostMetric, l.set.bases[victim]) // it takes its figures along
	kill := awayTime{from: time.Now()}
	l.set.processes[victim].kill()
	kill.to = time.Now()
	f.kills = append(f.kills, kill)
	l.down[victim].Store(true) // as a load balancer would after a moment
	time.Sleep(pause)
	l.set.start(victim)
	l.set.awaitReady(victim)
	l.down[victim].Store(false)
}

// lostMetric counts refreshes whose result a process took to its grave.
const lostMetric = `vitrine_refreshes_total{outcome="lost"}`

// metric adds up a counter over replicas.
func (s *replicaSet) metric(name string, bases ...string) (sum int) {
	s.t.Helper()
	line := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\d+)$`)
	for _, base := range bases {
		resp, err := http.Get(base + "/metrics")
		if err != nil {
			s.t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if found := line.FindSubmatch(body); found != nil {
			n, _ := strconv.Atoi(string(found[1]))
			sum += n
		}
	}
	return sum
}
