package proxy

// A silent socket is cut by what stands in between, a load balancer or a
// company's proxy, mostly after a minute. And a browser that vanished without
// a word, on a machine put to sleep, would keep an engine session at the tenant
// until TCP gives up. So silent sockets are pinged. The tenant's side needs
// none of it: TCP keep-alive is on there, and nothing of ours stands in between.

import (
	"context"
	"time"
)

const (
	// pulseInterval is how often sockets are looked at.
	pulseInterval = 15 * time.Second
	// silentPulses is how often a socket is found silent before it is pinged.
	silentPulses = 2
	// pingTimeout is how long a ping may wait for room in the kernel's buffer.
	pingTimeout = 10 * time.Millisecond
	// lostPings is how many pings in a row may stay unanswered.
	lostPings = 3
	// stuckPulses is how often in a row a browser may be found not to have taken
	// what it was being sent at the pulse before.
	stuckPulses = int(vanished / pulseInterval)
)

// silence is what a socket's pulse remembers from one look to the next.
type silence struct {
	pulses, pings, stuck int
	intake               intake
}

// tend keeps sockets from being cut by others, and from outliving their ends,
// until ctx ends.
func (s *Sockets) tend(ctx context.Context) {
	pulse := time.NewTicker(pulseInterval)
	defer pulse.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pulse.C:
			for _, k := range s.all() {
				k.pulse()
			}
		}
	}
}

func (k *socket) pulse() {
	heard, told := k.heard.Swap(false), k.told.Swap(false)
	if k.stuck(told) {
		go k.Close() // within a frame: there is nothing to say
		return
	}
	if heard {
		k.silence.pings = 0
	}
	if heard && told {
		k.silence.pulses = 0
		return
	}
	if k.silence.pulses++; k.silence.pulses < silentPulses {
		return
	}
	if k.silence.pings == lostPings {
		// Should it come back from sleep soon, it finds that it may connect again.
		go k.end(CloseDraining, "no answer")
		return
	}
	if k.ping() {
		k.silence.pings++
		k.silence.pulses = 0
	}
}

// stuck reports whether the browser has taken nothing for too long. Where the
// system can tell by itself, see WithConn, it mostly has by then.
func (k *socket) stuck(told bool) bool {
	busy := !k.mu.TryLock()
	if !busy {
		k.mu.Unlock()
	}
	if told || !busy || k.silence.intake.moves(k.browser) {
		k.silence.stuck = 0
		return false
	}
	k.silence.stuck++
	return k.silence.stuck >= stuckPulses
}

// ping asks the browser for a sign of life, unless it is busy: a frame that is
// on its way to a slow reader is not silence.
func (k *socket) ping() (sent bool) {
	if !k.mu.TryLock() {
		return false
	}
	defer k.mu.Unlock()
	if k.farew != nil || k.ended || k.frames.closing || !k.frames.atBoundary() {
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
