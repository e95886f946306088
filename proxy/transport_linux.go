package proxy

import (
	"syscall"
	"time"
)

// Options of tcp(7) that package syscall lacks.
const (
	tcpUserTimeout  = 0x12
	tcpNotsentLowat = 0x19
)

// giveUpAfter bounds how long data may stay unacknowledged, or unread by the
// other end's program.
func giveUpAfter(conn syscall.RawConn, d time.Duration) {
	setTCP(conn, tcpUserTimeout, int(d.Milliseconds()))
}

// keepLittle bounds what the kernel takes and cannot send yet.
func keepLittle(conn syscall.RawConn) { setTCP(conn, tcpNotsentLowat, unsent) }

// setTCP sets an option. Where it cannot be set, the system's own ways apply.
func setTCP(conn syscall.RawConn, option, value int) {
	_ = conn.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, option, value) })
}
