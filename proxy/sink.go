package proxy

import (
	"net"
	"syscall"
)

// sink is the sending end of a tunnel. One at a time may send.
type sink struct {
	conn net.Conn

	// For plain TCP.
	raw    syscall.RawConn
	try    func(fd uintptr) (done bool)
	left   []byte // to be sent
	failed error
}

func newSink(conn net.Conn) *sink {
	s := &sink{conn: conn, raw: descriptor(conn)}
	s.try = s.fits
	return s
}

// send waits until all of p is on its way.
func (s *sink) send(p []byte) error {
	if s.raw == nil {
		_, err := s.conn.Write(p)
		return err
	}
	s.left, s.failed = p, nil
	err := s.raw.Write(s.try)
	s.left = nil // p is not ours to keep
	if err == nil {
		err = s.failed
	}
	return err
}
