// Package tunnel carries open WebSockets between browsers and the tenant.
//
// A [Registry] limits the sockets of each session and closes them when the
// session ends or the process drains. The proxy reserves a place before it asks
// the tenant for an upgrade (reservation.go), and starts the tunnel once both
// connections are taken over: two goroutines (socket.go) copy bytes and hold next
// to no buffer while the connection is silent (pump.go). The tunnel counts its way
// through the frames (frames.go), so that a ping (ping.go) or a close frame of
// ours stands between two frames and never inside one (RFC 6455 section 5.5).
//
// Messages are not read, and compression (RFC 7692) passes untouched.
package tunnel
