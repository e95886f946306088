package tunnel

import (
	"crypto/rand"
	"encoding/binary"
)

// Opcodes of frames (RFC 6455 section 5.2). Control frames begin at opClose.
const (
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA

	finalFrame = 0x80
	masked     = 0x80
)

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

// opcode is that of the frame under way, or of the last one.
func (t *frameTracker) opcode() byte { return t.header[0] & 0x0f }

// step consumes what p holds of a header's next part, or of a payload.
func (t *frameTracker) step(p []byte) int {
	if t.left > 0 {
		n := uint64(len(p))
		n = min(n, t.left)
		t.left -= n
		return int(n) //nolint:gosec // n is at most len(p)
	}
	n := copy(t.header[t.have:t.headerSize()], p)
	t.have += n
	if t.have == t.headerSize() {
		t.left, t.have = t.payload(), 0
		t.closing = t.closing || t.opcode() == opClose
	}
	return n
}

// headerSize is how long the header is, as far as it tells by now.
func (t *frameTracker) headerSize() int {
	if t.have < 2 {
		return 2
	}
	size := 2
	switch t.header[1] &^ masked {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	if t.header[1]&masked != 0 {
		size += 4
	}
	return size
}

func (t *frameTracker) payload() uint64 {
	switch n := t.header[1] &^ masked; n {
	case 126:
		return uint64(binary.BigEndian.Uint16(t.header[2:4]))
	case 127:
		return binary.BigEndian.Uint64(t.header[2:10])
	default:
		return uint64(n)
	}
}

func closeFrame(code uint16, reason string) []byte {
	frame := []byte{finalFrame | opClose, byte(2 + len(reason))} //nolint:gosec // reasons are short words of our own
	frame = binary.BigEndian.AppendUint16(frame, code)
	return append(frame, reason...)
}

// pingFrame is what we ask browsers with. Its payload tells the answer to it
// from the answers to the tenant's own pings.
var pingFrame = func() []byte {
	frame := make([]byte, 2+8)
	_, _ = rand.Read(frame[2:])
	frame[0], frame[1] = finalFrame|opPing, 8
	return frame
}()

// pongSize is the size of a browser's answer to pingFrame, mask included.
var pongSize = len(pingFrame) + 4

// answersUs reports whether a masked pong of pongSize answers pingFrame.
func answersUs(pong []byte) bool {
	mask, payload := pong[2:6], pong[6:]
	for i, b := range payload {
		if b^mask[i%4] != pingFrame[2+i] {
			return false
		}
	}
	return true
}

// pongFilter follows the frames a browser sends and takes out the answers to
// our own pings: the tenant has not asked, and would wonder.
type pongFilter struct {
	frames frameTracker
	held   [14]byte // a pong that may be an answer to us, as far as it has come
	n      int
}

// pass hands all of p but our pongs to send. data says that a frame with data
// was among it: a browser answers pings by itself, a person sends data.
func (f *pongFilter) pass(p []byte, send func([]byte) error) (data bool, err error) {
	start := 0 // of what has not been sent
	for i := 0; i < len(p); {
		if f.n == 0 && (!f.frames.atBoundary() || p[i] != finalFrame|opPong) {
			i += f.frames.step(p[i:])
			data = data || f.frames.opcode() < opClose
			continue
		}
		if f.n == 0 && i > start {
			if err := send(p[start:i]); err != nil {
				return data, err
			}
		}
		f.held[f.n] = p[i]
		f.n++
		f.frames.follow(p[i : i+1])
		i++
		start = i
		switch other := f.n == 2 && int(f.held[1]) != masked|(len(pingFrame)-2); {
		case other, f.n == pongSize && !answersUs(f.held[:f.n]):
			if err := send(f.held[:f.n]); err != nil {
				return data, err
			}
			f.n = 0
		case f.n == pongSize:
			f.n = 0
		}
	}
	if start < len(p) {
		return data, send(p[start:])
	}
	return data, nil
}
