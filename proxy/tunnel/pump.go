package tunnel

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// chunks are the buffers that are borrowed while something passes.
var chunks = sync.Pool{New: func() any { return new(chunk) }}

// chunkSize is as much as one packet on its way to the network card holds, less
// room for headers. Of 64 KiB each write would become two, the second next to
// empty, which costs two fifths more per megabyte; 32 KiB cost a fifth more.
const chunkSize = 60 << 10

type chunk [chunkSize]byte

func borrow() *chunk { return chunks.Get().(*chunk) }

const (
	// smallRead is the size of the buffer of a connection that is silent. It is
	// enough for most messages of an engine's small talk.
	smallRead = 500
	// busyTime is how long a large buffer is kept for what may follow.
	busyTime = 500 * time.Millisecond
)

// pump passes what comes by conn to write, until the connection ends or write
// fails, and reports whether write took all of it. It has a large buffer only
// while much comes: thousands of sockets are open and silent.
func pump(conn net.Conn, write func([]byte) error) (taken bool) {
	small := make([]byte, smallRead)
	for {
		n, err := conn.Read(small)
		if n > 0 && write(small[:n]) != nil {
			return false
		}
		if err == nil && n == len(small) { // the rest of a message is close behind
			taken, err = pumpBusy(conn, write)
			if !taken {
				return false
			}
		}
		if err != nil {
			return true
		}
	}
}

// pumpBusy is pump with a large buffer. It returns no error if nothing came for
// a while.
func pumpBusy(conn net.Conn, write func([]byte) error) (taken bool, err error) {
	chunk := borrow()
	defer chunks.Put(chunk)
	defer func() { _ = conn.SetReadDeadline(time.Time{}) }()
	for {
		_ = conn.SetReadDeadline(time.Now().Add(busyTime))
		n, err := conn.Read(chunk[:])
		if n > 0 && write(chunk[:n]) != nil {
			return false, nil
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return true, nil
		}
		if err != nil {
			return true, err
		}
	}
}
