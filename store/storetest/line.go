package storetest

import (
	"math"
	"net"
	"sync"
	"testing"
	"time"
)

// Line is a TCP connection's way to a server, on which things go wrong: it can
// be slow, hang with its connections open, or be cut.
type Line struct {
	// Addr is what to connect to instead of the server.
	Addr   string
	target string

	mu      sync.Mutex
	delay   time.Duration
	hung    chan struct{} // closed when it hangs no more; nil while it works
	upTo    int           // the last connection that hangs
	count   int           // of connections made
	conns   map[net.Conn]bool
	stopped bool
}

// NewLine opens a line to the server at target.
func NewLine(t testing.TB, target string) *Line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("open a line: %v", err)
	}
	l := &Line{Addr: listener.Addr().String(), target: target, conns: map[net.Conn]bool{}}
	go l.accept(listener)
	t.Cleanup(func() {
		_ = listener.Close()
		l.Restore()
		l.mu.Lock()
		l.stopped = true
		l.mu.Unlock()
		l.Cut()
	})
	return l
}

// Delay makes every answer of the server come so much later.
func (l *Line) Delay(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay = d
}

// Hang lets nothing more through, without closing anything.
func (l *Line) Hang() { l.hang(math.MaxInt) }

// HangOpen is Hang for the connections that are open. New ones work.
func (l *Line) HangOpen() {
	l.mu.Lock()
	count := l.count
	l.mu.Unlock()
	l.hang(count)
}

func (l *Line) hang(upTo int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.upTo = upTo
	if l.hung == nil {
		l.hung = make(chan struct{})
	}
}

// Restore ends Delay and Hang.
func (l *Line) Restore() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay = 0
	if l.hung != nil {
		close(l.hung)
		l.hung = nil
	}
}

// Cut closes the connections there are. New ones can be made.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for conn := range l.conns {
		_ = conn.Close()
	}
}

func (l *Line) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go l.serve(conn)
	}
}

func (l *Line) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	defer server.Close()
	number, ok := l.keep(client, server)
	if !ok {
		return
	}
	defer l.drop(client, server)
	ended := make(chan struct{}, 2)
	carry := func(to, from net.Conn, late bool) {
		defer func() { ended <- struct{}{} }()
		buf := make([]byte, 32<<10)
		for {
			n, err := from.Read(buf)
			if n > 0 {
				l.wait(number, late)
				if _, err := to.Write(buf[:n]); err != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
	go carry(server, client, false)
	go carry(client, server, true)
	<-ended
}

// wait holds back what has come, as long as the line is as it is.
func (l *Line) wait(number int, late bool) {
	l.mu.Lock()
	delay, hung := l.delay, l.hung
	if number > l.upTo {
		hung = nil
	}
	l.mu.Unlock()
	if late && delay > 0 {
		time.Sleep(delay)
	}
	if hung != nil {
		<-hung
	}
}

func (l *Line) keep(conns ...net.Conn) (number int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	for _, conn := range conns {
		l.conns[conn] = true
	}
	return l.count, !l.stopped
}

func (l *Line) drop(conns ...net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, conn := range conns {
		delete(l.conns, conn)
	}
}
