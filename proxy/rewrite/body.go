package rewrite

import (
	"io"
	"sync"
)

// chunkSize is the size of the buffer that a body is read with.
const chunkSize = 60 << 10

type chunk [chunkSize]byte

var chunks = sync.Pool{New: func() any { return new(chunk) }}

// rewritingBody rewrites a body while it streams.
type rewritingBody struct {
	rw    *Rewriter
	from  io.ReadCloser
	chunk *chunk // what was read and not yet rewritten stands at its beginning
	held  int    // how much that is
	last  byte   // the one before
	out   []byte // rewritten
	ready []byte // what of out has not been handed out
	err   error
}

// Body returns a body that rewrites the text of from while it is read. Closing it
// closes from.
func (rw *Rewriter) Body(from io.ReadCloser) io.ReadCloser { return &rewritingBody{rw: rw, from: from} }

// Read reads on.
func (b *rewritingBody) Read(p []byte) (int, error) {
	for len(b.ready) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		b.fill()
	}
	n := copy(p, b.ready)
	b.ready = b.ready[n:]
	return n, nil
}

func (b *rewritingBody) fill() {
	if b.chunk == nil {
		b.chunk = chunks.Get().(*chunk)
	}
	chunk := b.chunk[:]
	n, err := b.from.Read(chunk[b.held:])
	text := chunk[:b.held+n]
	b.err = err
	out, done := b.rw.replace(b.out[:0], text, b.last, err != nil)
	if err != nil && done == 0 {
		b.ready = text // no address in the last piece
		return
	}
	b.out, b.ready = out, out
	if done > 0 {
		b.last = text[done-1]
	}
	b.held = copy(chunk, text[done:])
}

// Close ends it.
func (b *rewritingBody) Close() error {
	if b.chunk != nil {
		chunks.Put(b.chunk)
		b.chunk, b.ready, b.err = nil, nil, io.EOF
	}
	return b.from.Close()
}
