package engine

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"github.com/coder/websocket"
)

// Close codes of the real engine's proxy.
const (
	closeTerminating = 4003
	closeAppDeleted  = 4004
	closeNoAccess    = 4203
	closeNotFound    = 4204
)

const (
	maxFrame     = 1 << 20          // no client of ours sends more than some kB
	writeTimeout = 10 * time.Second // a reader slower than this is gone
)

// socket is one WebSocket of a session. Requests are answered one after the
// other, and the answer is written before the next request is read: a slow
// reader slows only itself down, and nothing is queued without bound.
type socket struct {
	conn    *websocket.Conn
	viewer  Viewer
	session *session
	wake    chan struct{} // something is in pending

	// Guarded by session.mu.
	handles *handleTable
	pending map[int]struct{} // handles to announce as changed; a set, so it cannot outgrow the handles
}

// ServeApp upgrades the request and speaks QIX until either side closes. The
// caller has checked the bearer and the origin already. The identity separates
// sessions of one viewer; ttl is how long the session outlives its last socket.
func (e *Engine) ServeApp(w http.ResponseWriter, r *http.Request, v Viewer, appID, identity string, ttl time.Duration) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // the caller compared the origin
	if err != nil {
		e.log.Info("engine: upgrade refused", "app", appID, "error", err)
		return // Accept has answered
	}
	defer func() { _ = conn.CloseNow() }() // a second close is no fault
	conn.SetReadLimit(maxFrame)

	content, found := e.apps[appID]
	switch {
	case !found:
		reject(r.Context(), conn, "", closeNotFound)
		return
	case v.CanSee == nil || !v.CanSee(appID):
		reject(r.Context(), conn, "SESSION_ERROR_APP_ACCESS_DENIED", closeNoAccess)
		return
	}
	s := &socket{conn: conn, viewer: v, wake: make(chan struct{}, 1), handles: newHandleTable(), pending: make(map[int]struct{})}
	state, ok := e.join(s, content, identity, ttl)
	if !ok {
		conn.Close(closeTerminating, "engine terminating")
		return
	}
	defer e.leave(s)
	s.run(r.Context(), e, state)
}

// reject closes the open socket with the reason, as the real proxy does: browsers
// cannot read the status of a failed upgrade.
func reject(ctx context.Context, conn *websocket.Conn, state string, code websocket.StatusCode) {
	if state != "" {
		_ = write(ctx, conn, onConnected(state))
	}
	conn.Close(code, `{"code":"QEP-104","traceId":"`+newID()+`"}`)
}

func (s *socket) run(ctx context.Context, e *Engine, state string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := write(ctx, s.conn, onConnected(state)); err != nil {
		return
	}
	go s.announce(ctx)
	for {
		kind, frame, err := s.conn.Read(ctx)
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			s.conn.Close(websocket.StatusUnsupportedData, "text frames only")
			return
		}
		if err := send(ctx, s.conn, s.answer(e, frame)); err != nil {
			return
		}
	}
}

// announce sends the changes that other sockets of the session caused.
func (s *socket) announce(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
		s.session.mu.Lock()
		change := sortedHandles(s.pending)
		clear(s.pending)
		s.session.mu.Unlock()
		if len(change) == 0 {
			continue
		}
		if err := write(ctx, s.conn, response{Version: "2.0", Change: change}); err != nil {
			return
		}
	}
}

// answer runs one request under the session's lock and encodes the answer
// there too, because a result may share memory with the session.
func (s *socket) answer(e *Engine, frame []byte) (out []byte) {
	var req request
	if err := json.Unmarshal(frame, &req); err != nil {
		return encode(response{Version: "2.0", ID: json.RawMessage("null"), Error: &rpcError{codeParse, "", "Parse error"}})
	}
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	defer func() {
		if p := recover(); p != nil {
			e.log.Error("engine: method panicked", "method", req.Method, "panic", p, "stack", string(debug.Stack()))
			out = encode(response{Version: "2.0", ID: req.id(), Error: &rpcError{codeInternal, req.Method, "Internal error"}})
		}
	}()
	c := &call{engine: e, socket: s, session: s.session}
	result, err := c.dispatch(req)
	if err != nil {
		e.logError(req, err)
		return encode(response{Version: "2.0", ID: req.id(), Error: asRPCError(err)})
	}
	return encode(response{Version: "2.0", ID: req.id(), Result: result, Change: c.settleChanges(), Close: c.closed})
}

// logError logs unknown methods as errors: a chart whose call fails
// shows a title and nothing else, and the log is then the only hint.
func (e *Engine) logError(req request, err error) {
	var rpc *rpcError
	if errors.As(err, &rpc) && rpc.Code == codeMethodNotFound {
		e.log.Error("engine: UNKNOWN METHOD", "method", req.Method, "handle", req.Handle)
		return
	}
	e.log.Debug("engine: request refused", "method", req.Method, "handle", req.Handle, "error", err)
}

func sortedHandles(set map[int]struct{}) []int {
	list := make([]int, 0, len(set))
	for h := range set {
		list = append(list, h)
	}
	slices.Sort(list)
	return list
}

func write(ctx context.Context, conn *websocket.Conn, r response) error {
	return send(ctx, conn, encode(r))
}

func send(ctx context.Context, conn *websocket.Conn, frame []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, frame)
}
