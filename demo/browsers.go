package demo

import (
	"net/http"
	"sync"
	"time"
)

// Limits of the tenant's own browser session, as a tenant has them by default.
const (
	sessionIdle     = 30 * time.Minute
	sessionLifespan = 24 * time.Hour
	pendingLifetime = 10 * time.Minute
)

// browserSession is a person signed in to the tenant itself. It lives apart
// from every token: signing out of one leaves the other.
type browserSession struct {
	id        string
	person    *person
	authTime  time.Time // of the last interactive sign-in
	lastSeen  time.Time
	csrfToken string
}

// pending is a sign-in somebody is in the middle of, between the pages.
type pending struct {
	request  *authorizationRequest // nil: a plain /login
	returnTo string                // only for a plain /login
	hint     string
	expires  time.Time
}

// browserTable keeps the browser sessions, the sign-ins under way, and which
// scopes each person has approved.
type browserTable struct {
	mu       sync.Mutex
	sessions map[string]*browserSession
	pending  map[string]*pending
	approved map[string]map[string]bool // person and client → scopes
}

func newBrowserTable() *browserTable {
	return &browserTable{
		sessions: make(map[string]*browserSession), pending: make(map[string]*pending),
		approved: make(map[string]map[string]bool),
	}
}

// browserSession returns a copy of the session behind the request's cookie.
func (t *Tenant) browserSession(r *http.Request) (s browserSession, found bool) {
	id := t.sessionID(r)
	if id == "" {
		return browserSession{}, false
	}
	if !t.sessionLives(id, t.now()) {
		return browserSession{}, false
	}
	t.browsers.mu.Lock()
	defer t.browsers.mu.Unlock()
	live := t.browsers.sessions[id]
	if live == nil {
		return browserSession{}, false // it ended this moment
	}
	return *live, true
}

// sessionLives says whether the session goes on, and counts as its use: an open
// engine socket keeps a session from becoming idle.
func (t *Tenant) sessionLives(id string, now time.Time) bool {
	limits := t.authSettings.get()
	t.browsers.mu.Lock()
	defer t.browsers.mu.Unlock()
	live := t.browsers.sessions[id]
	if live == nil {
		return false
	}
	if now.Sub(live.lastSeen) > minutes(limits.Idle) || now.Sub(live.authTime) > minutes(limits.Lifespan) {
		delete(t.browsers.sessions, id)
		return false
	}
	live.lastSeen = now
	return true
}

// EndSessions ends the tenant's own browser sessions of a person (by ID or
// e-mail, "" for everybody), as when they expire, and returns how many.
func (t *Tenant) EndSessions(person string) (ended int) {
	if p := t.personByEmail(person); p != nil {
		person = p.ID
	}
	t.browsers.mu.Lock()
	for id, s := range t.browsers.sessions {
		if person == "" || person == s.person.ID {
			delete(t.browsers.sessions, id)
			ended++
		}
	}
	t.browsers.mu.Unlock()
	t.closeDeadSockets()
	return ended
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// startBrowserSession signs a person in, always under a new ID.
func (t *Tenant) startBrowserSession(w http.ResponseWriter, r *http.Request, p *person) browserSession {
	now := t.now()
	id := randomHex(32)
	s := &browserSession{id: id, person: p, authTime: now, lastSeen: now, csrfToken: randomHex(16)}
	t.browsers.mu.Lock()
	delete(t.browsers.sessions, t.sessionID(r))
	t.browsers.sessions[id] = s
	t.browsers.mu.Unlock()
	t.audit("com.qlik.user-session.begin", p, nil)
	t.setCookies(w, id, 0)
	return *s
}

func (t *Tenant) endBrowserSession(w http.ResponseWriter, r *http.Request) {
	id := t.sessionID(r)
	t.browsers.mu.Lock()
	ended := t.browsers.sessions[id]
	delete(t.browsers.sessions, id)
	t.browsers.mu.Unlock()
	if ended != nil {
		t.audit("com.qlik.user-session.end", ended.person, nil)
		t.closeDeadSockets()
	}
	t.setCookies(w, "", -1)
}

// addPending remembers a sign-in under way and returns its ID, which goes
// through the pages as "transaction".
func (t *Tenant) addPending(p *pending) string {
	id := randomHex(16)
	now := t.now()
	p.expires = now.Add(pendingLifetime)
	t.browsers.mu.Lock()
	defer t.browsers.mu.Unlock()
	for other, q := range t.browsers.pending {
		if now.After(q.expires) {
			delete(t.browsers.pending, other)
		}
	}
	t.browsers.pending[id] = p
	return id
}

func (t *Tenant) findPending(id string) (p *pending, found bool) {
	t.browsers.mu.Lock()
	defer t.browsers.mu.Unlock()
	p = t.browsers.pending[id]
	return p, p != nil && !t.now().After(p.expires)
}

func (t *Tenant) dropPending(id string) {
	t.browsers.mu.Lock()
	defer t.browsers.mu.Unlock()
	delete(t.browsers.pending, id)
}

// approve remembers that the person agreed to these scopes for this client.
func (t *Tenant) approve(p *person, clientID string, scopes []string) {
	t.browsers.mu.Lock()
	defer t.browsers.mu.Unlock()
	key := p.ID + " " + clientID
	if t.browsers.approved[key] == nil {
		t.browsers.approved[key] = make(map[string]bool)
	}
	for _, scope := range scopes {
		t.browsers.approved[key][scope] = true
	}
}

func (t *Tenant) hasApproved(p *person, clientID string, scopes []string) bool {
	t.browsers.mu.Lock()
	defer t.browsers.mu.Unlock()
	for _, scope := range scopes {
		if !t.browsers.approved[p.ID+" "+clientID][scope] {
			return false
		}
	}
	return true
}
