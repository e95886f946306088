package demo

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"vitrine/demo/engine"
	"vitrine/demo/oauth"
	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// closeAuthentication is the close code after which clients ask people to sign
// in, and do not reconnect.
const closeAuthentication = 4006

// openSocket is one engine socket of a caller.
type openSocket struct {
	id      string // its connection at the engine
	live    func() bool
	closing bool
}

// socketTable lets sockets in to the engine, and closes those whose token or
// cookie session has ended.
type socketTable struct {
	guard  *oauth.Guard
	engine *engine.Engine
	stop   chan struct{}
	once   sync.Once

	mu   sync.Mutex
	open map[*openSocket]struct{}
}

func newSocketTable(guard *oauth.Guard) *socketTable {
	apps := make([]engine.App, 0, len(guard.Content.Apps))
	for _, a := range guard.Content.Apps {
		theme := "horizon"
		if a.Space == nil {
			theme = "" // not chosen in personal apps
		}
		apps = append(apps, engine.App{
			ID: a.ID, Name: a.Name, Description: a.Description, OwnerID: a.Owner.ID, SpaceID: a.SpaceID(),
			Theme: theme, Template: a.Template, LastReload: a.Reloaded, Modified: a.Modified, Published: a.Published,
		})
	}
	return &socketTable{
		guard: guard, engine: engine.New(engine.Options{Apps: apps, Now: guard.Now, Logger: guard.Log}),
		stop: make(chan struct{}), open: make(map[*openSocket]struct{}),
	}
}

func (t *socketTable) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.open)
}

// serve answers /app/{id}[/identity/{x}][/ttl/{seconds}]. A failed upgrade is
// an HTTP answer; after it the engine answers.
func (t *socketTable) serve(w http.ResponseWriter, r *http.Request) {
	appID, identity, ttl, ok := parseAppPath(r.URL.EscapedPath())
	if !ok {
		wire.Fail(w, wire.ErrNotFound)
		return
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		wire.Fail(w, wire.BadRequest("a WebSocket upgrade is expected"))
		return
	}
	// The error of a foreign page comes before the one of a missing sign-in.
	if wire.ForeignOrigin(r, t.guard.URL) && !t.guard.ListsOrigin(r.Header.Get("Origin")) {
		wire.Fail(w, wire.ErrOrigin)
		return
	}
	caller, err := t.guard.Authenticate(r, oauth.PurposeWebSocket)
	if err != nil {
		wire.Fail(w, err)
		return
	}
	o := &openSocket{id: state.RandomHex(8), live: caller.Live}
	t.mu.Lock()
	t.open[o] = struct{}{}
	t.mu.Unlock()
	defer t.remove(o)
	t.guard.Recent.Add(caller.ID, appID, t.guard.Now())
	t.guard.Count(func(s *state.Stats) { s.Sockets++ })
	canSee := func(id string) bool { return t.guard.Content.AppByID(caller.User, id) != nil }
	t.engine.ServeApp(w, r, engine.Viewer{ID: caller.ID, Name: caller.Name, Connection: o.id, CanSee: canSee}, appID, identity, ttl)
}

func (t *socketTable) remove(o *openSocket) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, o)
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

// watch closes sockets whose token or session has expired.
func (t *socketTable) watch() {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-t.stop:
			return
		case <-tick.C:
			t.closeEnded()
		}
	}
}

// closeEnded closes the sockets whose access token expired or was revoked, or
// whose cookie session ended, with 4006. Other sockets of the same user stay.
func (t *socketTable) closeEnded() {
	if t.guard.Settings().KeepDeadSockets {
		return
	}
	var ended []*openSocket
	t.mu.Lock()
	for o := range t.open {
		if !o.closing && !o.live() {
			o.closing = true
			ended = append(ended, o)
		}
	}
	t.mu.Unlock()
	for _, o := range ended {
		if !t.engine.CloseConnection(o.id, closeAuthentication, "authentication failed") {
			t.mu.Lock()
			o.closing = false // let in, but not yet in the engine: try again
			t.mu.Unlock()
		}
	}
}

func (t *socketTable) close() {
	t.once.Do(func() { close(t.stop) })
	t.engine.Close()
}
