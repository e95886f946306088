package store

import (
	"context"
	"maps"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
)

const (
	// recallFor is how long a process remembers what happened to a session:
	// longer than any failover takes.
	recallFor  = saveFor
	recallMost = 20_000 // sessions, of some three kilobytes
	sweepEvery = 10 * time.Second

	handleSize = 22 // of auth.Handle
)

// recall is what a process remembers of sessions in case Redis forgets: a
// replica that takes over lacks what the old master had not sent it yet, and a
// server that starts anew what it had not written down. Then a refresh token
// that is spent would be spent again, and who was signed out would be signed in.
// All processes hear of each update and each end (see WatchEnded), and each
// puts right what it knows better.
type recall struct {
	mu        sync.Mutex
	notes     map[string]note // by handle
	swept     time.Time
	restoring atomic.Int32 // how often it was asked for since the last began
}

// note is the last that is known of one session.
type note struct {
	ended  bool
	record []byte // the newest, nil when it is not known
	// taken is the generation that somebody works on under the lock, 0 for
	// none: its refresh token may be spent already.
	taken uint64
	until time.Time
}

// change changes the note of a session.
func (r *recall) change(handle string, change func(*note)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if now.Sub(r.swept) > sweepEvery {
		r.swept = now
		for handle, n := range r.notes {
			if now.After(n.until) {
				delete(r.notes, handle)
			}
		}
	}
	if r.notes == nil {
		r.notes = map[string]note{}
	}
	n, known := r.notes[handle]
	if !known && len(r.notes) >= recallMost {
		return
	}
	change(&n)
	n.until = now.Add(recallFor)
	r.notes[handle] = n
}

// end notes that a session has ended, which is the last that happens to it.
func (r *recall) end(handle string) {
	r.change(handle, func(n *note) { *n = note{ended: true} })
}

// save notes a newer record.
func (r *recall) save(handle string, record []byte) {
	r.change(handle, func(n *note) {
		if !n.ended && generationOf(record) > generationOf(n.record) {
			n.record = record
		}
	})
}

// take notes that somebody works on a generation, or with 0, that the one who
// did has given it back as it was.
func (r *recall) take(handle string, generation uint64) {
	r.change(handle, func(n *note) { n.taken = generation })
}

// get returns what is known of a session; nothing is a note, too.
func (r *recall) get(handle string) note {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.notes[handle]
	if time.Now().After(n.until) {
		return note{}
	}
	return n
}

// spent is the generation whose refresh token may be spent although Redis shows
// neither a lock nor what came of it.
func (r *recall) spent(handle string) uint64 {
	n := r.get(handle)
	if generationOf(n.record) > n.taken {
		return 0
	}
	return n.taken
}

// better returns the record of a session if it is newer than that generation.
func (r *recall) better(handle string, generation uint64) []byte {
	if n := r.get(handle); generationOf(n.record) > generation {
		return n.record
	}
	return nil
}

// hearTaken takes in what the lock's scripts say: a handle, and a generation
// while it is worked on.
func (r *recall) hearTaken(message string) {
	if len(message) < handleSize {
		return
	}
	generation, _ := strconv.ParseUint(message[handleSize:], 10, 64)
	r.take(message[:handleSize], generation)
}

// hearSaved takes in what saveScript says: a handle and its new record.
func (r *recall) hearSaved(message string) (handle string) {
	if len(message) < handleSize {
		return message
	}
	r.save(message[:handleSize], []byte(message[handleSize:]))
	return message[:handleSize]
}

// recalled puts right what Redis said of a session, and Redis too.
func (s *Sessions) recalled(session auth.Session, secret string, generation uint64) (auth.Session, uint64, bool) {
	handle := auth.Handle(session.ID)
	if s.recall.get(handle).ended {
		s.restoreOne(handle)
		return auth.Session{}, 0, false
	}
	record := s.recall.better(handle, generation)
	if record == nil {
		return session, generation, true
	}
	better, newer, ok := s.openedRecord(session.ID, s.handleKey(kindSession, handle), secret, record)
	if !ok {
		return session, generation, true // its key has left the ring
	}
	s.restoreOne(handle)
	return better, newer, true
}

// restoreOne begins to tell Redis what we know better of one session, unless
// that is under way: every request of it comes by here until Redis knows.
func (s *Sessions) restoreOne(handle string) {
	s.restores.DoChan(handle, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 2*redisPatience)
		defer cancel()
		return nil, s.putRight(ctx, handle, s.recall.get(handle))
	})
}

// restore tells Redis all that it may have forgotten, whenever the connection
// to it was made anew: most of those sessions nobody will ask for before we
// forget, too.
func (s *Sessions) restore(ctx context.Context) {
	if s.recall.restoring.Add(1) > 1 {
		return // the one under way begins again
	}
	for asked := int32(0); !s.recall.restoring.CompareAndSwap(asked, 0); {
		asked = s.recall.restoring.Load()
		s.restoreAll(ctx)
	}
}

func (s *Sessions) restoreAll(ctx context.Context) {
	s.recall.mu.Lock()
	notes := maps.Clone(s.recall.notes)
	s.recall.mu.Unlock()
	for handle, n := range notes {
		if s.putRight(ctx, handle, n) != nil {
			return // it is gone again, and there will be a next time
		}
	}
}

// putRight does nothing where Redis knows as much as we do: no session comes
// into being by it, and none goes back.
func (s *Sessions) putRight(ctx context.Context, handle string, n note) error {
	key := s.handleKey(kindSession, handle)
	switch {
	case n.ended:
		return endScript.Run(ctx, s.Redis, []string{key, s.handleKey(kindEnded, handle)}, endedFor.Milliseconds()).Err()
	case n.record != nil:
		made := generationOf(n.record) - 1
		return saveScript.Run(ctx, s.Redis, []string{key}, made, n.record, s.changedChannel(), handle).Err()
	}
	return nil
}

// replicaPatience is how long a write waits for a replica to have it. One that
// hangs makes that the price of each refresh, until Redis drops it.
const replicaPatience = 200 * time.Millisecond

// replicasLua counts the replicas that follow the server at this moment.
const replicasLua = `
local function replicas()
  local info = redis.pcall("INFO", "replication")
  return type(info) == "string" and tonumber(string.match(info, "connected_slaves:(%d+)")) or 0
end
`

var replicasScript = redis.NewScript(replicasLua + `return replicas()`)

// awaitReplica waits a moment until a replica has what was written before, where
// the answer to replicasScript says that there are any.
func (s *Sessions) awaitReplica(ctx context.Context, replicas *redis.Cmd) {
	if n, _ := replicas.Int64(); n > 0 {
		// A write that comes after the others takes them along.
		_ = s.runSafely(ctx, n, notedScript, []string{s.Prefix + "pulse"}).Err()
	}
}

var notedScript = redis.NewScript(`return redis.call("SET", KEYS[1], 1, "PX", 1000)`)

// runSafely runs a script and, where the server has replicas, waits a moment
// until one has what the script wrote: then it outlives the server, even if
// all our processes die with it. Whoever takes over has to be the replica that
// knows most, which is what Sentinel picks among equals.
//
// In a cluster this is left out: the client cannot tie the two commands to one
// connection there, and what the processes remember has to do.
func (s *Sessions) runSafely(ctx context.Context, replicas int64, script *redis.Script, keys []string, args ...any) *redis.Cmd {
	client, one := s.Redis.(*redis.Client)
	if !one || replicas == 0 {
		return script.Run(ctx, s.Redis, keys, args...)
	}
	pipe := client.Pipeline()
	answer := script.Eval(ctx, pipe, keys, args...)
	pipe.Do(ctx, "WAIT", 1, replicaPatience.Milliseconds())
	// That no replica was quick enough is no fault: what was written stands.
	_, _ = pipe.Exec(ctx)
	return answer
}
