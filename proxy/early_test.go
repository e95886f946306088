package proxy

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// framed is how a body is framed, and sent piece by piece.
type framed struct {
	head string
	send func(conn net.Conn, piece string)
	end  string
}

func chunked() framed {
	return framed{"Transfer-Encoding: chunked", func(conn net.Conn, piece string) {
		_, _ = fmt.Fprintf(conn, "%x\r\n%s\r\n", len(piece), piece)
	}, "0\r\n\r\n"}
}

func ofLength(n int) framed {
	return framed{fmt.Sprintf("Content-Length: %d", n), func(conn net.Conn, piece string) {
		_, _ = io.WriteString(conn, piece)
	}, ""}
}

// A tenant may begin to answer while the body is still on its way, and gets all
// of it, or knows that it did not.
func TestUploadsGoOnBehindTheBeginningOfAnAnswer(t *testing.T) {
	const piece, pieces = 20 << 10, 10
	for name, f := range map[string]framed{"in chunks": chunked(), "of a length": ofLength(piece * pieces)} {
		t.Run(name, func(t *testing.T) {
			begun, got := make(chan struct{}), make(chan string, 1)
			base, _ := newSecureRelay(t, func(w http.ResponseWriter, r *http.Request) {
				sum := sha256.New()
				_, _ = io.CopyN(sum, r.Body, 1)
				_, _ = io.WriteString(w, "begun")
				_ = http.NewResponseController(w).Flush()
				close(begun)
				n, err := io.Copy(sum, r.Body)
				got <- fmt.Sprintf("%d %v %x", n+1, err, sum.Sum(nil))
				_, _ = io.WriteString(w, " done")
			}, func(*httptest.Server) {})
			conn := begin(t, base, "POST /qlik/api/v1/x HTTP/1.1\r\nHost: p\r\n"+f.head+"\r\n\r\n")
			all := strings.Repeat("0123456789abcdef", piece*pieces/16)
			f.send(conn, all[:piece])
			<-begun
			time.Sleep(100 * time.Millisecond) // until the browser is answered, too
			for at := piece; at < len(all); at += piece {
				f.send(conn, all[at:at+piece])
				time.Sleep(5 * time.Millisecond)
			}
			_, _ = io.WriteString(conn, f.end)
			want := fmt.Sprintf("%d %v %x", len(all), nil, sha256.Sum256([]byte(all)))
			select {
			case told := <-got:
				if told != want {
					t.Errorf("the tenant got %s, want %s", told, want)
				}
			case <-time.After(8 * time.Second):
				t.Error("the upload never ends at the tenant")
			}
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if body, err := io.ReadAll(resp.Body); string(body) != "begun done" || err != nil {
				t.Errorf("the browser got %q, %v", body, err)
			}
		})
	}
}

// Nobody needs the rest of a body to hear that it is not wanted.
func TestRefusalsDoNotWaitForTheBody(t *testing.T) {
	for name, f := range map[string]framed{"in chunks": chunked(), "of a length": ofLength(100_000)} {
		base, _ := newSecureRelay(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
		}, func(*httptest.Server) {})
		conn := begin(t, base, "POST /qlik/x HTTP/1.1\r\nHost: p\r\n"+f.head+"\r\n\r\n")
		f.send(conn, "half")
		_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: %v, want 403 at once", name, err)
			continue
		}
		_ = resp.Body.Close()
	}
}

// A browser that stops in the middle of a body which the tenant has answered
// does not keep its connection for ever.
func TestAnsweredBodiesThatStallEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		framed
		then int // bytes behind the beginning of the answer
	}{
		"in chunks":          {chunked(), 0},
		"short":              {ofLength(1000), 0},
		"long, mostly taken": {ofLength(300_000), 100_000},
	} {
		t.Run(name, func(t *testing.T) {
			base, p := newSecureRelay(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.CopyN(io.Discard, r.Body, 4)
				w.WriteHeader(http.StatusOK)
				_ = http.NewResponseController(w).Flush()
				_, _ = io.CopyN(io.Discard, r.Body, int64(tt.then))
			}, func(*httptest.Server) {})
			p.StallTime = 500 * time.Millisecond
			conn := begin(t, base, "POST /qlik/x HTTP/1.1\r\nHost: p\r\n"+tt.head+"\r\n\r\n")
			_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
			tt.send(conn, "half")
			time.Sleep(200 * time.Millisecond)
			if tt.then > 0 {
				tt.send(conn, strings.Repeat("x", tt.then))
			}
			if _, err := io.Copy(io.Discard, conn); err != nil { // until the server hangs up
				t.Errorf("the connection is still there: %v", err)
			}
		})
	}
}

// By HTTP/2 the end of an answer may come long after its last byte.
func TestWholeAnswersDoNotWaitForTheirEnd(t *testing.T) {
	over := make(chan struct{})
	base, _ := newSecureRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "7")
		_, _ = io.WriteString(w, `{"a":1}`)
		_ = http.NewResponseController(w).Flush()
		<-over
	}, func(*httptest.Server) {})
	for _, path := range []string{"/qlik/x", "/qlik/api/v1/x"} {
		conn := begin(t, base, "GET "+path+" HTTP/1.1\r\nHost: p\r\n\r\n")
		_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if body, err := io.ReadAll(resp.Body); string(body) != `{"a":1}` || err != nil {
			t.Errorf("%s: %q, %v", path, body, err)
		}
		_ = resp.Body.Close()
	}
	close(over)
}
