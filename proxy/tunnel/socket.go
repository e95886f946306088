package tunnel

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// closeTimeout is how long a socket may take to finish the frame under way before
// it is cut.
const closeTimeout = 500 * time.Millisecond

// halfClosedTimeout is how long one end of a tunnel may go on when the other has finished.
const halfClosedTimeout = 10 * time.Second

// socket is an open WebSocket between a browser and the tenant. It
// follows the frames that pass, so that frames of ours can stand between two
// of the tenant's and never inside one (RFC 6455 section 5.5).
type socket struct {
	browser, tenant net.Conn
	closed          func()
	once            sync.Once
	halfClosed      atomic.Bool // one end has finished
	silence         silence

	sent      atomic.Bool // the browser was sent something
	mu        sync.Mutex
	frames    frameTracker // towards the browser
	lastFrame []byte       // the close frame to send at the next boundary
	ended     bool         // nothing of the tenant's goes out any more

	received atomic.Bool // the browser has sent something, if only to answer a ping
	used     atomic.Bool // the browser has sent data
	filter   pongFilter  // towards the tenant
}

func newSocket(browser, tenant net.Conn) *socket {
	return &socket{browser: browser, tenant: tenant}
}

// run carries frames both ways until both ends have finished.
func (k *socket) run() {
	go k.relay(k.browser, k.toTenant, k.tenant)
	go k.relay(k.tenant, k.toBrowser, k.browser)
}

// relay passes what comes until one end has finished or fails.
func (k *socket) relay(from net.Conn, write func([]byte) error, to net.Conn) {
	if !pump(from, write) {
		to = nil
	}
	// However it ended, what has come so far is the other's to have: a reset would
	// take it back. No close frame is made up.
	k.finish(to)
}

// finish notes that one direction is done. The other may go on for a moment, a
// close frame may be under way, and then the socket is gone.
func (k *socket) finish(to net.Conn) {
	half, ok := to.(interface{ CloseWrite() error })
	if k.halfClosed.Swap(true) || !ok || half.CloseWrite() != nil {
		k.Close()
		return
	}
	time.AfterFunc(halfClosedTimeout, k.Close)
}

// toTenant passes on what the browser sends.
func (k *socket) toTenant(p []byte) error {
	setFlag(&k.received)
	data, err := k.filter.pass(p, func(p []byte) error {
		_, err := k.tenant.Write(p)
		return err
	})
	if data {
		setFlag(&k.used)
	}
	return err
}

// setFlag sets a flag that mostly is set already: a load costs less than a store.
func setFlag(flag *atomic.Bool) {
	if !flag.Load() {
		flag.Store(true)
	}
}

// toBrowser passes on what the tenant sends.
func (k *socket) toBrowser(p []byte) error {
	setFlag(&k.sent)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ended {
		return nil // only a close frame is still due
	}
	n := len(p)
	if k.lastFrame == nil {
		k.frames.follow(p)
	} else { // finish the frame under way, and not a byte more
		n = k.frames.toBoundary(p)
	}
	if _, err := k.browser.Write(p[:n]); err != nil {
		k.ended = true // part of a frame may have been written
		return err
	}
	switch {
	case k.lastFrame == nil:
	case k.frames.closing: // it began before ours was due, and is the last word
		k.ended = k.frames.atBoundary()
	case k.frames.atBoundary():
		k.writeLastFrame()
	}
	return nil
}

// closeWith closes the socket with a close frame, if one can be sent in time.
func (k *socket) closeWith(code uint16, reason string) {
	// The browser answers with a close frame of its own and hangs up. One that
	// reads nothing keeps the lock, and is cut all the same.
	time.AfterFunc(closeTimeout, k.Close)
	k.mu.Lock()
	defer k.mu.Unlock()
	// A tenant that has closed by itself has the last word: browsers take a
	// second close frame for a fault.
	if k.lastFrame == nil && !k.frames.closing && !k.ended {
		k.lastFrame = closeFrame(code, reason)
		if k.frames.atBoundary() {
			k.writeLastFrame()
		}
	}
}

func (k *socket) writeLastFrame() {
	k.ended = true
	_ = k.browser.SetWriteDeadline(time.Now().Add(closeTimeout))
	_, _ = k.browser.Write(k.lastFrame)
}

// Close closes both connections and removes the socket from the registry.
func (k *socket) Close() {
	k.once.Do(func() {
		k.closed()
		k.halfClosed.Store(true) // skip the half-closed state
		_ = k.browser.Close()
		_ = k.tenant.Close()
	})
}
