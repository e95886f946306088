package store

import (
	"crypto/subtle"
	"sync"
	"sync/atomic"
	"time"

	"vitrine/auth"
)

const (
	// openedFor is how long a session is served from memory after it was read.
	// It also bounds what could be served of one that somebody has removed from
	// Redis by hand.
	openedFor = 10 * time.Second
	// beatEvery is how often a process makes sure that news reach it, as long
	// as it has sessions in memory, and deafAfter how old the last proof may be:
	// below the second within which an ended session must be refused.
	beatEvery = 700 * time.Millisecond
	deafAfter = 950 * time.Millisecond
	// restAfter is when beats stop because nobody asks.
	restAfter = 6 * time.Second
	// openedShards spread the sessions, openedMost bounds those of one shard:
	// some 16,000 sessions of a few kilobytes in all.
	openedShards = 64
	openedMost   = 256
)

// opened are the sessions that this process has read and opened a moment ago.
// Redis says when one ends or changes, anywhere (see WatchEnded). While it is
// not sure that this would be heard, nothing is served from here: an ended
// session must not live on because a connection hangs.
type opened struct {
	shards [openedShards]openedShard
	// heard is when the last beat that has come back was sent, wanted when
	// memory was last asked; see moment.
	heard, wanted atomic.Int64
	wake          chan struct{} // the first who asks after a while does not wait for a beat
}

type openedShard struct {
	mu       sync.Mutex
	sessions map[string]openedSession // by handle
	drops    uint64                   // how often something was dropped here
}

type openedSession struct {
	auth.Session
	until int64 // as moment counts
	used  bool  // reading it deferred the idle end, so it serves further uses
}

// openedMark remembers, from before a session is read, what has been dropped
// until then: if more is dropped meanwhile, what was read may be old.
type openedMark struct {
	handle string
	drops  uint64
}

// moment is the time since the process began, on a clock that nobody sets.
func moment() int64 { return int64(time.Since(began)) }

var began = time.Now()

// get returns a session that is in memory and may be served: for a use, or for
// a look only. Whoever reads it from Redis instead passes mark on to put.
func (o *opened) get(handle, id string, use bool) (session auth.Session, mark openedMark, found bool) {
	now := moment()
	if o.idle(now) {
		select {
		case o.wake <- struct{}{}:
		default:
		}
	}
	o.wanted.Store(now)
	shard := o.shard(handle)
	shard.mu.Lock()
	s, found := shard.sessions[handle]
	mark = openedMark{handle, shard.drops}
	shard.mu.Unlock()
	// The handle is no secret; only the whole ID opens a session.
	if !found || use && !s.used || now >= s.until || o.deaf(now) || subtle.ConstantTimeCompare([]byte(s.ID), []byte(id)) == 0 {
		return auth.Session{}, mark, false
	}
	return s.Session, mark, true
}

// put keeps a session that was read after mark was taken, and whose idle end
// is that far away; used says that this read deferred it.
func (o *opened) put(mark openedMark, session auth.Session, idle time.Duration, used bool) {
	now := moment()
	if o.deaf(now) {
		return
	}
	shard := o.shard(mark.handle)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	if shard.drops != mark.drops {
		return
	}
	if old, found := shard.sessions[mark.handle]; found && old.used && !used && now < old.until {
		return
	}
	if shard.sessions == nil {
		shard.sessions = map[string]openedSession{}
	}
	if len(shard.sessions) >= openedMost {
		clear(shard.sessions)
	}
	// What is served from memory does not defer the idle end, so a short idle
	// time leaves little time in memory.
	session.Prepare()
	shard.sessions[mark.handle] = openedSession{session, now + int64(min(openedFor, idle/20)), used}
}

// drop forgets a session that has ended or changed.
func (o *opened) drop(handle string) {
	shard := o.shard(handle)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	shard.drops++
	delete(shard.sessions, handle)
}

// dropAll forgets everything: news may have been lost.
func (o *opened) dropAll() {
	for i := range o.shards {
		shard := &o.shards[i]
		shard.mu.Lock()
		shard.drops++
		clear(shard.sessions)
		shard.mu.Unlock()
	}
}

// sweep forgets what is too old to be served.
func (o *opened) sweep() {
	now := moment()
	for i := range o.shards {
		shard := &o.shards[i]
		shard.mu.Lock()
		for handle, s := range shard.sessions {
			if now >= s.until {
				delete(shard.sessions, handle)
			}
		}
		shard.mu.Unlock()
	}
}

// deaf reports that there is no proof that news would be heard.
func (o *opened) deaf(now int64) bool {
	heard := o.heard.Load()
	return heard == 0 || now-heard > int64(deafAfter)
}

// idle reports that nobody has asked for a while.
func (o *opened) idle(now int64) bool {
	wanted := o.wanted.Load()
	return wanted == 0 || now-wanted > int64(restAfter)
}

// shard picks by the handle's first character, which is one of 64.
func (o *opened) shard(handle string) *openedShard {
	if handle == "" {
		return &o.shards[0]
	}
	return &o.shards[handle[0]%openedShards]
}
