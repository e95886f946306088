package proxy

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// Close codes decide what Qlik's libraries do: after 4003 they reconnect by
// themselves, after 4006 they do not (see the engine's list of close codes).
const (
	CloseDraining     = 4003 // this process is about to stop
	CloseSessionEnded = 4006 // the person must sign in again
)

// Sockets keeps the open WebSockets of each session, so that whoever ends a
// session ends them too. http.Server.Shutdown knows nothing of them.
type Sockets struct {
	mu   sync.Mutex
	open map[string]map[*socket]struct{}
}

func newSockets() *Sockets { return &Sockets{open: map[string]map[*socket]struct{}{}} }

// EndSession closes the session's sockets with [CloseSessionEnded].
func (s *Sockets) EndSession(id string) { s.close(s.of(id), CloseSessionEnded, "session ended") }

// Drain asks all sockets to move elsewhere.
func (s *Sockets) Drain() {
	s.mu.Lock()
	var all []*socket
	for _, sockets := range s.open {
		for socket := range sockets {
			all = append(all, socket)
		}
	}
	s.mu.Unlock()
	s.close(all, CloseDraining, "server is restarting")
}

// Len returns how many sockets are open.
func (s *Sockets) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, sockets := range s.open {
		n += len(sockets)
	}
	return n
}

// Watch looks after the sessions behind open sockets until ctx ends: every
// interval it calls check for each, telling whether its person has used a
// socket since, and closes the sockets of those that check says have ended.
func (s *Sockets) Watch(ctx context.Context, interval time.Duration, check func(ctx context.Context, id string, used bool) (ended bool)) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for id, used := range s.sessions() {
			if check(ctx, id, used) {
				s.EndSession(id)
			}
		}
	}
}

// sessions returns the sessions with open sockets, and whether each was used
// since the last call.
func (s *Sockets) sessions() map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := make(map[string]bool, len(s.open))
	for id, sockets := range s.open {
		for socket := range sockets {
			used[id] = socket.used.Swap(false) || used[id]
		}
	}
	return used
}

func (s *Sockets) of(id string) []*socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	var sockets []*socket
	for socket := range s.open[id] {
		sockets = append(sockets, socket)
	}
	return sockets
}

func (s *Sockets) close(sockets []*socket, code uint16, reason string) {
	for _, socket := range sockets {
		go socket.end(code, reason)
	}
}

func (s *Sockets) add(id string, k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[id] == nil {
		s.open[id] = map[*socket]struct{}{}
	}
	s.open[id][k] = struct{}{}
}

func (s *Sockets) remove(id string, k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open[id], k)
	if len(s.open[id]) == 0 {
		delete(s.open, id)
	}
}

// hijackTracker registers the browser's connection when the reverse proxy
// takes it over, which it does only once the tenant has agreed to upgrade.
type hijackTracker struct {
	http.ResponseWriter
	sockets *Sockets
	session string
}

func (t *hijackTracker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	k := &socket{Conn: conn}
	k.closed = func() { t.sockets.remove(t.session, k) }
	t.sockets.add(t.session, k)
	// Room for any answer to the upgrade, so that it leaves in one write.
	return k, bufio.NewReadWriter(buffered.Reader, bufio.NewWriterSize(k, 16<<10)), nil
}

// Unwrap lets http.ResponseController find the real writer.
func (t *hijackTracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }
