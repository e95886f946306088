package proxy

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"vitrine/auth"
	"vitrine/proxy/tunnel"
)

// echo plays a tenant's engine: it sends back what it gets.
func echo(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionContextTakeover})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	conn.SetReadLimit(-1)
	for {
		kind, message, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		if string(message) == "bye" {
			_ = conn.Close(4204, "App not found")
			return
		}
		if conn.Write(r.Context(), kind, message) != nil {
			return
		}
	}
}

func dial(t *testing.T, base string) *websocket.Conn {
	t.Helper()
	conn, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(base, "http")+"/qlik/app/a%20b/identity/i?reloadUri=x",
		&websocket.DialOptions{CompressionMode: websocket.CompressionContextTakeover})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		resp.Body.Close()
	}
	conn.SetReadLimit(-1)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

func roundTrip(t *testing.T, conn *websocket.Conn, message string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := conn.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
		t.Fatal(err)
	}
	_, got, err := conn.Read(ctx)
	if err != nil || string(got) != message {
		t.Fatalf("sent %d bytes, got %d back, error %v", len(message), len(got), err)
	}
}

func TestMessagesPassBothWays(t *testing.T) {
	base, p := newRelay(t, echo)
	conn := dial(t, base)
	for _, size := range []int{1, 125, 126, 127, 65535, 65536, 1 << 20} {
		roundTrip(t, conn, strings.Repeat("x", size))
	}
	if n := p.Sockets.Len(); n != 1 {
		t.Errorf("%d sockets are known, want 1", n)
	}
}

func TestCloseCodesOfTheEngineCross(t *testing.T) {
	base, p := newRelay(t, echo)
	conn := dial(t, base)
	_ = conn.Write(t.Context(), websocket.MessageText, []byte("bye"))
	_, _, err := conn.Read(t.Context())
	if code := websocket.CloseStatus(err); code != 4204 || !strings.Contains(err.Error(), "App not found") {
		t.Errorf("closed with %v, want 4204 and its reason", err)
	}
	for deadline := time.Now().Add(5 * time.Second); p.Sockets.Len() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a closed socket stays on the books")
		}
	}
}

func TestEndedSessionClosesItsSockets(t *testing.T) {
	base, p := newRelay(t, echo)
	conn := dial(t, base)
	roundTrip(t, conn, "hello")
	p.Sockets.EndSession(auth.Handle("session-2"))
	roundTrip(t, conn, "still here")
	p.Sockets.EndSession(auth.Handle("session-1"))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, _, err := conn.Read(ctx)
	if code := websocket.CloseStatus(err); code != tunnel.CloseSessionEnded {
		t.Errorf("closed with %v, want 4006", err)
	}
}

func TestDrainAsksSocketsToMove(t *testing.T) {
	base, p := newRelay(t, echo)
	conn := dial(t, base)
	roundTrip(t, conn, "hello")
	p.Sockets.Drain()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, _, err := conn.Read(ctx); websocket.CloseStatus(err) != tunnel.CloseDraining {
		t.Errorf("closed with %v, want 4003", err)
	}
	p.Sockets.Wait(ctx)
	if open := p.Sockets.Len(); open != 0 || ctx.Err() != nil {
		t.Errorf("%d sockets are open after the drain: %v", open, ctx.Err())
	}
	late := dial(t, base) // in the moment before nobody may come in any more
	_ = late.Write(ctx, websocket.MessageText, []byte("hello"))
	var err error
	for err == nil {
		_, _, err = late.Read(ctx)
	}
	if websocket.CloseStatus(err) != tunnel.CloseDraining {
		t.Errorf("a socket that opened during the drain closed with %v, want 4003", err)
	}
}

func TestWatchEndsSocketsOfEndedSessions(t *testing.T) {
	base, p := newRelay(t, echo)
	conn := dial(t, base)
	roundTrip(t, conn, "hello")
	seen := make(chan bool, 100)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	go p.Sockets.Watch(ctx, 10*time.Millisecond, func(_ context.Context, id string, used bool) (time.Time, bool) {
		seen <- used
		return time.Time{}, id == "session-1" && !used // ended only at the second look
	})
	if _, _, err := conn.Read(ctx); websocket.CloseStatus(err) != tunnel.CloseSessionEnded {
		t.Errorf("closed with %v, want 4006", err)
	}
	if first, second := <-seen, <-seen; !first || second {
		t.Errorf("used=%v, then %v; want true, then false", first, second)
	}
}

func TestRefusedUpgradeKeepsItsStatus(t *testing.T) {
	base, _ := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		WriteError(w, http.StatusForbidden, "HTTP-403", "Forbidden", "t")
	})
	_, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(base, "http")+"/qlik/app/x", nil)
	if err == nil || resp == nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("error %v, response %v; want 403", err, resp)
	}
}
