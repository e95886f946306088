package engine

import (
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/coder/websocket"

	"vitrine/demo/engine/model"
)

// App is one app of the tenant as the engine needs it.
type App = model.AppInfo

// Options configure an Engine. Now and Logger may be left out.
type Options struct {
	Apps   []App
	Now    func() time.Time
	Logger *slog.Logger
}

// Viewer is the person behind a socket. CanSee decides per app; a viewer
// without it sees nothing. Connection names the one socket for
// CloseConnection; it may be left empty.
type Viewer struct {
	ID, Name   string
	Connection string
	CanSee     func(appID string) bool
}

// Engine holds the apps and all sessions.
type Engine struct {
	apps map[string]*model.App
	now  func() time.Time
	log  *slog.Logger

	mu       sync.Mutex
	closed   bool
	sessions map[sessionKey]*session
	sockets  map[*socket]struct{}
	running  sync.WaitGroup
}

// New prepares the apps. The data is generated at the first use of any engine
// in the process and shared, because it is the same for all and never changes.
func New(o Options) *Engine {
	e := &Engine{
		apps:     make(map[string]*model.App, len(o.Apps)),
		now:      o.Now,
		log:      o.Logger,
		sessions: make(map[sessionKey]*session),
		sockets:  make(map[*socket]struct{}),
	}
	if e.now == nil {
		e.now = time.Now
	}
	if e.log == nil {
		e.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	for _, app := range o.Apps {
		e.apps[app.ID] = model.NewApp(app)
	}
	return e
}

// CloseSockets closes every socket that match picks, with a close code of the
// 4000 range, and returns how many. After 4003 (engine terminating) and 4004
// (app deleted) their sessions are gone as well; after any other code they
// live as long as their ttl.
func (e *Engine) CloseSockets(match func(viewerID, appID string) bool, code int, reason string) int {
	e.mu.Lock()
	var picked []*socket
	for s := range e.sockets {
		if !match(s.viewer.ID, s.session.key.appID) {
			continue
		}
		picked = append(picked, s)
		if code == closeTerminating || code == closeAppDeleted {
			delete(e.sessions, s.session.key)
		}
	}
	e.mu.Unlock()
	closeAll(picked, code, reason)
	return len(picked)
}

// CloseConnection closes the socket of that name and leaves the viewer's other
// sockets on the same app alone. It is false when there is none, or none yet.
func (e *Engine) CloseConnection(connection string, code int, reason string) bool {
	e.mu.Lock()
	var picked []*socket
	for s := range e.sockets {
		if connection != "" && s.viewer.Connection == connection {
			picked = append(picked, s)
		}
	}
	e.mu.Unlock()
	closeAll(picked, code, reason)
	return len(picked) > 0
}

// Close ends all sockets as a terminating engine does, waits until their
// handlers are done, and accepts no new ones.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	clear(e.sessions)
	all := make([]*socket, 0, len(e.sockets))
	for s := range e.sockets {
		all = append(all, s)
	}
	e.mu.Unlock()
	closeAll(all, closeTerminating, "engine terminating")
	e.running.Wait()
}

// closeAll closes in parallel: the closing handshake waits for the peer, and
// one silent browser must not delay the others.
func closeAll(sockets []*socket, code int, reason string) {
	for _, s := range sockets {
		go s.conn.Close(websocket.StatusCode(code), reason)
	}
}
