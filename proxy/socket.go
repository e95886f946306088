package proxy

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// endGrace is how long a socket may take to finish the frame under way before
// it is cut.
const endGrace = 500 * time.Millisecond

// linger is how long one end of a tunnel may go on when the other has finished.
const linger = 10 * time.Second

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// socket is a relayed WebSocket: a tunnel between a browser and the tenant. It
// follows the frames that pass, so that frames of ours can stand between two
// of the tenant's and never inside one (RFC 6455 section 5.5).
type socket struct {
	browser, tenant net.Conn
	closed          func()
	once            sync.Once
	half            atomic.Bool // one end has finished
	silence         silence

	told   atomic.Bool // the browser was sent something
	mu     sync.Mutex
	frames frameTracker // towards the browser
	farew  []byte       // the close frame to send at the next boundary
	ended  bool         // nothing of the tenant's goes out any more

	heard  atomic.Bool // the browser has sent something, if only to answer a ping
	used   atomic.Bool // the person has
	filter pongFilter  // towards the tenant
}

func newSocket(browser, tenant net.Conn) *socket {
	return &socket{browser: browser, tenant: tenant}
}

// run carries frames both ways until both ends have finished.
func (k *socket) run() {
	go k.carry(k.browser, k.toTenant, k.tenant)
	go k.carry(k.tenant, k.toBrowser, k.browser)
}

// carry passes what comes until one end has finished or fails.
func (k *socket) carry(from net.Conn, write func([]byte) error, to net.Conn) {
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
	if k.half.Swap(true) || !ok || half.CloseWrite() != nil {
		k.Close()
		return
	}
	time.AfterFunc(linger, k.Close)
}

// toTenant passes on what the browser sends.
func (k *socket) toTenant(p []byte) error {
	note(&k.heard)
	data, err := k.filter.pass(p, func(p []byte) error {
		_, err := k.tenant.Write(p)
		return err
	})
	if data {
		note(&k.used)
	}
	return err
}

// note sets a flag that mostly is set already: to look costs less than to write.
func note(flag *atomic.Bool) {
	if !flag.Load() {
		flag.Store(true)
	}
}

// toBrowser passes on what the tenant sends.
func (k *socket) toBrowser(p []byte) error {
	note(&k.told)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ended {
		return nil // the browser is to say goodbye yet; until then the tenant talks to nobody
	}
	n := len(p)
	if k.farew == nil {
		k.frames.follow(p)
	} else { // finish the frame under way, and not a byte more
		n = k.frames.toBoundary(p)
	}
	if _, err := k.browser.Write(p[:n]); err != nil {
		k.ended = true // who knows how much of it went out
		return err
	}
	switch {
	case k.farew == nil:
	case k.frames.closing: // it began before ours was due, and is the last word
		k.ended = k.frames.atBoundary()
	case k.frames.atBoundary():
		k.sayFarewell()
	}
	return nil
}

// end closes the socket with a close frame, if one can be sent in time.
func (k *socket) end(code uint16, reason string) {
	// The browser answers with a close frame of its own and hangs up. One that
	// reads nothing keeps the lock, and is cut all the same.
	time.AfterFunc(endGrace, k.Close)
	k.mu.Lock()
	defer k.mu.Unlock()
	// A tenant that has closed by itself has the last word: browsers take a
	// second close frame for a fault.
	if k.farew == nil && !k.frames.closing && !k.ended {
		k.farew = closeFrame(code, reason)
		if k.frames.atBoundary() {
			k.sayFarewell()
		}
	}
}

func (k *socket) sayFarewell() {
	k.ended = true
	_ = k.browser.SetWriteDeadline(time.Now().Add(endGrace))
	_, _ = k.browser.Write(k.farew)
}

// Close closes both connections and takes the socket off the registry.
func (k *socket) Close() {
	k.once.Do(func() {
		k.closed()
		k.half.Store(true) // nobody need wait for the other end
		_ = k.browser.Close()
		_ = k.tenant.Close()
	})
}
