package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// memoryBound is how much the heap of a test, both sides of the relay
// included, may grow while something large passes.
const memoryBound = 24 << 20

// large is how much passes; all of it where there is time.
func large() int64 {
	if os.Getenv("VITRINE_LONG") != "" {
		return 1 << 30
	}
	return 64 << 20
}

// growth runs do and returns by how much the heap was larger at its height.
func growth(do func()) int64 {
	runtime.GC()
	var start, now runtime.MemStats
	runtime.ReadMemStats(&start)
	var highest atomic.Int64
	done := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for {
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
			runtime.ReadMemStats(&now)
			highest.Store(max(highest.Load(), int64(now.HeapAlloc)-int64(start.HeapAlloc)))
		}
	}()
	do()
	close(done)
	<-watched
	return highest.Load()
}

// generator makes so many bytes without keeping any.
func generator(n int64) io.Reader { return io.LimitReader(endless{}, n) }

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestLargeBodiesPassInConstantMemory(t *testing.T) {
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			n, _ := io.Copy(io.Discard, r.Body)
			fmt.Fprint(w, n)
			return
		}
		w.Header().Set("Content-Type", r.Header.Get("Accept"))
		if r.Header.Get("Test-Told") != "" {
			w.Header().Set("Content-Length", fmt.Sprint(large()))
		}
		_, _ = io.Copy(w, generator(large()))
	})
	for name, ask := range map[string]func() (int64, error){
		"upload": func() (int64, error) {
			r := request(t, "POST", base+"/qlik/api/v1/data-files")
			r.Body = io.NopCloser(generator(large()))
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				return 0, err
			}
			defer resp.Body.Close()
			var n int64
			_, err = fmt.Fscan(resp.Body, &n)
			return n, err
		},
		"download": func() (int64, error) {
			return download(request(t, "GET", base+"/qlik/api/v1/x", "Accept", "text/csv", "Test-Told", "1"))
		},
		"download, untold": func() (int64, error) { return download(request(t, "GET", base+"/qlik/x", "Accept", "text/csv")) },
		"JSON": func() (int64, error) {
			return download(request(t, "GET", base+"/qlik/api/v1/x", "Accept", "application/json"))
		},
	} {
		var n int64
		var err error
		grown := growth(func() { n, err = ask() })
		if err != nil || n != large() || grown > memoryBound {
			t.Errorf("%s: %d bytes of %d, %v; the heap grew by %d MiB", name, n, large(), err, grown>>20)
		}
		t.Logf("%s: %d MiB passed, the heap grew by %d KiB", name, n>>20, grown>>10)
	}
}

func download(r *http.Request) (int64, error) {
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return io.Copy(io.Discard, resp.Body)
}

// A message of any size passes a piece at a time.
func TestLargeMessagesPassInConstantMemory(t *testing.T) {
	const size = 64 << 20
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(-1)
		for {
			kind, in, err := conn.Reader(r.Context())
			if err != nil {
				return
			}
			n, _ := io.Copy(io.Discard, in)
			out, err := conn.Writer(r.Context(), kind)
			if err != nil {
				return
			}
			_, _ = io.Copy(out, generator(n))
			_ = out.Close()
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	conn := dial(t, base)
	var n int64
	grown := growth(func() {
		out, err := conn.Writer(ctx, websocket.MessageBinary)
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.Copy(bufio.NewWriterSize(out, 64<<10), generator(size))
		_ = out.Close()
		_, in, err := conn.Reader(ctx)
		if err != nil {
			t.Error(err)
			return
		}
		n, err = io.Copy(io.Discard, in)
		if err != nil {
			t.Error(err)
		}
	})
	if n < size-64<<10 || grown > memoryBound {
		t.Errorf("%d of %d bytes came back; the heap grew by %d MiB", n, size, grown>>20)
	}
	t.Logf("%d MiB came back, the heap grew by %d KiB", n>>20, grown>>10)
}
