package tcp

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func setUserTimeout(conn syscall.RawConn, d time.Duration) {
	_ = conn.Control(func(fd uintptr) {
		// Where it cannot be set, the system's own timeout applies.
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(d.Milliseconds()))
	})
}

func unacknowledged(conn syscall.RawConn) (n int) {
	_ = conn.Control(func(fd uintptr) {
		n, _ = unix.IoctlGetInt(int(fd), unix.TIOCOUTQ)
	})
	return n
}
