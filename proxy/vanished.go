package proxy

import (
	"net"
	"time"
)

const (
	// vanished is how long a browser may leave what it is sent without an answer,
	// or read none of it. TCP by itself tries for a quarter of an hour, and waits
	// for ever for one that is there and does not read; meanwhile the session
	// misses a place, and the tenant keeps what is for nobody. A laptop that
	// changes networks is back long before.
	vanished = 2 * time.Minute
	// unsent is how much the kernel takes for a browser that is slower than the
	// tenant. By itself it takes megabytes, and then says for minutes that
	// nothing moves, however steadily the browser reads.
	unsent = 128 << 10
)

// NoticeVanished gives up connections whose other end has gone without a word,
// on systems that can tell.
func NoticeVanished(l net.Listener) net.Listener { return watchfulListener{l} }

type watchfulListener struct{ net.Listener }

// Accept waits for the next connection.
func (l watchfulListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		if raw, err := tcp.SyscallConn(); err == nil {
			giveUpAfter(raw, vanished)
			keepLittle(raw)
		}
	}
	return conn, err
}
