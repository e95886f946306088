package proxy

import (
	"context"
	"net"

	"vitrine/proxy/tcp"
)

type connKey struct{}

// WithConn is for http.Server.ConnContext: it bounds how long a browser that has
// gone holds its connection, and lets requests find the connection that they came
// by. Without it, a slow browser may be taken for one that reads nothing.
func WithConn(ctx context.Context, conn net.Conn) context.Context {
	tcp.SetPeerTimeout(conn, tcp.PeerTimeout)
	return context.WithValue(ctx, connKey{}, conn)
}
