//go:build unix

package qlik

import (
	"crypto/tls"
	"errors"
	"net"
	"syscall"
)

// quietness returns what tells whether an idle connection is still good. A
// server that closes one it does not need says so while nobody reads.
func quietness(c net.Conn) func() bool {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	sc, ok := c.(syscall.Conn)
	if !ok {
		return unknown
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return unknown
	}
	var (
		good bool
		one  [1]byte
	)
	look := func(fd uintptr) bool {
		_, err := syscall.Read(int(fd), one[:])
		good = errors.Is(err, syscall.EAGAIN)
		return true
	}
	return func() bool {
		good = false
		return raw.Read(look) == nil && good
	}
}
