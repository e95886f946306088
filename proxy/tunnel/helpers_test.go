package tunnel

import (
	"net"
	"testing"
	"time"
)

// openTunnel is a socket with its two other ends.
func openTunnel(t *testing.T) (k *socket, browser, engine *net.TCPConn, closed chan struct{}) {
	t.Helper()
	ours, browser := tcpPair(t)
	tenant, engine := tcpPair(t)
	closed = make(chan struct{})
	k = newSocket(ours, tenant)
	k.closed = func() { close(closed) }
	t.Cleanup(k.Close)
	return k, browser, engine, closed
}

// blocked waits until no more of what the tenant sends fits anywhere on its way
// to the browser.
func (k *socket) blocked(t *testing.T) {
	t.Helper()
	waitFor(t, "the browser's buffers to be full", func() bool {
		k.sent.Store(false)
		time.Sleep(20 * time.Millisecond)
		free := k.mu.TryLock()
		if free {
			k.mu.Unlock()
		}
		return !free && !k.sent.Load()
	})
}

// tcpPair returns the two ends of a connection.
func tcpPair(t *testing.T) (a, b *net.TCPConn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dialled, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dialled.Close(); accepted.Close() })
	return accepted.(*net.TCPConn), dialled.(*net.TCPConn)
}

// maskedFrame is a frame as browsers send them.
func maskedFrame(opcode byte, payload []byte) []byte {
	mask := []byte{1, 2, 3, 4}
	frame := []byte{finalFrame | opcode}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, masked|byte(n))
	default:
		frame = append(frame, masked|126, byte(n>>8), byte(n))
	}
	frame = append(frame, mask...)
	for i, b := range payload {
		frame = append(frame, b^mask[i%4])
	}
	return frame
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
