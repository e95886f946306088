package bench

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// wire is one connection that asks at the least cost: what asks shares the
// machine with what is measured.
type wire struct {
	net.Conn
	r *bufio.Reader
}

func dial(tb testing.TB, c *child) *wire {
	tb.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return &wire{conn, bufio.NewReaderSize(conn, 64<<10)}
}

// question is a GET as a page's script sends it.
func (c *child) question(path, cookies string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n"+
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n"+
		"Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\n"+
		"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nReferer: %s/\r\nCookie: %s\r\n\r\n",
		path, strings.TrimPrefix(c.url, "http://"), c.url, cookies)
}

// ask sends a question and reads the whole answer.
func (w *wire) ask(question []byte) (status int, size int64, err error) {
	if _, err := w.Write(question); err != nil {
		return 0, 0, err
	}
	resp, err := http.ReadResponse(w.r, nil)
	if err != nil {
		return 0, 0, err
	}
	size, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, size, err
}

// crowd asks one path over many connections, each time as one of the people.
type crowd struct {
	tb        testing.TB
	wires     []*wire
	questions [][]byte
	size      int64 // of each answer; 0 as long as none has come
}

func newCrowd(tb testing.TB, c *child, connections int, path string, people []string) *crowd {
	tb.Helper()
	l := &crowd{tb: tb}
	for range connections {
		l.wires = append(l.wires, dial(tb, c))
	}
	for _, cookies := range people {
		l.questions = append(l.questions, c.question(path, cookies))
	}
	status, size, err := l.wires[0].ask(l.questions[0])
	if err != nil || status != http.StatusOK {
		tb.Fatalf("%s: %d, %v", path, status, err)
	}
	l.size = size
	return l
}

// run asks for some time, and returns how many answers came. Each must be 200
// and whole.
func (l *crowd) run(long time.Duration) (answers float64) {
	l.tb.Helper()
	var (
		count atomic.Int64
		wrong atomic.Pointer[string]
		wg    sync.WaitGroup
		end   = time.Now().Add(long)
	)
	for _, w := range l.wires {
		wg.Go(func() {
			for time.Now().Before(end) {
				status, size, err := w.ask(l.questions[rand.IntN(len(l.questions))])
				if err != nil || status != http.StatusOK || size < l.size*9/10 {
					text := fmt.Sprintf("%d, %d bytes, %v", status, size, err)
					wrong.Store(&text)
					return
				}
				count.Add(1)
			}
		})
	}
	wg.Wait()
	if text := wrong.Load(); text != nil {
		l.tb.Fatalf("an answer was wrong: %s", *text)
	}
	return float64(count.Load())
}

// gets is a load of GETs by many people.
func gets(path string) func(testing.TB, *child) side {
	return func(tb testing.TB, c *child) side {
		tb.Helper()
		l := newCrowd(tb, c, connections, path, c.signInMany(tb, people))
		return cpuPer(c, func(testing.TB) float64 { return l.run(roundTime) })
	}
}

// downloads is a load of large files, measured in MiB.
func downloads(tb testing.TB, c *child) side {
	tb.Helper()
	l := newCrowd(tb, c, 4, "/qlik/api/v1/download", c.signInMany(tb, 4))
	return cpuPer(c, func(testing.TB) float64 { return l.run(roundTime) * float64(l.size) / (1 << 20) })
}
