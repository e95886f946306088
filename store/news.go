package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// quietTime is how long the connection that brings news of sessions may be
// silent before it is asked whether it lives: a Redis that hangs, or is cut
// off, closes nothing.
const quietTime = time.Second

// What news there are: endedChannel brings handles of sessions, changedChannel
// a handle and the new record, takenChannel a handle and the generation that
// somebody works on.
func (s *Sessions) endedChannel() string   { return s.Prefix + "ended" }
func (s *Sessions) changedChannel() string { return s.Prefix + "changed" }
func (s *Sessions) takenChannel() string   { return s.Prefix + "taken" }

// WatchEnded calls ended with the handle of each session that ends, in any
// process, until ctx ends. What was said while the connection was down is lost,
// so again is called whenever it is made anew: whoever holds sockets must then
// look for themselves. While it runs, sessions may be served from memory.
func (s *Sessions) WatchEnded(ctx context.Context, ended func(handle string), again func()) error {
	beat := s.Prefix + "beat:" + rand.Text()
	go s.beat(ctx, beat)
	for ctx.Err() == nil {
		subscription := s.Redis.Subscribe(ctx, s.endedChannel(), s.changedChannel(), s.takenChannel(), beat)
		stop := context.AfterFunc(ctx, func() { _ = subscription.Close() })
		err := s.listen(ctx, subscription, ended, again)
		stop()
		_ = subscription.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// listen hears news until ctx ends, or the connection is found dead.
func (s *Sessions) listen(ctx context.Context, subscription *redis.PubSub, ended func(handle string), again func()) error {
	asked := false
	for {
		message, err := subscription.ReceiveTimeout(ctx, quietTime)
		var network net.Error
		quiet := errors.As(err, &network) && network.Timeout()
		switch {
		case ctx.Err() != nil:
			return nil
		case quiet && !asked:
			asked = true // a connection that is dead will not answer
			_ = subscription.Ping(ctx)
			continue
		case quiet:
			return nil
		case err != nil:
			// The client dials again by itself at the next try.
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(200 * time.Millisecond):
			}
		}
		asked = false
		switch m := message.(type) {
		case *redis.Subscription:
			s.opened.dropAll()
			if m.Channel == s.endedChannel() {
				go s.restore(ctx)
				again()
			}
		case *redis.Message:
			s.hear(m, ended)
		case nil, *redis.Pong:
		default:
			return fmt.Errorf("watch ended sessions: unexpected %T", message)
		}
	}
}

func (s *Sessions) hear(m *redis.Message, ended func(handle string)) {
	switch m.Channel {
	case s.endedChannel():
		s.recall.end(m.Payload)
		s.opened.drop(m.Payload)
		ended(m.Payload)
	case s.changedChannel():
		s.opened.drop(s.recall.hearSaved(m.Payload))
	case s.takenChannel():
		s.recall.hearTaken(m.Payload)
	default:
		if sent, err := strconv.ParseInt(m.Payload, 10, 64); err == nil {
			if s.opened.deaf(moment()) {
				s.opened.dropAll() // who knows what was said meanwhile
			}
			s.opened.heard.Store(sent)
		}
	}
}

// beat says something to ourselves, the way news of sessions go: through the
// server that takes writes. Hearing it proves that everything said before was
// heard, too.
func (s *Sessions) beat(ctx context.Context, channel string) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.opened.wake:
		}
		s.opened.sweep()
		if !s.opened.idle(moment()) { // nobody asks, so nobody needs to know
			_ = s.Redis.Publish(ctx, channel, moment()).Err()
		}
	}
}
