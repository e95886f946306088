package proxy

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// giveUpAfter bounds how long data may stay unacknowledged, or unread by the
// other end's program.
func giveUpAfter(conn syscall.RawConn, d time.Duration) {
	_ = conn.Control(func(fd uintptr) {
		// Where it cannot be set, the system's own patience applies.
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(d.Milliseconds()))
	})
}

// untaken is how many bytes the other end has not acknowledged.
func untaken(conn syscall.RawConn) (n int) {
	_ = conn.Control(func(fd uintptr) {
		n, _ = unix.IoctlGetInt(int(fd), unix.TIOCOUTQ)
	})
	return n
}
