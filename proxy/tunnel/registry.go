package tunnel

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Close codes decide what Qlik's libraries do: after 4003 they reconnect by
// themselves, after 4006 they do not (see the engine's list of close codes).
const (
	CloseDraining     = 4003 // this process is about to stop
	CloseSessionEnded = 4006 // the user must sign in again
)

const drainReason = "server is restarting"

// checkInterval is how often Watch looks for sessions that are due: an
// ended session must not keep a socket for longer than a second.
const checkInterval = 400 * time.Millisecond

// checksAtOnce is the limit of concurrent checks.
const checksAtOnce = 16

// Registry holds the open WebSockets of each session, by session handle, so that
// they are closed with it. http.Server.Shutdown does not wait for them.
type Registry struct {
	mu       sync.Mutex
	open     map[string]*watched
	draining bool
}

// watched is a session with open sockets.
type watched struct {
	id       string // what opens the session
	sockets  map[*socket]struct{}
	places   int       // taken by sockets, or by upgrades under way
	next     time.Time // of the next check; zero means now
	checking bool      // a check is running
}

// NewRegistry returns an empty registry.
func NewRegistry() *Registry { return &Registry{open: map[string]*watched{}} }

// EndSession closes the session's sockets with [CloseSessionEnded].
func (s *Registry) EndSession(handle string) {
	s.close(s.of(handle), CloseSessionEnded, "session ended")
}

// Drain closes all sockets with [CloseDraining], those too that open from now on.
func (s *Registry) Drain() {
	s.mu.Lock()
	s.draining = true
	s.mu.Unlock()
	s.close(s.all(), CloseDraining, drainReason)
}

func (s *Registry) all() []*socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*socket
	for _, w := range s.open {
		all = slices.AppendSeq(all, maps.Keys(w.sockets))
	}
	return all
}

// Wait waits until no socket is open, or ctx ends: a close frame that is not
// written when the process ends is never written, and the libraries do not
// come back after a socket that merely broke.
func (s *Registry) Wait(ctx context.Context) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for s.Len() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Len returns how many sockets are open.
func (s *Registry) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, w := range s.open {
		n += len(w.sockets)
	}
	return n
}

// Count returns how many sockets of one session are open here.
func (s *Registry) Count(handle string) int { return len(s.of(handle)) }

// Recheck makes Watch check all sessions at once, for when messages about ended
// sessions may have been lost.
func (s *Registry) Recheck() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.open {
		w.next = time.Time{}
	}
}

// Check returns when an unused session ends, or that it has ended. used says that
// the browser has sent data since the last check.
type Check func(ctx context.Context, id string, used bool) (endsAt time.Time, ended bool)

// Watch checks the sessions of open sockets at every interval, and when they are
// due to end, until ctx ends; it closes the sockets of ended sessions. Checks run
// side by side, so that a slow one does not keep other sockets open. Watch also
// pings silent sockets.
func (s *Registry) Watch(ctx context.Context, interval time.Duration, check Check) {
	tick := time.NewTicker(min(checkInterval, interval))
	defer tick.Stop()
	go s.pingLoop(ctx)
	slots := make(chan struct{}, checksAtOnce)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for handle, d := range s.due(time.Now(), interval) {
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				endsAt, ended := check(ctx, d.id, d.used)
				s.checked(handle, endsAt)
				if ended {
					s.EndSession(handle)
				}
			}()
		}
	}
}

type dueSession struct {
	id   string
	used bool
}

// due returns the sessions to check, and whether each was used. The next
// time for each is an interval from now, unless something calls for an earlier.
func (s *Registry) due(now time.Time, interval time.Duration) map[string]dueSession {
	s.mu.Lock()
	defer s.mu.Unlock()
	due := map[string]dueSession{}
	for handle, w := range s.open {
		if w.checking || now.Before(w.next) || len(w.sockets) == 0 {
			continue
		}
		d := dueSession{id: w.id}
		for socket := range w.sockets {
			d.used = socket.used.Swap(false) || d.used
		}
		w.checking, w.next = true, now.Add(interval)
		due[handle] = d
	}
	return due
}

// checked records when a session ends. A call of Recheck during the check stands.
func (s *Registry) checked(handle string, endsAt time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.open[handle]
	if w == nil {
		return
	}
	w.checking = false
	if !endsAt.IsZero() && endsAt.Before(w.next) {
		w.next = endsAt
	}
}

func (s *Registry) of(handle string) []*socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.open[handle]
	if w == nil {
		return nil
	}
	return slices.Collect(maps.Keys(w.sockets))
}

func (s *Registry) close(sockets []*socket, code uint16, reason string) {
	for _, socket := range sockets {
		go socket.closeWith(code, reason)
	}
}
