package proxy

import (
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// chunks are the buffers that are borrowed while something passes.
var chunks = sync.Pool{New: func() any { return new(chunk) }}

// chunkSize fits into a processor's first cache: twice as much costs half as much again
// per megabyte.
const chunkSize = 32 << 10

type chunk [chunkSize]byte

func borrow() *chunk { return chunks.Get().(*chunk) }

// source is the receiving end of a tunnel. It holds no buffer while it waits:
// thousands of sockets are open and silent.
type source struct {
	conn  net.Conn
	chunk *chunk // borrowed
	small []byte // what a connection that must have a buffer waits with

	// For plain TCP: the buffer is borrowed when the kernel has something.
	raw syscall.RawConn
	try func(fd uintptr) bool
	n   int
	err error
}

// smallRead is enough for most messages of an engine's small talk.
const smallRead = 500

// busyTime is how long a connection that must have a buffer to wait with keeps
// a large one for what may follow.
const busyTime = 500 * time.Millisecond

func newSource(conn net.Conn) *source {
	s := &source{conn: conn}
	if !s.readRaw() {
		s.small = make([]byte, smallRead)
	}
	return s
}

// read returns what has come, which is the caller's until release. It may
// come together with an error.
func (s *source) read() ([]byte, error) {
	if s.raw != nil {
		s.n, s.err = 0, nil
		if err := s.raw.Read(s.try); err != nil {
			return nil, err
		}
		if s.chunk == nil {
			return nil, s.err
		}
		return s.chunk[:s.n], s.err
	}
	for {
		if s.chunk == nil {
			n, err := s.conn.Read(s.small)
			if n == len(s.small) {
				s.chunk = borrow() // the rest of a message is close behind
			}
			return s.small[:n], err
		}
		_ = s.conn.SetReadDeadline(time.Now().Add(busyTime))
		n, err := s.conn.Read(s.chunk[:])
		if err == nil {
			return s.chunk[:n], nil
		}
		_ = s.conn.SetReadDeadline(time.Time{})
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return s.chunk[:n], err
		}
		s.giveBack()
	}
}

// release ends the use of what read has returned.
func (s *source) release() {
	if s.raw != nil {
		s.giveBack()
	}
}

func (s *source) giveBack() {
	if s.chunk != nil {
		chunks.Put(s.chunk)
		s.chunk = nil
	}
}
