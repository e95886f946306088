package demo

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// closeAuthentication is the close code after which clients ask people to sign
// in, and do not reconnect.
const closeAuthentication = 4006

// openSocket is one engine socket and the token it was opened with.
type openSocket struct {
	id              string // names it to the engine
	personID, appID string
	token           *token // access token; nil for a cookie session
	session         string // ID of the cookie session; "" for a token
	closing         bool
}

// socketTable knows which token every open socket hangs on, and who opened
// which app when.
type socketTable struct {
	mu   sync.Mutex
	open map[*openSocket]struct{}
	used map[string]map[string]time.Time // person ID → app ID
}

func newSocketTable() *socketTable {
	return &socketTable{open: make(map[*openSocket]struct{}), used: make(map[string]map[string]time.Time)}
}

func (s *socketTable) add(o *openSocket, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[o] = struct{}{}
	if s.used[o.personID] == nil {
		s.used[o.personID] = make(map[string]time.Time)
	}
	s.used[o.personID][o.appID] = now
}

func (s *socketTable) remove(o *openSocket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, o)
}

// retry leaves a socket to the next look.
func (s *socketTable) retry(o *openSocket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o.closing = false
}

func (s *socketTable) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

func (s *socketTable) lastUse(personID string) map[string]time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := make(map[string]time.Time, len(s.used[personID]))
	for id, at := range s.used[personID] {
		used[id] = at
	}
	return used
}

// engineSocket answers /app/{id}[/identity/{x}][/ttl/{seconds}]. A refused
// upgrade is an HTTP answer; from there on the engine speaks.
func (t *Tenant) engineSocket(w http.ResponseWriter, r *http.Request) {
	appID, identity, ttl, ok := parseAppPath(r.URL.EscapedPath())
	if !ok {
		fail(w, errNotFound)
		return
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		fail(w, badRequest("a WebSocket upgrade is expected"))
		return
	}
	// Even an unauthenticated upgrade from a foreign page is told so.
	if foreignOrigin(r, t.url) && !t.knownOrigin(r.Header.Get("Origin")) {
		fail(w, errOrigin)
		return
	}
	who, no := t.authenticate(r, purposeWebSocket)
	if no != nil {
		fail(w, *no)
		return
	}
	open := &openSocket{id: randomHex(8), personID: who.ID, appID: appID, token: who.token}
	if who.cookie != nil {
		open.session = who.cookie.id
	}
	if open.token != nil && open.token.parent != nil {
		open.token = open.token.parent // the temporary token only had to open the door
	}
	t.sockets.add(open, t.now())
	defer t.sockets.remove(open)
	t.stats.add(func(s *Stats) { s.Sockets++ })
	t.engine.serve(w, r, who.person, open.id, appID, identity, ttl)
}

// parseAppPath works on the escaped path: an identity may contain slashes.
func parseAppPath(path string) (appID, identity string, ttl time.Duration, ok bool) {
	parts := strings.Split(strings.TrimPrefix(path, "/app/"), "/")
	appID, err := url.PathUnescape(parts[0])
	if err != nil || appID == "" || len(parts)%2 == 0 {
		return "", "", 0, false
	}
	for i := 1; i < len(parts); i += 2 {
		value, err := url.PathUnescape(parts[i+1])
		if err != nil {
			return "", "", 0, false
		}
		switch parts[i] {
		case "identity":
			identity = value
		case "ttl":
			seconds, err := strconv.Atoi(value)
			if err != nil || seconds < 0 || seconds > 24*60*60 {
				return "", "", 0, false
			}
			ttl = time.Duration(seconds) * time.Second
		default:
			return "", "", 0, false
		}
	}
	return appID, identity, ttl, true
}

// watchSockets looks for sockets whose token or session has expired.
func (t *Tenant) watchSockets() {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-t.stop:
			return
		case <-tick.C:
			t.closeDeadSockets()
		}
	}
}

// closeDeadSockets closes the sockets whose access token expired or was
// revoked, or whose cookie session ended, with 4006. Those of the same person
// on a living one stay.
func (t *Tenant) closeDeadSockets() {
	if t.config().KeepDeadSockets {
		return
	}
	now := t.now()
	var dead []*openSocket
	t.sockets.mu.Lock()
	for o := range t.sockets.open {
		if !o.closing && !t.isLive(o, now) {
			o.closing = true
			dead = append(dead, o)
		}
	}
	t.sockets.mu.Unlock()
	for _, o := range dead {
		if !t.engine.closeConnection(o.id, closeAuthentication, "authentication failed") {
			t.sockets.retry(o) // let in, but not yet known to the engine
		}
	}
}

func (t *Tenant) isLive(o *openSocket, now time.Time) bool {
	if o.token != nil {
		return t.grants.isLive(o.token, now)
	}
	return t.sessionLives(o.session, now)
}

// CloseSockets closes the engine sockets of a person (by ID or e-mail, "" for
// everybody) on an app ("" for all) with a close code, and returns how many.
func (t *Tenant) CloseSockets(person, appID string, code int, reason string) int {
	if p := t.personByEmail(person); p != nil {
		person = p.ID
	}
	return t.engine.closeSockets(func(viewer, app string) bool {
		return (person == "" || person == viewer) && (appID == "" || appID == app)
	}, code, reason)
}
