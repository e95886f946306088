package tunnel

import (
	"bytes"
	"net"
	"testing"
)

func TestOneCloseFrameAtMost(t *testing.T) {
	for name, written := range map[string][]byte{
		"after the tenant's": append([]byte{0x81, 2, 'h', 'i'}, closeFrame(4204, "gone")...),
		"inside theirs":      closeFrame(4204, "gone")[:1],
		"inside its reason":  closeFrame(4204, "gone")[:5],
		"inside a frame":     {0x81, 5, 'h', 'e'},
		"between frames":     {0x81, 2, 'h', 'i'},
	} {
		ours, theirs := net.Pipe()
		var got bytes.Buffer
		done := make(chan struct{})
		go func() { _, _ = got.ReadFrom(theirs); close(done) }()
		tenant, _ := net.Pipe()
		k := newSocket(ours, tenant)
		k.closed = func() {}
		_ = k.toBrowser(written)
		k.closeWith(CloseSessionEnded, "session ended")
		k.closeWith(CloseDraining, "server is restarting") // both may happen
		if theirs := closeFrame(4204, "gone"); bytes.HasPrefix(theirs, written) {
			_ = k.toBrowser(theirs[len(written):])
		}
		_ = k.toBrowser([]byte{'l', 'l', 'o', 0x81, 2, 'h', 'i'})
		<-done
		if n := bytes.Count(got.Bytes(), []byte{0x88}); n != 1 {
			t.Errorf("%s: %d close frames in %q, want 1", name, n, got.Bytes())
		}
	}
}

// A farewell must stand between two frames, wherever the tenant's bytes were
// cut when the session ended.
func TestFrameTrackerFindsEveryBoundary(t *testing.T) {
	frames := [][]byte{
		append([]byte{0x82, 5}, "hello"...),
		{0x89, 0},
		append([]byte{0x82, 126, 0, 200}, make([]byte, 200)...),
		append([]byte{0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}, make([]byte, 65536)...),
		append([]byte{0x81, 0x83, 1, 2, 3, 4}, "abc"...), // masked: not ours to expect, still counted
	}
	var stream []byte
	boundaries := map[int]bool{0: true}
	for _, frame := range frames {
		stream = append(stream, frame...)
		boundaries[len(stream)] = true
	}
	var tracker frameTracker
	for i := range stream {
		if tracker.atBoundary() != boundaries[i] {
			t.Fatalf("at byte %d boundary=%v, want %v", i, tracker.atBoundary(), boundaries[i])
		}
		tracker.follow(stream[i : i+1])
	}
	var whole frameTracker
	whole.follow(stream[:3])
	if n := whole.toBoundary(stream[3:]); n != 4 || !whole.atBoundary() {
		t.Errorf("%d bytes to the boundary, want 4", n)
	}
}
