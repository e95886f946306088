package e2e

import (
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"vitrine/demo/demotest"
)

// ledger is the tenant's own record of refresh tokens. A token that comes twice
// was spent for new ones that nobody saved.
type ledger struct {
	mu    sync.Mutex
	spent map[string]spending
	twice []respent
}

// spending is when the tenant gave new tokens for one, and the how manyth it was.
type spending struct {
	at     time.Time
	number int
}

// respent is a token that came again.
type respent struct {
	spending
	again time.Time
}

// note enters a token request with this body, and whether new tokens came of it.
func (l *ledger) note(body string, answered bool) {
	form, err := url.ParseQuery(body)
	token := form.Get("refresh_token")
	if err != nil || token == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spent == nil {
		l.spent = map[string]spending{}
	}
	if first, found := l.spent[token]; found {
		l.twice = append(l.twice, respent{first, time.Now()})
	} else if answered {
		l.spent[token] = spending{time.Now(), len(l.spent)}
	}
}

// An answer may be lost that came so long before a kill, because it was on its
// way to the replica or from there to Redis; or so long after it, because the
// tenant had not noticed yet who was gone.
const (
	holeBefore = time.Second
	holeAfter  = 250 * time.Millisecond
)

// caught counts the tokens that came again because they were spent when a
// replica was killed, which nobody can help, and returns all others.
func (l *ledger) caught(kills []awayTime) (caught int, others []respent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	counted := map[int]bool{}
	for _, r := range l.twice {
		if !slices.ContainsFunc(kills, func(kill awayTime) bool {
			return r.at.After(kill.from.Add(-holeBefore)) && r.at.Before(kill.to.Add(holeAfter))
		}) {
			others = append(others, r)
		} else if !counted[r.number] {
			counted[r.number] = true
			caught++
		}
	}
	return caught, others
}

// signInSilently signs so many people in again whose session was caught, with
// the browser they had, and wants the tenant to ask them nothing.
func (s *replicaSet) signInSilently(t *testing.T, at *demotest.Browser, people int) (done int) {
	t.Helper()
	before := s.tenant.Stats().SignIns
	for i := range people {
		s.signIn(i%replicaCount, at)
		done++
	}
	if asked := s.tenant.Stats().SignIns - before; asked > 0 {
		t.Errorf("%d people were asked for a password", asked)
	}
	return done
}
