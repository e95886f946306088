package proxy

import (
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
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

func patience(t *testing.T, conn syscall.Conn) (d time.Duration) {
	t.Helper()
	control(t, conn, func(fd int) error {
		ms, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
		d = time.Duration(ms) * time.Millisecond
		return err
	})
	return d
}

// Whoever vanishes while something is on its way to him, or does not read it,
// holds a socket for as long as the kernel is told to wait, and no longer.
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
			k, browser, engine, closed := newTunnel(t)
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

// A browser that vanished in the middle of an answer holds neither its place
// nor the tenant.
func TestVanishedBrowserLosesItsAnswer(t *testing.T) {
	left := make(chan struct{})
	base, p := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.Copy(w, endless{})
		close(left)
	}, func(o *Options) { o.StallTime = 200 * time.Millisecond })
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET /qlik/x HTTP/1.1\r\nHost: p\r\n\r\n")
	_, _ = io.ReadFull(conn, make([]byte, 1000))
	vanish(t, conn.(*net.TCPConn))
	waitFor(t, "its place to become free", func() bool { return p.underWay() == 0 })
	select {
	case <-left:
	case <-time.After(5 * time.Second):
		t.Error("the tenant goes on sending")
	}
}

// The bounds of the tests before are those of the program, by a longer time.
func TestKernelIsToldHowLongToWait(t *testing.T) {
	accepted, _ := tcpPair(t)
	WithConn(t.Context(), accepted)
	if got := patience(t, accepted); got != vanished {
		t.Errorf("browsers are waited for %v, want %v", got, vanished)
	}
	var conn net.Conn
	base, _ := newRelay(t, func(http.ResponseWriter, *http.Request) {})
	transport := NewTransport()
	r := request(t, "GET", base)
	r = r.WithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { conn = info.Conn }}))
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := patience(t, conn.(syscall.Conn)); got != unanswered {
		t.Errorf("tenants are waited for %v, want %v", got, unanswered)
	}
}

// A browser that is slow and takes all in the end is not taken for one that
// has gone, however much the tenant has ready for it.
func TestSlowReadersAreNotCut(t *testing.T) {
	base, p := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.Copy(w, endless{})
	}, func(o *Options) { o.StallTime = 600 * time.Millisecond })
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET /qlik/x HTTP/1.1\r\nHost: p\r\n\r\n")
	piece := make([]byte, 8<<10)
	for end := time.Now().Add(3 * p.StallTime); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if _, err := io.ReadFull(conn, piece); err != nil {
			t.Fatalf("a browser that reads on was cut: %v", err)
		}
	}
	// What is on its way still comes; but the tenant was not cut.
	if n := p.underWay(); n != 1 {
		t.Errorf("%d answers are under way, want the one that is read", n)
	}
}

// Nor is one that has a socket: what it takes may be too little for the next
// write to begin.
func TestSlowReadersKeepTheirSocket(t *testing.T) {
	k, browser, engine, closed := newTunnel(t)
	k.run()
	go func() { _, _ = io.Copy(engine, endless{}) }()
	k.blocked(t)
	for range 3 * stuckPulses {
		_, _ = io.CopyN(io.Discard, browser, 128<<10)
		time.Sleep(time.Millisecond)
		k.told.Store(false)
		k.pulse()
	}
	select {
	case <-closed:
		t.Error("a browser that reads on was cut")
	default:
	}
}
