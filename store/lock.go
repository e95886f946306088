package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// lockLease is how long a dead process holds others up: a lock whose
	// holder has not been heard of for so long may be taken over.
	lockLease = 5 * time.Second
	lockBeat  = time.Second
	// lockKept outlives any holder: it only clears up where nobody asks again.
	lockKept = saveFor + time.Minute
	// A refresh takes some hundred milliseconds, so the first tries to get the
	// lock come soon; whoever waits for a slow tenant asks less often.
	lockPause    = 25 * time.Millisecond
	lockPauseMax = 200 * time.Millisecond
)

// lostLock stands for a lock that Redis has lost.
const lostLock = "lost"

// ownerSize is the length of an owner's name at the beginning of a lock.
const ownerSize = 26

var (
	// lockScript takes the lock and reads what it guards in one step. A lock is
	// free, or ours (the answer to our last try was lost), or dead: it is what
	// it was a lease ago. Else it answers what the lock is now.
	//
	// A lock may also be lost: Redis shows none, but somebody was heard to work
	// on this very generation, or a later one. That one gets the time of a lease
	// to be heard again.
	lockScript = redis.NewScript(generationLua + replicasLua + `
local held = redis.call("GET", KEYS[1])
if held and held ~= ARGV[1] and held ~= ARGV[3] then return {held} end
local record = redis.call("GET", KEYS[2])
local lost = not held and record and generation(record) <= tonumber(ARGV[4])
if lost and ARGV[3] ~= "` + lostLock + `" then return {"` + lostLock + `"} end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
redis.call("PUBLISH", ARGV[5], ARGV[6] .. string.format("%.0f", record and generation(record) or 0))
return {"", record, replicas()}`)
	// beatScript shows that the holder lives, and puts back a lock that Redis
	// has lost. What somebody else holds is left alone.
	beatScript = redis.NewScript(`
local held = redis.call("GET", KEYS[1])
if held and string.sub(held, 1, 26) ~= string.sub(ARGV[1], 1, 26) then return 0 end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
return 1`)
	// releaseScript gives the lock back, and says so if nothing came of it. Who is
	// not sure to have had it must not speak for another whose lock is lost.
	releaseScript = redis.NewScript(`
local held = redis.call("GET", KEYS[1])
if held and string.sub(held, 1, 26) ~= ARGV[1] then return 0 end
if ARGV[3] ~= "" and (held or ARGV[4] == "1") then redis.call("PUBLISH", ARGV[2], ARGV[3]) end
return redis.call("DEL", KEYS[1])`)
)

// sessionLock is the lock of one session, in our hands.
type sessionLock struct {
	redis   redis.UniversalClient
	handle  string // of the session
	key     string
	channel string // that tells who works on what
	owner   string
	saved   bool // something came of it
	// inherited says that the last holder died with the lock in its hands.
	inherited bool
	record    []byte // of the session, nil when there is none
	replicas  int64  // that follow the server
	// stop ends the beat, and stopped is closed then; nil where we were never
	// told that the lock is ours.
	stop    context.CancelFunc
	stopped chan struct{}
}

// lock takes the lock of a session and reads its record.
//
// The lock has no end that Redis would count: while Redis is away its clock
// goes on, and a holder that brings a new refresh token would come back to find
// its lock with somebody who spends the old one a second time. Instead whoever
// waits watches, and a lock that did not change for a lease, while Redis
// answered all the time, has lost its holder. After any fault of Redis the
// watch begins anew, so the holder has time to be heard first.
func (s *Sessions) lock(ctx context.Context, handle string) (*sessionLock, error) {
	l := &sessionLock{
		redis: s.Redis, handle: handle, key: s.handleKey(kindLock, handle), channel: s.takenChannel(),
		owner: rand.Text()[:ownerSize], stop: func() {},
	}
	pause, seen, since := lockPause, "", time.Now()
	for {
		dead := ""
		if seen != "" && time.Since(since) >= lockLease {
			dead = seen
		}
		held, err := l.take(ctx, s.handleKey(kindSession, handle), dead, s.recall.spent(handle))
		if err != nil {
			go l.release() // Redis may have given it to us, and only the answer got lost
			return nil, fmt.Errorf("lock session: %w", err)
		}
		if held == "" {
			l.inherited = dead != ""
			l.beat(ctx)
			return l, nil
		}
		if held != seen {
			seen, since = held, time.Now()
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for session lock: %w", ctx.Err())
		case <-time.After(pause):
		}
		pause = min(pause*3/2, lockPauseMax)
	}
}

// take tries once, and returns what the lock is if another holds it.
func (l *sessionLock) take(ctx context.Context, sessionKey, dead string, spent uint64) (held string, err error) {
	answer, err := lockScript.Run(ctx, l.redis, []string{l.key, sessionKey},
		l.value(0), lockKept.Milliseconds(), dead, spent, l.channel, l.handle).Slice()
	if err != nil {
		return "", err
	}
	if held, _ = answer[0].(string); held == "" && len(answer) == 3 {
		if record, ok := answer[1].(string); ok {
			l.record = []byte(record)
		}
		l.replicas, _ = answer[2].(int64)
	}
	return held, nil
}

// value is what the lock holds at its nth beat: another one each time, so that
// everybody sees that its holder lives.
func (l *sessionLock) value(n int) string { return l.owner + "." + strconv.Itoa(n) }

// beat keeps the lock until release.
func (l *sessionLock) beat(ctx context.Context) {
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	l.stopped = make(chan struct{})
	go func() {
		defer close(l.stopped)
		tick := time.NewTicker(lockBeat)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				_ = beatScript.Run(ctx, l.redis, []string{l.key}, l.value(n), lockKept.Milliseconds()).Err()
			}
		}
	}()
}

// release lets others have the lock. While Redis is away that is tried again
// for the time of a lease or two; after that they have taken it over.
func (l *sessionLock) release() {
	l.stop()
	ours := 0
	if l.stopped != nil {
		ours = 1
		select { // or a late beat would put the lock back
		case <-l.stopped:
		case <-time.After(redisPatience):
		}
	}
	unspent := l.handle
	if l.saved {
		unspent = ""
	}
	free := func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), redisPatience)
		defer cancel()
		return releaseScript.Run(ctx, l.redis, []string{l.key}, l.owner, l.channel, unspent, ours).Err() == nil
	}
	if free() {
		return
	}
	go func() {
		for end := time.Now().Add(2 * lockLease); time.Now().Before(end) && !free(); {
			time.Sleep(lockPauseMax)
		}
	}()
}
