package tunnel

import (
	"context"
	"time"

	"vitrine/proxy/tcp"
)

const (
	// checkAliveInterval is how often tunnels are checked.
	checkAliveInterval = 15 * time.Second
	// silentChecks is how many checks find a tunnel silent before it is pinged.
	silentChecks = 2
	// pingTimeout is how long a ping may wait for room in the kernel's buffer.
	pingTimeout = 10 * time.Millisecond
	// lostPings is how many pings in a row may stay unanswered.
	lostPings = 3
	// stalledChecks is how many checks in a row may find that the browser has
	// acknowledged nothing of a write under way.
	stalledChecks = int(tcp.PeerTimeout / checkAliveInterval)
)

// silence is the state of a tunnel between two calls of checkAlive.
type silence struct {
	checks, pings, stalled int
	progress               tcp.Progress
}

// pingLoop checks all tunnels at intervals until ctx ends. Load balancers close
// silent connections, mostly after a minute, and a browser on a machine put to
// sleep would keep an engine session until TCP gives up. The connection to the
// tenant has TCP keep-alive instead.
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

// checkAlive pings a silent browser and closes a tunnel whose browser has gone.
func (k *socket) checkAlive() {
	received, sent := k.received.Swap(false), k.sent.Swap(false)
	if k.stalled(sent) {
		go k.Close() // within a frame, where no close frame may stand
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

// stalled reports whether the browser has read nothing for too long. Where the
// system supports it, tcp.SetPeerTimeout has mostly closed the connection by then.
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

// ping sends a ping unless a write is under way: a frame on its way to a slow
// reader is not silence.
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
