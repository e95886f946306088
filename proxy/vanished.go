package proxy

import (
	"context"
	"net"
	"syscall"
	"time"
)

// vanished is how long a browser may leave what it is sent without an answer,
// or read none of it. TCP by itself tries for a quarter of an hour, and waits
// for ever for one that is there and does not read; meanwhile the session
// misses a place, and the tenant keeps what is for nobody. A laptop that
// changes networks is back long before.
const vanished = 2 * time.Minute

type connKey struct{}

// WithConn is for http.Server.ConnContext. Where the system can, it gives up a
// connection whose other end has gone without a word. Requests then know the
// connection they came by: without it, a slow browser may be taken for one that
// reads nothing.
func WithConn(ctx context.Context, conn net.Conn) context.Context {
	if with, ok := conn.(syscall.Conn); ok {
		if raw, err := with.SyscallConn(); err == nil {
			giveUpAfter(raw, vanished)
		}
	}
	return context.WithValue(ctx, connKey{}, conn)
}

// intake tells whether a browser takes what it is sent. A write that takes its
// time says little: the kernel buffers megabytes, and has the writer wait until
// a good part of them has gone.
type intake struct{ queued int }

// moves reports whether anything was taken since it was last asked.
func (i *intake) moves(conn any) bool {
	with, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := with.SyscallConn()
	if err != nil {
		return false
	}
	before := i.queued
	i.queued = untaken(raw)
	return i.queued != before
}
