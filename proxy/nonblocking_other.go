//go:build !unix

package proxy

import (
	"net"
	"syscall"
)

// descriptor is for systems whose descriptors can be used directly.
func descriptor(net.Conn) syscall.RawConn { return nil }

func (s *source) pumpRaw() bool { return s.pumpBuffered() }

func (s *sink) fits(uintptr) bool { return true }

// sendNow is for systems that can write without waiting.
func (s *sink) sendNow([]byte) (sent, broken bool) { return false, false }
