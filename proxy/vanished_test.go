package proxy

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// newTunnel is a socket with its two other ends.
func newTunnel(t *testing.T) (k *socket, browser, engine *net.TCPConn, closed chan struct{}) {
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
		k.told.Store(false)
		time.Sleep(20 * time.Millisecond)
		free := k.mu.TryLock()
		if free {
			k.mu.Unlock()
		}
		return !free && !k.told.Load()
	})
}

// A browser that takes nothing of what it is sent loses its socket; one that
// takes some of it now and then does not.
func TestSocketsThatAreNotReadAreCut(t *testing.T) {
	k, browser, engine, closed := newTunnel(t)
	k.run()
	go func() {
		_, _ = engine.Write([]byte{0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0}) // 4 GiB to come
		_, _ = io.Copy(engine, endless{})
	}()
	for range 3 {
		k.blocked(t)
		for range stuckPulses - 1 {
			k.pulse()
		}
		for !k.told.Load() {
			if _, err := io.CopyN(io.Discard, browser, 64<<10); err != nil {
				t.Fatalf("a slow reader was cut: %v", err)
			}
		}
		k.pulse()
	}
	k.blocked(t)
	for range stuckPulses + 2 { // two of them to see that nothing moves any more
		k.pulse()
	}
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Error("a browser that takes nothing keeps its socket")
	}
}

// A tenant that takes no more of an upload, and says nothing, is not waited
// for; one that takes it piece by piece is, and so is one that has taken all.
func TestUploadsThatAreNotTakenAreGivenUp(t *testing.T) {
	stop := make(chan struct{})
	base, p := newRelay(t, func(_ http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/never":
			<-stop
		case "/slowly":
			for {
				if _, err := io.CopyN(io.Discard, r.Body, 1<<20); err != nil {
					break
				}
				time.Sleep(80 * time.Millisecond)
			}
		case "/at-last":
			_, _ = io.Copy(io.Discard, r.Body)
			time.Sleep(1200 * time.Millisecond)
		}
	}, func(o *Options) { o.StallTime = time.Second })
	defer close(stop)
	for _, tt := range []struct {
		path   string
		size   int64
		status string
	}{
		{"/never", 64 << 20, "504"},
		{"/slowly", 16 << 20, "200"},
		{"/at-last", 1 << 20, "200"},
	} {
		r := request(t, "POST", base+"/qlik"+tt.path)
		r.Body, r.ContentLength = io.NopCloser(generator(tt.size)), tt.size
		got := ""
		if resp, err := http.DefaultClient.Do(r); err == nil {
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if got = resp.Status[:3]; got == "504" && !strings.Contains(string(body), "did not take") {
				t.Errorf("%s: %s", tt.path, body)
			}
		} else {
			got = err.Error()
		}
		// Who is refused in the middle of sending may see the connection's end only.
		cut := strings.Contains(got, "connection reset") || strings.Contains(got, "broken pipe")
		if got != tt.status && (tt.status != "504" || !cut) {
			t.Errorf("%s, %d bytes: %s, want %s", tt.path, tt.size, got, tt.status)
		}
		waitFor(t, "its place to become free", func() bool { return p.underWay() == 0 })
	}
}
