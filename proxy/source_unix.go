//go:build unix

package proxy

import (
	"io"
	"net"
	"syscall"
)

// readRaw makes s read from the kernel itself, which only plain TCP allows.
func (s *source) readRaw() bool {
	conn, ok := s.conn.(*net.TCPConn)
	if !ok {
		return false
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	s.raw = raw
	s.try = func(fd uintptr) bool {
		s.chunk = borrow()
		for {
			s.n, s.err = syscall.Read(int(fd), s.chunk[:])
			if s.err != syscall.EINTR { //nolint:errorlint // the kernel's own number
				break
			}
		}
		switch {
		case s.err == syscall.EAGAIN: //nolint:errorlint // the kernel's own number
			s.giveBack()
			return false // wait, with nothing in hand
		case s.err != nil:
			s.n = 0
		case s.n == 0:
			s.err = io.EOF
		}
		return true
	}
	return true
}

// writeNow sends p if it fits into the kernel's buffer, and nothing otherwise.
func writeNow(conn net.Conn, p []byte) bool {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return false
	}
	sent := false
	_ = raw.Write(func(fd uintptr) bool {
		n, err := syscall.Write(int(fd), p)
		sent = err == nil && n == len(p)
		if err == nil && n < len(p) {
			_ = tcp.SetDeadline(longAgo) // half a frame: nothing sensible can follow
		}
		return true
	})
	return sent
}
