package proxy

import (
	"syscall"
	"time"
	"unsafe"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of tcp(7), which package syscall lacks.
const tcpUserTimeout = 0x12

// giveUpAfter bounds how long data may stay unacknowledged, or unread by the
// other end's program.
func giveUpAfter(conn syscall.RawConn, d time.Duration) {
	_ = conn.Control(func(fd uintptr) {
		// Where it cannot be set, the system's own patience applies.
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(d.Milliseconds()))
	})
}

// untaken is how many bytes the other end has not acknowledged.
func untaken(conn syscall.RawConn) int {
	var n int32
	_ = conn.Control(func(fd uintptr) {
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TIOCOUTQ, uintptr(unsafe.Pointer(&n))) //nolint:gosec // the kernel writes one int
	})
	return int(n)
}
