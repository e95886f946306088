package engine

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"

	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/model"
)

// sessionKey is what makes two sockets share selections.
type sessionKey struct{ viewerID, appID, identity string }

// session is the state of one viewer in one app under one identity.
type session struct {
	key    sessionKey
	viewer Viewer
	app    *model.App

	// Guarded by Engine.mu.
	users     int
	ttl       time.Duration // the longest of its sockets
	expiresAt time.Time     // when users is 0

	mu      sync.Mutex
	opened  bool
	noData  bool // as the first OpenDoc said; the mode is one for all sockets
	data    *calc.Dataset
	objects map[string]*genericObject
	sockets map[*socket]struct{}
	history history
	modal   *modalState

	associated *calc.Association // of the present selections; nil when stale
}

// modalState is one object's selection in progress, between BeginSelections
// and EndSelections.
type modalState struct {
	objectID string
	before   calc.Selections   // what a cancel restores
	frozen   *calc.Association // rows of the object's own cubes stay as they were, so that row numbers keep their meaning
	made     bool
}

// join attaches a socket to its session and returns the state for
// OnConnected.
func (e *Engine) join(s *socket, app *model.App, identity string, ttl time.Duration) (state string, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return "", false
	}
	e.sweep()
	key := sessionKey{s.viewer.ID, app.ID, identity}
	state = "SESSION_ATTACHED"
	ses := e.sessions[key]
	if ses == nil {
		state = "SESSION_CREATED"
		ses = &session{key: key, viewer: s.viewer, app: app, data: model.Data(),
			objects: make(map[string]*genericObject), sockets: make(map[*socket]struct{})}
		e.sessions[key] = ses
	}
	ses.users++
	ses.ttl = max(ses.ttl, ttl)
	s.session = ses
	e.sockets[s] = struct{}{}
	e.running.Add(1)
	ses.mu.Lock()
	ses.sockets[s] = struct{}{}
	ses.mu.Unlock()
	return state, true
}

// leave detaches a socket. The last one starts the session's ttl.
func (e *Engine) leave(s *socket) {
	defer e.running.Done()
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.sockets, s)
	ses := s.session
	ses.mu.Lock()
	delete(ses.sockets, s)
	ses.mu.Unlock()
	ses.users--
	if ses.users == 0 {
		ses.expiresAt = e.now().Add(ses.ttl)
	}
	e.sweep()
}

// sweep deletes expired sessions. It runs when a socket joins or leaves, which
// bounds what is kept without a goroutine of its own.
func (e *Engine) sweep() {
	now := e.now()
	for key, ses := range e.sessions {
		if ses.users == 0 && !now.Before(ses.expiresAt) {
			delete(e.sessions, key)
		}
	}
}

// association returns what the present selections make possible.
func (ses *session) association() *calc.Association {
	if ses.associated == nil {
		ses.associated = calc.Associate(ses.data, ses.history.current())
	}
	return ses.associated
}

// selectNow replaces the selections. Outside a modal selection that is one
// step of history; inside, the step is made when the modal selection ends.
func (ses *session) selectNow(next calc.Selections) {
	ses.associated = nil
	if ses.modal != nil {
		ses.modal.made = true
		ses.history.amend(next)
		return
	}
	ses.history.push(next)
}

// endModal keeps or takes back what was selected since BeginSelections.
func (ses *session) endModal(accept bool) {
	if ses.modal == nil {
		return
	}
	made := ses.history.current()
	ses.history.amend(ses.modal.before)
	if accept && ses.modal.made {
		ses.history.push(made)
	}
	ses.modal = nil
	ses.associated = nil
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails; crashes the program instead
	return hex.EncodeToString(b[:])
}
