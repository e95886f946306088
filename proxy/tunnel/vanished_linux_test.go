package tunnel

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// vanish makes a connection's end lose all that is sent to it, as if its cable
// had been pulled: it acknowledges nothing, and nothing says so.
func vanish(t *testing.T, end *net.TCPConn) {
	t.Helper()
	control(t, end, func(fd int) error {
		takeNothing := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K}
		return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &takeNothing})
	})
}

func control(t *testing.T, conn syscall.Conn, do func(fd int) error) {
	t.Helper()
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if failed := raw.Control(func(fd uintptr) { err = do(int(fd)) }); failed != nil || err != nil {
		t.Fatal(failed, err)
	}
}

// A peer that vanishes while data is on its way to it, or that does not read,
// holds a socket for the TCP user timeout and no longer.
func TestVanishedPeersLoseTheirSocket(t *testing.T) {
	const short = 300 * time.Millisecond
	for name, tt := range map[string]struct {
		gone   func(k *socket, browser, engine *net.TCPConn) (side, far *net.TCPConn)
		unread bool // there, but it does not read
	}{
		"browser":                    {gone: func(k *socket, b, _ *net.TCPConn) (_, _ *net.TCPConn) { return k.browser.(*net.TCPConn), b }},
		"browser that does not read": {gone: func(k *socket, b, _ *net.TCPConn) (_, _ *net.TCPConn) { return k.browser.(*net.TCPConn), b }, unread: true},
		"tenant":                     {gone: func(k *socket, _, e *net.TCPConn) (_, _ *net.TCPConn) { return k.tenant.(*net.TCPConn), e }},
		"tenant that does not read":  {gone: func(k *socket, _, e *net.TCPConn) (_, _ *net.TCPConn) { return k.tenant.(*net.TCPConn), e }, unread: true},
	} {
		t.Run(name, func(t *testing.T) {
			k, browser, engine, closed := openTunnel(t)
			side, far := tt.gone(k, browser, engine)
			control(t, side, func(fd int) error {
				return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(short.Milliseconds()))
			})
			if !tt.unread {
				vanish(t, far)
			}
			k.run()
			other := engine
			if far == engine {
				other = browser
			}
			go func() { _, _ = io.Copy(other, endless{}) }()
			begun := time.Now()
			select {
			case <-closed:
				t.Logf("after %v", time.Since(begun))
			case <-time.After(15 * time.Second):
				t.Error("the socket is held for whom there is nobody")
			}
		})
	}
}

// Nor is one that has a socket: what it takes may be too little for the next
// write to begin.
func TestSlowReadersKeepTheirSocket(t *testing.T) {
	k, browser, engine, closed := openTunnel(t)
	k.run()
	go func() { _, _ = io.Copy(engine, endless{}) }()
	k.blocked(t)
	for range 3 * stalledChecks {
		_, _ = io.CopyN(io.Discard, browser, 128<<10)
		time.Sleep(time.Millisecond)
		k.sent.Store(false)
		k.checkAlive()
	}
	select {
	case <-closed:
		t.Error("a browser that reads on was cut")
	default:
	}
}
