package demo

import (
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Stats counts what the tenant was asked, so that tests can tell one refresh
// from two.
type Stats struct {
	Authorizations int            `json:"authorizations"` // requests to /oauth/authorize
	SignIns        int            `json:"signIns"`        // passwords accepted
	JWTSessions    int            `json:"jwtSessions"`    // cookie sessions begun with a JWT
	TokenRequests  map[string]int `json:"tokenRequests"`  // by grant_type, failed ones too
	Refreshes      int            `json:"refreshes"`      // successful ones
	RefreshReuses  int            `json:"refreshReuses"`  // spent refresh tokens that came again
	CodeReuses     int            `json:"codeReuses"`
	Revocations    int            `json:"revocations"`
	UsersMe        int            `json:"usersMe"`
	RESTCalls      int            `json:"restCalls"`
	RateLimited    int            `json:"rateLimited"`
	Sockets        int            `json:"sockets"`     // engine sockets opened since the start
	OpenSockets    int            `json:"openSockets"` // engine sockets open now
	Faults         int            `json:"faults"`      // injected faults that struck
}

type counters struct {
	mu    sync.Mutex
	stats Stats
}

// add changes the counters under their lock.
func (c *counters) add(change func(*Stats)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stats.TokenRequests == nil {
		c.stats.TokenRequests = make(map[string]int)
	}
	change(&c.stats)
}

// Stats returns the counters as they are now.
func (t *Tenant) Stats() Stats {
	open := t.sockets.count() // before the lock: nothing is locked inside the counters
	t.stats.mu.Lock()
	defer t.stats.mu.Unlock()
	s := t.stats.stats
	s.TokenRequests = maps.Clone(s.TokenRequests)
	s.OpenSockets = open
	return s
}

// wireTime is the tenant's form of an instant: UTC with milliseconds.
func wireTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// traced gives every answer a trace ID, which error bodies repeat.
func traced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(traceHeader, randomHex(16))
		next.ServeHTTP(w, r)
	})
}
