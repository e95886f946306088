package tunnel

import (
	"io"
	"testing"
	"time"
)

// A browser that takes nothing of what it is sent loses its socket; one that
// takes some of it now and then does not.
func TestSocketsThatAreNotReadAreCut(t *testing.T) {
	k, browser, engine, closed := openTunnel(t)
	k.run()
	go func() {
		_, _ = engine.Write([]byte{0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0}) // 4 GiB to come
		_, _ = io.Copy(engine, endless{})
	}()
	for range 3 {
		k.blocked(t)
		for range stalledChecks - 1 {
			k.checkAlive()
		}
		for !k.sent.Load() {
			if _, err := io.CopyN(io.Discard, browser, 64<<10); err != nil {
				t.Fatalf("a slow reader was cut: %v", err)
			}
		}
		k.checkAlive()
	}
	k.blocked(t)
	for range stalledChecks + 2 { // two of them to see that nothing moves any more
		k.checkAlive()
	}
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Error("a browser that takes nothing keeps its socket")
	}
}
