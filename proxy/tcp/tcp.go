package tcp

import (
	"syscall"
	"time"
)

// PeerTimeout is how long a browser may leave data unacknowledged, or unread.
// TCP itself retries for a quarter of an hour, and waits for ever for a peer that
// acknowledges and does not read. A laptop that changes networks is back sooner.
const PeerTimeout = 2 * time.Minute

// SetPeerTimeout closes conn once sent data was unacknowledged, or unread by the
// peer's program, for d (TCP_USER_TIMEOUT). It does nothing if conn is no socket.
func SetPeerTimeout(conn any, d time.Duration) {
	if raw := rawConn(conn); raw != nil {
		SetTimeout(raw, d)
	}
}

// SetTimeout is SetPeerTimeout for the Control function of a net.Dialer.
func SetTimeout(conn syscall.RawConn, d time.Duration) { setUserTimeout(conn, d) }

// Progress observes whether the peer acknowledges data. The duration of a write
// says little: the kernel buffers megabytes.
type Progress struct{ queued int }

// Advanced reports whether the queue of conn has changed since the last call.
func (p *Progress) Advanced(conn any) bool {
	raw := rawConn(conn)
	if raw == nil {
		return false
	}
	before := p.queued
	p.queued = unacknowledged(raw)
	return p.queued != before
}

func rawConn(conn any) syscall.RawConn {
	with, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := with.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}
