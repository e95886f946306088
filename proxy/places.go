package proxy

import (
	"time"

	"vitrine/auth"
)

// place is one of the sockets a session may have open: reserved while the
// tenant is asked, then taken by the socket.
type place struct {
	sockets *Sockets
	handle  string
	taken   bool
}

// reserve finds a place for one more socket of a session, if fewer than most
// are open.
func (s *Sockets) reserve(id string, most int) (*place, bool) {
	handle := auth.Handle(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.open[handle]
	if w == nil {
		w = &watched{id: id, sockets: map[*socket]struct{}{}}
		s.open[handle] = w
	}
	if w.places >= most {
		return nil, false
	}
	w.places++
	return &place{sockets: s, handle: handle}, true
}

// take puts the socket on the books; closing it gives its place back.
func (p *place) take(k *socket) {
	s := p.sockets
	s.mu.Lock()
	defer s.mu.Unlock()
	p.taken = true
	k.closed = func() { s.leave(p.handle, k) }
	w := s.open[p.handle]
	w.sockets[k] = struct{}{}
	if s.draining {
		s.close([]*socket{k}, CloseDraining, drainReason)
	}
	// The session may have ended between the upgrade and now.
	w.next = time.Time{}
}

// giveBack frees a place that no socket has taken.
func (p *place) giveBack() {
	if !p.taken {
		p.sockets.leave(p.handle, nil)
	}
}

func (s *Sockets) leave(handle string, k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.open[handle]
	delete(w.sockets, k)
	if w.places--; w.places == 0 {
		delete(s.open, handle)
	}
}
