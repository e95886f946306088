package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestCollectorRestsLessTheMoreIsKept(t *testing.T) {
	for _, tt := range []struct {
		kept    uint64
		percent int
	}{{0, 400}, {5 << 20, 400}, {8 << 20, 400}, {16 << 20, 200}, {32 << 20, 100}, {64 << 20, 50}, {1 << 40, 50}} {
		if got := collectorPercent(tt.kept); got != tt.percent {
			t.Errorf("%d MiB kept: %d percent, want %d", tt.kept>>20, got, tt.percent)
		}
	}
}

// The pace follows what is kept, by itself.
func TestPaceFollowsTheHeap(t *testing.T) {
	paceCollector()
	t.Cleanup(func() { debug.SetGCPercent(100) })
	kept := make([]byte, 64<<20)
	pace := 0
	for deadline := time.Now().Add(10 * time.Second); pace != often && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		runtime.GC()
		pace = debug.SetGCPercent(-1)
		debug.SetGCPercent(pace)
	}
	if pace != often {
		t.Errorf("%d percent with %d MiB kept, want %d", pace, len(kept)>>20, often)
	}
	runtime.KeepAlive(kept)
}
