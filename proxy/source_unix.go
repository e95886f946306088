//go:build unix

package proxy

import (
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

// descriptor is how conn can be used without the buffers and the waiting of its
// own, which only plain TCP allows: nil for others.
func descriptor(conn net.Conn) syscall.RawConn {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// pumpRaw reads from the kernel itself. It waits within one call for as long as
// it can: each new one would forget that something came in between, and
// had to ask for it in vain. A connection is not closed before that call has
// returned, see hangUp. Deadlines are there to have a look, or it is closed next.
func (s *source) pumpRaw() (taken bool) {
	for {
		err := s.raw.Read(s.arrived)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return !s.refused
		}
		_ = s.conn.SetReadDeadline(time.Time{})
	}
}

// arrived hands over what has come. done says that nothing will any more.
func (s *source) arrived(fd uintptr) (done bool) {
	for {
		chunk := borrow()
		n, err := receive(fd, chunk[:])
		s.refused = n > 0 && s.hand(chunk[:n]) != nil
		chunks.Put(chunk)
		switch {
		case s.refused:
			return true
		case err == syscall.EINTR: //nolint:errorlint // the kernel's own number
		case err == syscall.EAGAIN: //nolint:errorlint // the kernel's own number
			return false
		case n <= 0:
			return true
		case n < chunkSize && s.frames.atBoundary() && !s.frames.closing:
			// That was all there is (epoll(7), question 9): the kernel will tell of more.
			// Of an end it may have told already. One is close behind the last frame,
			// or within one; for others somebody has a look now and then.
			note(&s.unsure)
			return false
		}
	}
}
