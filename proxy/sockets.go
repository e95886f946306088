package proxy

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
	CloseSessionEnded = 4006 // the person must sign in again
)

const drainReason = "server is restarting"

// checkInterval is how often Watch looks whether a session's time has come: an
// ended session must not keep a socket for longer than a second.
const checkInterval = 400 * time.Millisecond

// checksAtOnce bounds how many sessions are looked after at the same time.
const checksAtOnce = 16

// Sockets keeps the open WebSockets of each session, so that whoever ends a
// session ends them too. http.Server.Shutdown knows nothing of them. Sessions
// go by their handle here, as in messages between processes.
type Sockets struct {
	mu       sync.Mutex
	open     map[string]*watched
	draining bool
}

// watched is a session with open sockets.
type watched struct {
	id       string // what opens the session
	sockets  map[*socket]struct{}
	places   int       // taken by sockets, or by upgrades under way
	next     time.Time // when to look after it; zero means now
	checking bool      // somebody does
}

func newSockets() *Sockets { return &Sockets{open: map[string]*watched{}} }

// EndSession closes the session's sockets with [CloseSessionEnded].
func (s *Sockets) EndSession(handle string) {
	s.close(s.of(handle), CloseSessionEnded, "session ended")
}

// Drain asks all sockets to move elsewhere, those too that open from now on.
func (s *Sockets) Drain() {
	s.mu.Lock()
	s.draining = true
	s.mu.Unlock()
	s.close(s.all(), CloseDraining, drainReason)
}

func (s *Sockets) all() []*socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*socket
	for _, w := range s.open {
		all = slices.AppendSeq(all, maps.Keys(w.sockets))
	}
	return all
}

// Settle waits until no socket is open, or ctx ends: a close frame that is not
// written when the process ends is never written, and the libraries do not
// come back after a socket that merely broke.
func (s *Sockets) Settle(ctx context.Context) {
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
func (s *Sockets) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, w := range s.open {
		n += len(w.sockets)
	}
	return n
}

// Count returns how many sockets of one session are open here.
func (s *Sockets) Count(handle string) int { return len(s.of(handle)) }

// Recheck makes Watch look after all sessions at once: news of their end may
// have been lost.
func (s *Sockets) Recheck() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.open {
		w.next = time.Time{}
	}
}

// Check tells of a session with open sockets when it will end if nobody uses
// it, or that it has ended. used says that its person has sent something since
// the last time.
type Check func(ctx context.Context, id string, used bool) (endsAt time.Time, ended bool)

// Watch looks after open sockets until ctx ends. The sessions behind them are
// looked at every interval, and when their time has come; those that have ended
// lose their sockets. Several are looked after side by side, so that one that
// takes its time does not keep the sockets of others open. Silent sockets are
// pinged, see pulse.go.
func (s *Sockets) Watch(ctx context.Context, interval time.Duration, check Check) {
	tick := time.NewTicker(min(checkInterval, interval))
	defer tick.Stop()
	go s.tend(ctx)
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

// due returns the sessions to look after, and whether each was used. The next
// time for each is an interval from now, unless something calls for an earlier.
func (s *Sockets) due(now time.Time, interval time.Duration) map[string]dueSession {
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

// checked takes note of when a session will end. A call to look again at once,
// which came while somebody looked, stands.
func (s *Sockets) checked(handle string, endsAt time.Time) {
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

func (s *Sockets) of(handle string) []*socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.open[handle]
	if w == nil {
		return nil
	}
	return slices.Collect(maps.Keys(w.sockets))
}

func (s *Sockets) close(sockets []*socket, code uint16, reason string) {
	for _, socket := range sockets {
		go socket.end(code, reason)
	}
}
