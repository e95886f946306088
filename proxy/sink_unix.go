//go:build unix

package proxy

import "syscall"

// fits sends what has room in the kernel's buffer. done says that nothing is
// left, or will fail.
func (s *sink) fits(fd uintptr) (done bool) {
	for len(s.left) > 0 {
		n, err := send(fd, s.left)
		switch {
		case err == syscall.EINTR: //nolint:errorlint // the kernel's own number
		case err == syscall.EAGAIN: //nolint:errorlint // the kernel's own number
			return false
		case err != nil:
			s.failed = err
			return true
		default:
			s.left = s.left[n:]
		}
	}
	return true
}

// sendNow sends p if it fits into the kernel's buffer, and nothing otherwise. A
// connection that took half of it is broken: nothing sensible can follow.
func (s *sink) sendNow(p []byte) (sent, broken bool) {
	if s.raw == nil {
		return false, false
	}
	_ = s.raw.Write(func(fd uintptr) bool {
		n, err := send(fd, p)
		sent = err == nil && n == len(p)
		broken = err == nil && n < len(p)
		return true
	})
	return sent, broken
}
