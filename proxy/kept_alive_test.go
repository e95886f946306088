package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// keptAlive is a connection to a server, as fronts keep them between requests.
type keptAlive struct {
	net.Conn
	r *bufio.Reader
}

func dialKeptAlive(t *testing.T, base string) *keptAlive {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	return &keptAlive{conn, bufio.NewReader(conn)}
}

// status sends a GET and returns the status of its answer, whose body it reads
// unless the protocol is switched.
func (k *keptAlive) status(t *testing.T, path, header string) int {
	t.Helper()
	_, _ = io.WriteString(k, "GET "+path+" HTTP/1.1\r\nHost: portal\r\n"+header+"\r\n")
	resp, err := http.ReadResponse(k.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		_, _ = io.Copy(io.Discard, resp.Body)
	}
	return resp.StatusCode
}

// echoes sends a frame, which must come back.
func (k *keptAlive) echoes(t *testing.T) {
	t.Helper()
	_, _ = k.Write(maskedFrame(1, []byte("hi")))
	got := make([]byte, 4)
	if _, err := io.ReadFull(k.r, got); err != nil || string(got) != "\x81\x02hi" {
		t.Errorf("received %q, %v; want the echo", got, err)
	}
}

const upgradeHeader = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

func TestUpgradeOnAConnectionThatServedRequests(t *testing.T) {
	base, p := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			echo(w, r)
		}
	})
	for name, before := range map[string]struct {
		header string
		status int
	}{
		"after two answers":  {"", http.StatusOK},
		"after two refusals": {"Test-Signed-Out: 1\r\n", http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			for range 50 {
				conn := dialKeptAlive(t, base)
				for range 2 {
					if got := conn.status(t, "/qlik/x", before.header); got != before.status {
						t.Fatalf("GET: %d, want %d", got, before.status)
					}
				}
				if got := conn.status(t, "/qlik/app/x", upgradeHeader); got != http.StatusSwitchingProtocols {
					t.Fatalf("upgrade: %d, want 101", got)
				}
				conn.echoes(t)
				conn.Close()
			}
			waitFor(t, "the sockets to be gone", func() bool { return p.Sockets.Len() == 0 })
		})
	}
}
