//go:build !unix

package proxy

import "net"

// readRaw is for systems whose descriptors can be read directly.
func (s *source) readRaw() bool { return false }

// writeNow is for systems that can write without waiting.
func writeNow(net.Conn, []byte) bool { return false }
