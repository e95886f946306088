package state

import (
	"maps"
	"sync"
)

// Stats counts the tenant's requests, so that tests can tell one refresh from
// two.
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
	Faults         int            `json:"faults"`      // requests that met an injected fault
}

type counters struct {
	mu    sync.Mutex
	stats Stats
}

// Count changes the counters under their lock.
func (st *State) Count(change func(*Stats)) {
	c := &st.counters
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stats.TokenRequests == nil {
		c.stats.TokenRequests = make(map[string]int)
	}
	change(&c.stats)
}

// Stats returns the counters, without OpenSockets.
func (st *State) Stats() Stats {
	st.counters.mu.Lock()
	defer st.counters.mu.Unlock()
	s := st.counters.stats
	s.TokenRequests = maps.Clone(s.TokenRequests)
	return s
}
