package proxy

import (
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// chunks are the buffers that are borrowed while something passes.
var chunks = sync.Pool{New: func() any { return new(chunk) }}

// chunkSize is as much as one packet on its way to the network card holds, less
// room for headers. Of 64 KiB each write would become two, the second next to
// empty, which costs two fifths more per megabyte; 32 KiB cost a fifth more.
const chunkSize = 60 << 10

type chunk [chunkSize]byte

func borrow() *chunk { return chunks.Get().(*chunk) }

// source is the receiving end of a tunnel. It holds no buffer while it waits:
// thousands of sockets are open and silent.
type source struct {
	conn   net.Conn
	hand   func([]byte) error // takes a piece, which is its own until it returns
	frames *frameTracker      // of what hand has taken

	// For plain TCP: the buffer is borrowed when the kernel has something.
	raw     syscall.RawConn
	refused bool        // hand has failed
	unsure  atomic.Bool // an end that came together with data may not have been seen
}

func newSource(conn net.Conn, hand func([]byte) error, frames *frameTracker) *source {
	return &source{conn: conn, hand: hand, frames: frames, raw: descriptor(conn)}
}

// pump hands over what comes until the connection ends or hand fails, and
// reports whether hand took all of it.
func (s *source) pump() (taken bool) {
	if s.raw != nil {
		return s.pumpRaw()
	}
	return s.pumpBuffered()
}

// lookAgain makes a source that waits see an end that it may have missed.
func (s *source) lookAgain() {
	if s.unsure.Swap(false) {
		_ = s.conn.SetReadDeadline(longAgo)
	}
}

// hangUp makes whoever waits for the connection, to receive or to send, give up.
// Only then plain TCP can be closed, which waits for who receives. By TLS a
// deadline would have the other end told of the close, and waited for.
func (s *source) hangUp() {
	if s.raw == nil {
		_ = s.conn.Close()
		return
	}
	_ = s.conn.SetDeadline(longAgo)
}

// smallRead is enough for most messages of an engine's small talk.
const smallRead = 500

// busyTime is how long a connection that must have a buffer to wait with keeps
// a large one for what may follow.
const busyTime = 500 * time.Millisecond

// pumpBuffered is for connections that must have a buffer to wait with, as
// those by TLS.
func (s *source) pumpBuffered() (taken bool) {
	small := make([]byte, smallRead)
	for {
		n, err := s.conn.Read(small)
		if n > 0 && s.hand(small[:n]) != nil {
			return false
		}
		if err == nil && n == len(small) { // the rest of a message is close behind
			taken, err = s.pumpBusy()
			if !taken {
				return false
			}
		}
		if err != nil {
			return true
		}
	}
}

// pumpBusy does it with a large buffer, until nothing comes for a while: then
// there is no error.
func (s *source) pumpBusy() (taken bool, err error) {
	chunk := borrow()
	defer chunks.Put(chunk)
	defer func() { _ = s.conn.SetReadDeadline(time.Time{}) }()
	for {
		_ = s.conn.SetReadDeadline(time.Now().Add(busyTime))
		n, err := s.conn.Read(chunk[:])
		if n > 0 && s.hand(chunk[:n]) != nil {
			return false, nil
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return true, nil
		}
		if err != nil {
			return true, err
		}
	}
}
