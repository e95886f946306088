package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// What a browser sends right behind its request for a socket is the tenant's,
// byte by byte, once there is a socket; and if there is none, it is never taken
// for a request of somebody's.
func TestBytesBehindAnUpgrade(t *testing.T) {
	const hidden = "GET /qlik/hidden HTTP/1.1\r\nHost: p\r\n\r\n"
	lines := bytes.Repeat([]byte("a\nb\r\n\r\n c\r\n"), 20) // bare, folded, and empty ones
	for name, tt := range map[string]struct {
		behind string
		agrees bool // the tenant
	}{
		"a message":                   {string(maskedFrame(1, []byte("hello"))), true},
		"a message of lines":          {string(maskedFrame(2, lines)), true},
		"lines, not masked":           {"\x82\x0a" + string(lines[:10]), true},
		"a request":                   {hidden, true},
		"a request of a body":         {"POST /qlik/hidden HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello", true},
		"a message, refused":          {string(maskedFrame(1, []byte("hello"))), false},
		"a message of lines, refused": {string(maskedFrame(2, lines)), false},
		"a request, refused":          {hidden, false},
	} {
		for _, pause := range []time.Duration{0, 50 * time.Millisecond} {
			t.Run(fmt.Sprint(name, " ", pause), func(t *testing.T) {
				var mu sync.Mutex
				var asked []string
				got := make(chan []byte, 1)
				base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					asked = append(asked, r.URL.Path)
					mu.Unlock()
					time.Sleep(pause / 2) // the browser's next bytes may be read before the answer
					if !tt.agrees {
						w.WriteHeader(http.StatusForbidden)
						return
					}
					rawEngine(func(c *net.TCPConn, b *bufio.ReadWriter) {
						defer c.Close()
						early := make([]byte, len(tt.behind))
						n, _ := io.ReadFull(b, early)
						got <- early[:n]
					})(w, r)
				})
				conn, r, head := rawDial(t, base, tt.behind)
				if tt.agrees {
					select {
					case early := <-got:
						if string(early) != tt.behind {
							t.Errorf("the tenant received %q, want %q", early, tt.behind)
						}
					case <-time.After(5 * time.Second):
						t.Errorf("nothing reached the tenant; the browser received %q", head)
					}
				} else {
					_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
					rest, err := io.ReadAll(r)
					if open := errors.Is(err, os.ErrDeadlineExceeded); open || !strings.HasPrefix(head, "HTTP/1.1 403") || strings.Contains(string(rest), "HTTP/1.1 2") {
						t.Errorf("the browser received %q and %q, %v; want the tenant's 403, and the end", head, rest, err)
					}
				}
				mu.Lock()
				defer mu.Unlock()
				if tt.agrees && len(asked) != 1 || len(asked) > 1 {
					t.Errorf("the tenant was asked for %q", asked)
				}
			})
		}
	}
}
