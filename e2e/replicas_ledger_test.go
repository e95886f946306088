package e2e

import (
	"net/url"
	"sync"
	"testing"
	"time"

	"vitrine/demo/demotest"
)

// ledger is the tenant's own record of refresh tokens. A token that comes twice
// was spent for new ones that nobody saved.
type ledger struct {
	mu    sync.Mutex
	spent map[string]time.Time // when the tenant gave new tokens for it
	twice []time.Time          // when those that came twice were spent
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
		l.spent = map[string]time.Time{}
	}
	if at, found := l.spent[token]; found {
		l.twice = append(l.twice, at)
	} else if answered {
		l.spent[token] = time.Now()
	}
}

// hole is how long before a kill an answer may have come that was not saved: it
// was on its way to the replica, or from there to Redis.
const hole = time.Second

// caught splits the tokens that came twice into those that were spent just
// before a replica was killed, which nobody can help, and all others.
func (l *ledger) caught(kills []time.Time) (caught, others int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, at := range l.twice {
		in := false
		for _, kill := range kills {
			in = in || at.After(kill.Add(-hole)) && at.Before(kill.Add(hole/10))
		}
		if in {
			caught++
		} else {
			others++
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
