package oauth

import (
	"maps"
	"net/http"
	"sync"
	"time"

	"vitrine/demo/state"
)

const transactionLifetime = 10 * time.Minute

// Session is a user signed in to the tenant itself, by a cookie. It lives apart
// from every token: signing out of one leaves the other.
type Session struct {
	id        string
	User      *state.User
	authTime  time.Time // of the last interactive sign-in
	lastSeen  time.Time
	csrfToken string
	saved     time.Time // last in the storage
}

// Transaction is a sign-in in progress, between the pages.
type Transaction struct {
	Request  *AuthorizationRequest // nil: a plain /login
	ReturnTo string                // only for a plain /login
	Hint     string
	expires  time.Time
}

// Sessions keeps the cookie sessions, the transactions, and the scopes that
// each user has approved.
type Sessions struct {
	*state.State

	mu           sync.Mutex
	sessions     map[string]*Session
	transactions map[string]*Transaction
	approved     map[string]map[string]bool // user and client → scopes
}

func newSessions(st *state.State) *Sessions {
	return &Sessions{
		State: st, sessions: make(map[string]*Session), transactions: make(map[string]*Transaction),
		approved: make(map[string]map[string]bool),
	}
}

// Session returns a copy of the session of the request's cookie.
func (sessions *Sessions) Session(r *http.Request) (s Session, found bool) {
	id := sessions.sessionID(r)
	if id == "" || !sessions.touch(id, sessions.Now()) {
		return Session{}, false
	}
	sessions.mu.Lock()
	defer sessions.mu.Unlock()
	live := sessions.sessions[id]
	if live == nil {
		return Session{}, false // it ended in between
	}
	return *live, true
}

// touch reports whether the session lives, and counts as its use: an open
// engine socket keeps a session from becoming idle.
func (sessions *Sessions) touch(id string, now time.Time) bool {
	limits := sessions.AuthSettings.Get()
	sessions.mu.Lock()
	defer sessions.mu.Unlock()
	live := sessions.sessions[id]
	if live == nil {
		return false
	}
	if now.Sub(live.lastSeen) > minutes(limits.Idle) || now.Sub(live.authTime) > minutes(limits.Lifespan) {
		sessions.forget(id)
		return false
	}
	live.lastSeen = now
	if now.Sub(live.saved) > time.Minute { // so that it does not become idle by a restart
		sessions.keep(live)
	}
	return true
}

// EndAll ends the cookie sessions of a user by ID, "" for all, as when they
// expire, and returns how many.
func (sessions *Sessions) EndAll(userID string) (ended int) {
	sessions.mu.Lock()
	for id, s := range sessions.sessions {
		if userID == "" || userID == s.User.ID {
			sessions.forget(id)
			ended++
		}
	}
	sessions.mu.Unlock()
	sessions.Ended()
	return ended
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// Start signs a user in, always under a new ID.
func (sessions *Sessions) Start(w http.ResponseWriter, r *http.Request, user *state.User) Session {
	now := sessions.Now()
	s := &Session{id: state.RandomHex(32), User: user, authTime: now, lastSeen: now, csrfToken: state.RandomHex(16)}
	sessions.mu.Lock()
	sessions.forget(sessions.sessionID(r))
	sessions.sessions[s.id] = s
	sessions.keep(s)
	sessions.mu.Unlock()
	sessions.Audit("com.qlik.user-session.begin", user, nil)
	sessions.setCookies(w, s.id, 0)
	return *s
}

// End signs the user of the request's cookie out.
func (sessions *Sessions) End(w http.ResponseWriter, r *http.Request) {
	id := sessions.sessionID(r)
	sessions.mu.Lock()
	ended := sessions.sessions[id]
	sessions.forget(id)
	sessions.mu.Unlock()
	if ended != nil {
		sessions.Audit("com.qlik.user-session.end", ended.User, nil)
		sessions.Ended()
	}
	sessions.setCookies(w, "", -1)
}

// Begin stores a transaction and returns its ID.
func (sessions *Sessions) Begin(p *Transaction) string {
	id := state.RandomHex(16)
	now := sessions.Now()
	p.expires = now.Add(transactionLifetime)
	sessions.mu.Lock()
	defer sessions.mu.Unlock()
	maps.DeleteFunc(sessions.transactions, func(_ string, p *Transaction) bool { return now.After(p.expires) })
	sessions.transactions[id] = p
	return id
}

// Transaction returns the transaction of that ID unless it has expired.
func (sessions *Sessions) Transaction(id string) (p *Transaction, found bool) {
	sessions.mu.Lock()
	defer sessions.mu.Unlock()
	p = sessions.transactions[id]
	return p, p != nil && !sessions.Now().After(p.expires)
}

// Finish forgets a transaction.
func (sessions *Sessions) Finish(id string) {
	sessions.mu.Lock()
	defer sessions.mu.Unlock()
	delete(sessions.transactions, id)
}

// Approve stores that the user agreed to these scopes for this client.
func (sessions *Sessions) Approve(user *state.User, clientID string, scopes []string) {
	sessions.mu.Lock()
	defer sessions.mu.Unlock()
	key := user.ID + " " + clientID
	if sessions.approved[key] == nil {
		sessions.approved[key] = make(map[string]bool)
	}
	for _, scope := range scopes {
		sessions.approved[key][scope] = true
	}
}

func (sessions *Sessions) hasApproved(user *state.User, clientID string, scopes []string) bool {
	sessions.mu.Lock()
	defer sessions.mu.Unlock()
	approved := sessions.approved[user.ID+" "+clientID]
	return state.Every(scopes, func(scope string) bool { return approved[scope] })
}
