package tunnel

import (
	"time"
)

// Reservation is one of the sockets a session may have open: reserved while the
// tenant is asked, then taken by the socket.
type Reservation struct {
	sockets *Registry
	handle  string
	taken   bool
}

// Reserve reserves a place for one more socket of the session with this ID, if fewer than most
// are open.
func (s *Registry) Reserve(handle, id string, most int) (*Reservation, bool) {
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
	return &Reservation{sockets: s, handle: handle}, true
}

// add registers the tunnel; closing it gives its place back.
func (p *Reservation) add(k *socket) {
	s := p.sockets
	s.mu.Lock()
	defer s.mu.Unlock()
	p.taken = true
	k.closed = func() { s.remove(p.handle, k) }
	w := s.open[p.handle]
	w.sockets[k] = struct{}{}
	if s.draining {
		s.close([]*socket{k}, CloseDraining, drainReason)
	}
	// The session may have ended between the upgrade and now.
	w.next = time.Time{}
}

// Release frees the place unless Start was called.
func (p *Reservation) Release() {
	if !p.taken {
		p.sockets.remove(p.handle, nil)
	}
}

func (s *Registry) remove(handle string, k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.open[handle]
	delete(w.sockets, k)
	if w.places--; w.places == 0 {
		delete(s.open, handle)
	}
}
