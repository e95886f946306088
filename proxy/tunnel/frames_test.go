package tunnel

import (
	"bytes"
	"math/rand/v2"
	"net"
	"testing"
	"time"
)

func TestOnlyOurPongsAreTakenOut(t *testing.T) {
	ours := maskedFrame(opPong, pingFrame[2:])
	text := maskedFrame(1, bytes.Repeat([]byte{0x8a, 0x88}, 100)) // looks like pongs inside
	for name, frames := range map[string]struct {
		in, out [][]byte
		data    bool
	}{
		"ours alone":                {in: [][]byte{ours}},
		"between messages":          {in: [][]byte{text, ours, text}, out: [][]byte{text, text}, data: true},
		"twice":                     {in: [][]byte{ours, ours, text}, out: [][]byte{text}, data: true},
		"another of the same size":  {in: [][]byte{maskedFrame(opPong, []byte("12345678")), text}, out: [][]byte{maskedFrame(opPong, []byte("12345678")), text}, data: true},
		"another, shorter":          {in: [][]byte{maskedFrame(opPong, nil), ours}, out: [][]byte{maskedFrame(opPong, nil)}},
		"another, longer":           {in: [][]byte{maskedFrame(opPong, make([]byte, 125)), text}, out: [][]byte{maskedFrame(opPong, make([]byte, 125)), text}, data: true},
		"a ping of the same words":  {in: [][]byte{maskedFrame(opPing, pingFrame[2:])}, out: [][]byte{maskedFrame(opPing, pingFrame[2:])}},
		"a close frame is no data":  {in: [][]byte{maskedFrame(opClose, []byte{3, 232})}, out: [][]byte{maskedFrame(opClose, []byte{3, 232})}},
		"an empty message is data":  {in: [][]byte{maskedFrame(2, nil)}, out: [][]byte{maskedFrame(2, nil)}, data: true},
		"between parts of messages": {in: [][]byte{{0x01, 0x81, 0, 0, 0, 0, 'a'}, ours, {0x80, 0x81, 0, 0, 0, 0, 'b'}}, out: [][]byte{{0x01, 0x81, 0, 0, 0, 0, 'a'}, {0x80, 0x81, 0, 0, 0, 0, 'b'}}, data: true},
	} {
		in, want := bytes.Join(frames.in, nil), bytes.Join(frames.out, nil)
		for _, piece := range []int{1, 2, 3, 7, 13, len(in)} {
			var filter pongFilter
			var got []byte
			data := false
			for rest := in; len(rest) > 0; {
				n := min(piece, len(rest))
				seen, err := filter.pass(rest[:n], func(p []byte) error { got = append(got, p...); return nil })
				if err != nil {
					t.Fatal(err)
				}
				data, rest = data || seen, rest[n:]
			}
			if !bytes.Equal(got, want) || data != frames.data {
				t.Errorf("%s, in pieces of %d: %x passed, data %v; want %x, %v", name, piece, got, data, want, frames.data)
			}
		}
	}
}

// A browser that answers pings keeps its socket, one that does not loses it,
// and what the tenant says is never mixed with what we ask.
func TestSilentSocketsArePinged(t *testing.T) {
	k, browser, engine, closed := openTunnel(t)
	k.run()
	receive := func(want []byte) {
		t.Helper()
		got := make([]byte, len(want))
		_ = browser.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := readFull(browser, got); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("the browser received %x, %v; want %x", got, err, want)
		}
		k.mu.Lock() // what was received has been dealt with
		defer k.mu.Unlock()
	}
	k.checkAlive()
	k.checkAlive()
	receive(pingFrame)
	_, _ = browser.Write(maskedFrame(opPong, pingFrame[2:]))
	_, _ = browser.Write(maskedFrame(1, []byte("hi")))
	want := maskedFrame(1, []byte("hi"))
	got := make([]byte, len(want))
	if _, err := readFull(engine, got); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("the tenant received %x, %v; want the message only: %x", got, err, want)
	}
	waitFor(t, "a message to count as use", func() bool { return k.used.Swap(false) })

	// In the middle of a frame of the tenant's nothing can be asked.
	_, _ = engine.Write([]byte{0x82, 4, 'a', 'b'})
	receive([]byte{0x82, 4, 'a', 'b'})
	k.checkAlive()
	k.checkAlive()
	k.checkAlive()
	_, _ = engine.Write([]byte{'c', 'd'})
	receive([]byte{'c', 'd'})
	for range lostPings {
		k.checkAlive()
		k.checkAlive()
		receive(pingFrame)
	}
	k.checkAlive()
	k.checkAlive()
	receive(closeFrame(CloseDraining, "no answer"))
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Error("a browser that has vanished keeps its socket")
	}
	if k.used.Load() {
		t.Error("a pong counts as use: such a session would never end")
	}
}

// Frames cut anywhere come out as they went in, and at their boundaries only
// is there room for one of ours.
func TestFramesInRandomPieces(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		var in, want []byte
		for range 5 {
			frame := maskedFrame([]byte{1, 2, opPing, opPong}[random.IntN(4)], make([]byte, random.IntN(300)))
			in, want = append(in, frame...), append(want, frame...)
			if random.IntN(2) == 0 {
				in = append(in, maskedFrame(opPong, pingFrame[2:])...)
			}
		}
		var filter pongFilter
		var got []byte
		for rest := in; len(rest) > 0; {
			n := 1 + random.IntN(len(rest))
			_, _ = filter.pass(rest[:n], func(p []byte) error { got = append(got, p...); return nil })
			rest = rest[n:]
		}
		if !bytes.Equal(got, want) || !filter.frames.atBoundary() || filter.n != 0 {
			t.Fatalf("round %d: %d bytes passed, want %d", round, len(got), len(want))
		}
	}
}

func readFull(conn net.Conn, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var got int
		got, err = conn.Read(p[n:])
		n += got
	}
	return n, err
}
