package tunnel

// A silent socket is cut by what stands in between, a load balancer or a
// company's proxy, mostly after a minute. And a browser that vanished without
// a word, on a machine put to sleep, would keep an engine session at the tenant
// until TCP gives up. So silent sockets are pinged. The tenant's side needs
// none of it: TCP keep-alive is on there, and nothing of ours stands in between.

import (
	"context"
	"time"

	"vitrine/proxy/tcp"
)

const (
	// checkAliveInterval is how often sockets are looked at.
	checkAliveInterval = 15 * time.Second
	// silentChecks is how often a socket is found silent before it is pinged.
	silentChecks = 2
	// pingTimeout is how long a ping may wait for room in the kernel's buffer.
	pingTimeout = 10 * time.Millisecond
	// lostPings is how many pings in a row may stay unanswered.
	lostPings = 3
	// stalledChecks is how often in a row a browser may be found not to have taken
	// what it was being sent at the pulse before.
	stalledChecks = int(tcp.PeerTimeout / checkAliveInterval)
)

// silence is what a socket's pulse remembers from one look to the next.
type silence struct {
	checks, pings, stalled int
	progress               tcp.Progress
}

// pingLoop keeps sockets from being cut by others, and from outliving their ends,
// until ctx ends.
func (s *Registry) pingLoop(ctx context.Context) {
	tick := time.NewTicker(checkAliveInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, k := range s.all() {
				k.checkAlive()
			}
		}
	}
}

func (k *socket) checkAlive() {
	received, sent := k.received.Swap(false), k.sent.Swap(false)
	if k.stalled(sent) {
		go k.Close() // within a frame: there is nothing to say
		return
	}
	if received {
		k.silence.pings = 0
	}
	if received && sent {
		k.silence.checks = 0
		return
	}
	if k.silence.checks++; k.silence.checks < silentChecks {
		return
	}
	if k.silence.pings == lostPings {
		// Should it come back from sleep soon, it finds that it may connect again.
		go k.closeWith(CloseDraining, "no answer")
		return
	}
	if k.ping() {
		k.silence.pings++
		k.silence.checks = 0
	}
}

// stuck reports whether the browser has taken nothing for too long. Where the
// system can tell by itself, see WithConn, it mostly has by then.
func (k *socket) stalled(sent bool) bool {
	busy := !k.mu.TryLock()
	if !busy {
		k.mu.Unlock()
	}
	if sent || !busy || k.silence.progress.Advanced(k.browser) {
		k.silence.stalled = 0
		return false
	}
	k.silence.stalled++
	return k.silence.stalled >= stalledChecks
}

// ping asks the browser for a sign of life, unless it is busy: a frame that is
// on its way to a slow reader is not silence.
func (k *socket) ping() (sent bool) {
	if !k.mu.TryLock() {
		return false
	}
	defer k.mu.Unlock()
	if k.lastFrame != nil || k.ended || k.frames.closing || !k.frames.atBoundary() {
		return false
	}
	_ = k.browser.SetWriteDeadline(time.Now().Add(pingTimeout))
	n, err := k.browser.Write(pingFrame)
	_ = k.browser.SetWriteDeadline(time.Time{})
	if n > 0 && err != nil { // nothing sensible can follow half a frame
		k.ended = true
		go k.Close()
	}
	return err == nil
}
