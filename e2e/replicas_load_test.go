package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"
)

// replicaLoad has every session's client ask random replicas at a bounded rate,
// and writes down how each answer was.
type replicaLoad struct {
	set   *replicaSet
	pace  time.Duration // between two requests of a client
	begun time.Time
	stop  chan struct{}
	wg    sync.WaitGroup
	down  [replicaCount]atomic.Bool // replicas a load balancer would leave out

	mu        sync.Mutex
	away      []awayTime
	partly    bool // Redis is away for some sessions only: the others may wait for the tenant
	kinds     map[string]*answerKind
	signedOut map[int]string // by the number of the session: what said so
	faults    []string       // answers that must never be
	longAway  time.Duration  // longest that a request waited while Redis was away
}

// awayTime is a time during which Redis surely did not answer, or a replica died.
type awayTime struct{ from, to time.Time }

// share is how much of the time from start to end falls into w, which may not
// be over yet.
func (w awayTime) share(start, end time.Time) time.Duration {
	if start.Before(w.from) {
		start = w.from
	}
	if !w.to.IsZero() && end.After(w.to) {
		end = w.to
	}
	return end.Sub(start)
}

// answerKind is a row of the table.
type answerKind struct {
	count   int
	longest time.Duration
}

// startLoad begins with all clients at once.
func startLoad(set *replicaSet, cookies []string, pace time.Duration) *replicaLoad {
	l := &replicaLoad{set: set, pace: pace, begun: time.Now(), stop: make(chan struct{}), kinds: map[string]*answerKind{}, signedOut: map[int]string{}}
	for i, cookie := range cookies {
		l.wg.Go(func() { l.client(i, cookie) })
	}
	return l
}

// finish stops the clients and waits for their last answers.
func (l *replicaLoad) finish() {
	close(l.stop)
	l.wg.Wait()
}

func (l *replicaLoad) client(number int, cookie string) {
	paths := []string{"/qlik/api/v1/users/me", "/api/session"}
	for n := 0; ; n++ {
		select {
		case <-l.stop:
			return
		case <-time.After(l.pace/2 + rand.N(l.pace)):
		}
		replica := rand.IntN(replicaCount)
		for l.down[replica].Load() {
			replica = (replica + 1) % replicaCount
		}
		start := time.Now()
		answer, err := l.set.do(http.MethodGet, l.set.bases[replica]+paths[n%2], cookie)
		if !l.record(number, paths[n%2], start, answer, err) {
			return
		}
	}
}

// record judges one answer. It returns false when the session is over.
func (l *replicaLoad) record(number int, path string, start time.Time, a replicaAnswer, err error) bool {
	end := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	name := "connection lost (killed replica)"
	if err == nil {
		name = fmt.Sprintf("%d %s", a.status, path)
	}
	kind := l.kinds[name]
	if kind == nil {
		kind = &answerKind{}
		l.kinds[name] = kind
	}
	kind.count++
	kind.longest = max(kind.longest, a.took)
	if err != nil {
		return true // whether a replica was killed then, the schedule knows
	}
	for _, w := range l.away {
		if !l.partly || a.status == http.StatusServiceUnavailable {
			l.longAway = max(l.longAway, w.share(start, end))
		}
	}
	if fault := faultOf(a); fault != "" {
		l.faults = append(l.faults, path+": "+fault)
	}
	if a.status == http.StatusUnauthorized || a.clearsSession() {
		l.signedOut[number] = path + ": " + a.String()
		return false
	}
	return true
}

// faultOf names what no answer may be, whatever goes wrong behind it.
func faultOf(a replicaAnswer) string {
	switch {
	case a.served() || a.status == http.StatusUnauthorized:
		return "" // sign-outs are counted elsewhere
	case a.status != http.StatusServiceUnavailable:
		return "answered " + a.String()
	case a.header.Get("Retry-After") == "":
		return "503 without Retry-After"
	case len(a.cookies) > 0:
		return "503 that touches cookies"
	}
	return ""
}

// whileAway marks the time from now until the returned function is called as
// one in which Redis does not answer.
func (l *replicaLoad) whileAway() (back func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = append(l.away, awayTime{from: time.Now()})
	i := len(l.away) - 1
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.away[i].to = time.Now()
	}
}

// awaitResume waits until every session is served again by every replica, and
// returns how long that took.
func (l *replicaLoad) awaitResume(cookies []string, within time.Duration) time.Duration {
	l.set.t.Helper()
	start := time.Now()
	for replica := range replicaCount {
		for i := replica; i < len(cookies); i += replicaCount {
			l.mu.Lock()
			_, lost := l.signedOut[i]
			l.mu.Unlock()
			if lost {
				continue
			}
			for {
				answer, err := l.set.do(http.MethodGet, l.set.bases[replica]+tokenPath, cookies[i])
				if err == nil && answer.status == http.StatusOK {
					break
				}
				if err == nil && answer.status == http.StatusUnauthorized {
					l.signedOut[i] = "afterwards: " + answer.String()
					break
				}
				if time.Since(start) > within {
					l.set.t.Fatalf("replica %d does not serve session %d again: %v %v", replica, i, answer, err)
				}
				time.Sleep(20 * time.Millisecond)
			}
		}
	}
	return time.Since(start)
}

// replicaFigures are what a run is judged by.
type replicaFigures struct {
	kills         []awayTime
	lostTakeovers int // as the replicas count them
	healed        int // people who signed in again without a word
	resumed       time.Duration
}

// report prints the table and judges it.
func (l *replicaLoad) report(t *testing.T, f replicaFigures) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	stats := l.set.tenant.Stats()
	caught, others := l.set.tenant.ledger.caught(f.kills)
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "answer\tcount\tlongest\n")
	total := 0
	for _, name := range sortedKeys(l.kinds) {
		total += l.kinds[name].count
		fmt.Fprintf(w, "%s\t%d\t%v\n", name, l.kinds[name].count, l.kinds[name].longest.Round(time.Millisecond))
	}
	fmt.Fprintf(w, "all\t%d\t\n", total)
	fmt.Fprintf(w, "while Redis was away, waited at most\t\t%v\n", l.longAway.Round(time.Millisecond))
	fmt.Fprintf(w, "refreshes at the tenant\t%d\t\n", stats.Refreshes)
	fmt.Fprintf(w, "replicas killed\t%d\t\n", len(f.kills))
	fmt.Fprintf(w, "refresh tokens used twice\t%d\t\n", len(others))
	fmt.Fprintf(w, "caught between the tenant's answer and our write\t%d\t(the tenant's record)\n", caught)
	fmt.Fprintf(w, "  counted by the metric\t%d\t\n", f.lostTakeovers)
	fmt.Fprintf(w, "  signed in again without a word\t%d\t\n", f.healed)
	fmt.Fprintf(w, "sessions lost otherwise\t%d\t\n", len(l.signedOut)-caught)
	fmt.Fprintf(w, "all served again after\t\t%v\n", f.resumed.Round(time.Millisecond))
	_ = w.Flush()
	t.Logf("figures\n%s", table.String())

	since := func(at time.Time) time.Duration { return at.Sub(l.begun).Round(time.Millisecond) }
	for _, r := range others {
		t.Errorf("refresh token %d was spent after %v, and again after %v", r.number, since(r.at), since(r.again))
	}
	for _, kill := range f.kills {
		t.Logf("a replica was killed after %v", since(kill.from))
	}
	for _, w := range l.away {
		t.Logf("Redis was away from %v to %v", since(w.from), since(w.to))
	}
	if f.lostTakeovers != caught {
		t.Errorf("%d sessions were caught by a kill, and the metric says %d", caught, f.lostTakeovers)
	}
	if len(l.signedOut) != caught {
		t.Errorf("%d sessions were caught by a kill, and %d ended: %v", caught, len(l.signedOut), l.signedOut)
	}
	for i, fault := range l.faults {
		if i < 5 {
			t.Error(fault)
		}
	}
	if len(l.faults) > 5 {
		t.Errorf("and %d more like these", len(l.faults)-5)
	}
	if l.longAway > 2*time.Second {
		t.Errorf("an answer took %v while Redis was away", l.longAway)
	}
	if stats.Refreshes < 300 || l.kinds["200 /api/session"] == nil {
		t.Error("nothing much happened; the figures prove nothing")
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
