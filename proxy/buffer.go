package proxy

import "sync"

// chunkSize is as much as one packet on its way to the network card holds, less
// room for headers. Of 64 KiB each write would become two.
const chunkSize = 60 << 10

type chunk [chunkSize]byte

// chunks are the buffers of bodies on their way.
var chunks = sync.Pool{New: func() any { return new(chunk) }}

func borrow() *chunk { return chunks.Get().(*chunk) }
