package proxy

import (
	"encoding/binary"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// endGrace is how long a socket may take to finish the frame under way before
// it is cut.
const endGrace = 500 * time.Millisecond

// socket is the browser's side of a relayed WebSocket. It follows the frames
// that pass towards the browser, so that a close frame of ours can stand
// between two of them and never inside one (RFC 6455 section 5.5).
type socket struct {
	net.Conn
	closed func()
	once   sync.Once
	used   atomic.Bool // the person has sent something

	mu      sync.Mutex
	frames  frameTracker
	farew   []byte // the close frame to send at the next boundary
	ended   bool   // nothing of the tenant's goes out any more
	upgrade bool   // the HTTP answer has passed; frames follow
}

// Read passes on what the browser sends.
func (k *socket) Read(p []byte) (int, error) {
	n, err := k.Conn.Read(p)
	if n > 0 {
		k.used.Store(true)
	}
	return n, err
}

// Write passes on what the tenant sends. The first write is the answer to the
// upgrade, which the reverse proxy writes in one piece.
func (k *socket) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ended {
		return 0, net.ErrClosed
	}
	if !k.upgrade {
		k.upgrade = true
		return k.Conn.Write(p)
	}
	if k.farew == nil {
		k.frames.follow(p)
		return k.Conn.Write(p)
	}
	// Finish the frame under way, and not a byte more.
	n := k.frames.toBoundary(p)
	if written, err := k.Conn.Write(p[:n]); err != nil {
		return written, err
	}
	if k.frames.atBoundary() {
		k.sayFarewell()
	}
	return n, net.ErrClosed
}

// end closes the socket with a close frame, if one can be sent in time.
func (k *socket) end(code uint16, reason string) {
	k.mu.Lock()
	// A tenant that has closed by itself has the last word: browsers take a
	// second close frame for a fault.
	if k.farew == nil && !k.frames.closing {
		k.farew = closeFrame(code, reason)
		if k.upgrade && k.frames.atBoundary() {
			k.sayFarewell()
		}
	}
	k.mu.Unlock()
	// The browser answers with a close frame of its own and hangs up.
	time.AfterFunc(endGrace, func() { _ = k.Close() })
}

func (k *socket) sayFarewell() {
	k.ended = true
	_ = k.SetWriteDeadline(time.Now().Add(endGrace))
	_, _ = k.Conn.Write(k.farew)
}

// Close hangs up and takes the socket off the registry.
func (k *socket) Close() error {
	k.once.Do(k.closed)
	return k.Conn.Close()
}

// CloseWrite passes on that the tenant has finished; without it the reverse
// proxy could not hand a half-closed connection through.
func (k *socket) CloseWrite() error {
	if half, ok := k.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return k.Close()
}

func closeFrame(code uint16, reason string) []byte {
	frame := []byte{0x88, byte(2 + len(reason))} //nolint:gosec // reasons are short words of our own
	frame = binary.BigEndian.AppendUint16(frame, code)
	return append(frame, reason...)
}

// opClose is the opcode of a close frame.
const opClose = 0x8

// frameTracker counts its way through frames (RFC 6455 section 5.2) without
// keeping any of them.
type frameTracker struct {
	header [14]byte
	have   int    // bytes of the header seen
	left   uint64 // bytes of the payload to come
	// closing says that a close frame has begun to pass: the last one.
	closing bool
}

// follow takes note of p.
func (t *frameTracker) follow(p []byte) {
	for len(p) > 0 {
		p = p[t.step(p):]
	}
}

// toBoundary takes note of p up to the end of the frame under way, and returns
// how many bytes that is.
func (t *frameTracker) toBoundary(p []byte) int {
	n := 0
	for n < len(p) && !t.atBoundary() {
		n += t.step(p[n:])
	}
	return n
}

func (t *frameTracker) atBoundary() bool { return t.have == 0 && t.left == 0 }

// step consumes one byte of a header, or what p holds of a payload.
func (t *frameTracker) step(p []byte) int {
	if t.left > 0 {
		n := uint64(len(p))
		n = min(n, t.left)
		t.left -= n
		return int(n) //nolint:gosec // n is at most len(p)
	}
	t.header[t.have] = p[0]
	t.have++
	if size := t.headerSize(); t.have == size {
		t.left, t.have = t.payload(), 0
		t.closing = t.closing || t.header[0]&0x0f == opClose
	}
	return 1
}

func (t *frameTracker) headerSize() int {
	if t.have < 2 {
		return 2
	}
	size := 2
	switch t.header[1] & 0x7f {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	if t.header[1]&0x80 != 0 {
		size += 4
	}
	return size
}

func (t *frameTracker) payload() uint64 {
	switch n := t.header[1] & 0x7f; n {
	case 126:
		return uint64(binary.BigEndian.Uint16(t.header[2:4]))
	case 127:
		return binary.BigEndian.Uint64(t.header[2:10])
	default:
		return uint64(n)
	}
}
