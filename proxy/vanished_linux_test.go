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

	"vitrine/proxy/tcp"
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
	if got := patience(t, accepted); got != tcp.PeerTimeout {
		t.Errorf("browsers are waited for %v, want %v", got, tcp.PeerTimeout)
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
