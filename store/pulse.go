package store

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// pulseBeat is how often Redis is looked at while somebody waits.
	pulseBeat = 200 * time.Millisecond
	// pulseLost is how long Redis may be silent before it counts as away. With
	// the command that a request began with, the answer comes within two seconds.
	pulseLost = time.Second
)

// pulse looks whether Redis is there while requests wait for something else: a
// slow tenant must not hide that the store has gone. All that wait in a process
// share one look, and when nobody waits nothing is sent.
type pulse struct {
	mu   sync.Mutex
	look *look // nil while nobody waits
}

// look goes on while anybody waits, or until it has found Redis away.
type look struct {
	waiting int
	stop    context.CancelFunc
	away    chan struct{} // closed when err is set
	err     error
}

// AwaitAway implements auth.Store.
func (s *Sessions) AwaitAway(ctx context.Context) error {
	l := s.pulse.join(s.takesWrites)
	defer s.pulse.leave(l)
	select {
	case <-ctx.Done():
		return nil
	case <-l.away:
		return l.err
	}
}

// takesWrites asks Redis for a write: a server that only reads, or refuses us for
// another reason, keeps no session either.
func (s *Sessions) takesWrites(ctx context.Context) error {
	return s.Redis.Set(ctx, s.Prefix+"pulse", 1, 2*pulseLost).Err()
}

func (p *pulse) join(beat func(context.Context) error) *look {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.look == nil {
		ctx, stop := context.WithCancel(context.Background())
		p.look = &look{stop: stop, away: make(chan struct{})}
		go p.run(ctx, p.look, beat)
	}
	p.look.waiting++
	return p.look
}

func (p *pulse) leave(l *look) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.waiting--; l.waiting == 0 {
		p.end(l)
	}
}

// end lets those who come later begin a look of their own.
func (p *pulse) end(l *look) {
	l.stop()
	if p.look == l {
		p.look = nil
	}
}

// run begins with a Redis that answers: whoever waits has just heard from it.
func (p *pulse) run(ctx context.Context, l *look, beat func(context.Context) error) {
	for answered := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pulseBeat):
		}
		begun := time.Now()
		trying, cancel := context.WithDeadline(ctx, answered.Add(pulseLost))
		err := beat(trying)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			answered = begun
		case time.Since(answered) >= pulseLost:
			p.mu.Lock()
			p.end(l)
			p.mu.Unlock()
			l.err = fmt.Errorf("redis was silent for %v: %w", pulseLost, err)
			close(l.away)
			return
		}
	}
}
