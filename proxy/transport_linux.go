package proxy

import "syscall"

// tcpUserTimeout is TCP_USER_TIMEOUT of tcp(7), which package syscall lacks.
const tcpUserTimeout = 0x12

func giveUpUnanswered(_, _ string, conn syscall.RawConn) error {
	return conn.Control(func(fd uintptr) {
		// Where it cannot be set, the system's own patience applies.
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(unanswered.Milliseconds()))
	})
}
