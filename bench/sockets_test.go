package bench

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

const (
	idleSockets      = 5000
	socketsPerPerson = 5
	// settling is how long the memory of a process may take to come to rest.
	settling = 5 * time.Second
)

// open opens a socket as a page of this origin does.
func (c *child) open(tb testing.TB, cookies string) *websocket.Conn {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, strings.Replace(c.url, "http", "ws", 1)+"/qlik/app/bench", &websocket.DialOptions{
		HTTPHeader: http.Header{"Cookie": {cookies}, "Origin": {c.url}},
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

// echo sends a message as long as a small answer of the engine, and waits for
// it to come back.
func echo(ctx context.Context, conn *websocket.Conn, message []byte) error {
	if err := conn.Write(ctx, websocket.MessageText, message); err != nil {
		return err
	}
	_, back, err := conn.Read(ctx)
	if err == nil && len(back) != len(message) {
		err = fmt.Errorf("%d bytes came back of %d", len(back), len(message))
	}
	return err
}

var message = []byte(strings.Repeat(`{"jsonrpc":"2.0"} `, 12))

// echoes measures CPU time per message there and back, on as many sockets as
// there are people.
func echoes(tb testing.TB, c *child) side {
	tb.Helper()
	var sockets []*websocket.Conn
	for _, cookies := range c.signInMany(tb, people) {
		sockets = append(sockets, c.open(tb, cookies))
	}
	return cpuPer(c, func(tb testing.TB) float64 {
		tb.Helper()
		var wg sync.WaitGroup
		counts, faults := make([]int, len(sockets)), make([]error, len(sockets))
		end := time.Now().Add(roundTime)
		for i, conn := range sockets {
			wg.Go(func() {
				for ; faults[i] == nil && time.Now().Before(end); counts[i]++ {
					faults[i] = echo(tb.Context(), conn, message)
				}
			})
		}
		wg.Wait()
		var sum float64
		for i, n := range counts {
			if faults[i] != nil {
				tb.Fatal(faults[i])
			}
			sum += float64(n)
		}
		return sum
	})
}

// perIdleSocket returns the memory, in KiB, that a process of its own keeps for
// each of many sockets that were used once and are open.
func perIdleSocket(tb testing.TB, c *child) float64 {
	tb.Helper()
	signedIn := c.signInMany(tb, idleSockets/socketsPerPerson)
	time.Sleep(settling)
	before := c.memory(tb)
	sockets := make([]*websocket.Conn, idleSockets)
	for i := range sockets {
		sockets[i] = c.open(tb, signedIn[i%len(signedIn)])
		if err := echo(tb.Context(), sockets[i], message); err != nil {
			tb.Fatal(err)
		}
	}
	time.Sleep(settling)
	taken := c.memory(tb) - before
	for i, conn := range sockets {
		if err := echo(tb.Context(), conn, message); err != nil {
			tb.Fatalf("socket %d did not stay open: %v", i, err)
		}
	}
	return float64(taken) / 1024 / idleSockets
}
