package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
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

// pulses are the looks at the servers of a cluster, by address; "" is all there
// is of another Redis.
type pulses struct {
	mu       sync.Mutex
	byServer map[string]*pulse
}

func (p *pulses) of(server string) *pulse {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byServer == nil {
		p.byServer = map[string]*pulse{}
	}
	if p.byServer[server] == nil {
		p.byServer[server] = &pulse{}
	}
	return p.byServer[server]
}

// AwaitAway implements auth.Store. In a cluster it watches the master that has
// the session.
func (s *Sessions) AwaitAway(ctx context.Context, id string) error {
	var node redis.Cmdable = s.Redis
	server, key := "", s.Prefix+"pulse"
	if cluster, ok := s.Redis.(*redis.ClusterClient); ok {
		key = s.key("pulse", id) // in the slot of the session
		master, err := cluster.MasterForKey(ctx, key)
		if err != nil {
			return fmt.Errorf("find the master of a session: %w", err)
		}
		node, server = master, master.Options().Addr
	}
	p := s.pulses.of(server)
	// A server that only reads, or refuses writes for another reason, keeps no
	// session either.
	l := p.join(func(ctx context.Context) error { return node.Set(ctx, key, 1, 2*pulseLost).Err() })
	defer p.leave(l)
	select {
	case <-ctx.Done():
		return nil
	case <-l.away:
		return l.err
	}
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
