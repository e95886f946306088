package proxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"sync/atomic"
)

// RefuseAmbiguous makes a server refuse requests that another server in front
// of it may have read in another way than it does: two such servers disagree
// where a request ends, and the rest becomes somebody else's request (RFC 9112
// section 11.2). The library accepts some of them, which RFC 9112 allows and
// advises against: a length beside chunks, folded lines, lines that end in a
// bare line feed. They are answered 400, and the connection is closed.
//
// What comes behind a request for a WebSocket is never a request: a server in
// front may have it that there is a socket when we have refused one. It is the
// socket's, or the end of the connection.
func RefuseAmbiguous(l net.Listener) net.Listener { return strictListener{l} }

type strictListener struct{ net.Listener }

// Accept waits for the next connection.
func (l strictListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		return &strictConn{TCPConn: tcp}, nil
	}
	return conn, err
}

// strictConn follows the requests that are read from it.
type strictConn struct {
	*net.TCPConn
	framing
	refusal []byte // to be read in place of what is refused
	refused bool

	early    []byte      // what came with the request for a socket
	answered atomic.Bool // by the server, so there is no socket
}

// spoiled ends the head of a request so that no parser accepts it, wherever in a
// line it stands: the server then refuses in its own words.
var spoiled = []byte("\x00\r\n:\r\n\r\n")

var errBadChunk = errors.New("malformed chunk")

// Read reads on, until something is ambiguous.
func (c *strictConn) Read(p []byte) (int, error) {
	if c.refused {
		if len(c.refusal) == 0 {
			return 0, errBadChunk
		}
		n := copy(p, c.refusal)
		c.refusal = c.refusal[n:]
		return n, nil
	}
	if c.part == inTunnel {
		return c.readTunnel(p)
	}
	n, err := c.TCPConn.Read(p)
	good := c.follow(p[:n])
	if c.part == inTunnel {
		c.early = bytes.Clone(p[good:n])
		return good, err
	}
	if good == n {
		return n, err
	}
	if c.refused = true; c.part < inBody {
		c.refusal = spoiled
	}
	if good > 0 {
		return good, nil
	}
	return c.Read(p)
}

// readTunnel is how the server notices that a browser has left while it waits
// for the tenant's answer.
func (c *strictConn) readTunnel(p []byte) (int, error) {
	if c.answered.Load() {
		return 0, io.EOF
	}
	if len(c.early) > 0 {
		n := copy(p, c.early)
		c.early = c.early[n:]
		return n, nil
	}
	return c.TCPConn.Read(p)
}

// Write writes an answer of the server's: sockets do it by themselves.
func (c *strictConn) Write(p []byte) (int, error) {
	c.answered.Store(true)
	return c.TCPConn.Write(p)
}

// Parts of a request, in their order.
const (
	inRequestLine = iota
	inHeader
	inBody
	inChunkSize
	inChunk
	inChunkEnd
	inTrailer
	inTunnel // behind a request for a socket
)

// framing follows the bytes of requests as far as it takes to know where each
// ends.
type framing struct {
	part    int
	start   [40]byte // of the line under way
	length  int      // of the line under way
	last    byte
	lengths int   // Content-Length lines seen
	chunked bool  // Transfer-Encoding was seen
	upgrade bool  // to a socket
	left    int64 // of the body or the chunk
}

// follow takes note of p, and returns how much of it is unambiguous.
func (f *framing) follow(p []byte) int {
	done := 0
	for done < len(p) && f.part != inTunnel {
		if f.part == inBody || f.part == inChunk {
			n := min(f.left, int64(len(p)-done))
			done += int(n)
			if f.left -= n; f.left == 0 {
				f.next()
			}
			continue
		}
		end := bytes.IndexByte(p[done:], '\n')
		if end < 0 {
			f.take(p[done:])
			return len(p)
		}
		line := p[done : done+end]
		f.take(line)
		if f.last != '\r' || !f.endLine() {
			return done
		}
		f.length, f.last = 0, 0
		done += end + 1
	}
	return done
}

// take keeps what matters of a piece of a line.
func (f *framing) take(piece []byte) {
	if len(piece) == 0 {
		return
	}
	if f.length < len(f.start) {
		copy(f.start[f.length:], piece)
	}
	f.length += len(piece)
	f.last = piece[len(piece)-1]
}

// endLine judges a whole line.
func (f *framing) endLine() bool {
	line := f.start[:min(f.length-1, len(f.start))]
	switch f.part {
	case inRequestLine:
		if len(line) > 0 { // empty lines before a request are ignored
			f.part, f.lengths, f.chunked, f.upgrade, f.left = inHeader, 0, false, false, 0
		}
	case inHeader:
		return f.endHeaderLine(line)
	case inChunkSize:
		size, _, _ := bytes.Cut(line, []byte(";"))
		n, err := strconv.ParseUint(string(bytes.TrimRight(size, " \t")), 16, 62)
		if err != nil {
			return false
		}
		if f.left, f.part = int64(n), inChunk; n == 0 {
			f.part = inTrailer
		}
	case inChunkEnd:
		f.part = inChunkSize
		return len(line) == 0
	case inTrailer:
		if len(line) == 0 {
			f.part = inRequestLine
		}
		return len(line) == 0 || !isBlank(line[0])
	}
	return true
}

func (f *framing) endHeaderLine(line []byte) bool {
	if len(line) == 0 {
		switch {
		case f.chunked:
			f.part = inChunkSize
		case f.left > 0:
			f.part = inBody
		case f.upgrade:
			f.part = inTunnel
		default:
			f.part = inRequestLine
		}
		return true
	}
	switch line[0] {
	case ' ', '\t':
		return false // folded
	case 'c', 'C':
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || !equalFold(name, "content-length") {
			return true
		}
		n, err := strconv.ParseInt(string(bytes.Trim(value, " \t")), 10, 64)
		if f.lengths++; err != nil || n < 0 || f.lengths > 1 || f.length-1 > len(f.start) {
			return false
		}
		f.left = n
	case 'u', 'U':
		name, value, _ := bytes.Cut(line, []byte(":"))
		if !equalFold(name, "upgrade") {
			break
		}
		if f.length-1 > len(f.start) {
			return false // its end might make it one to a socket
		}
		f.upgrade = f.upgrade || equalFold(bytes.Trim(value, " \t"), "websocket")
	case 't', 'T':
		name, _, _ := bytes.Cut(line, []byte(":"))
		if !equalFold(name, "transfer-encoding") {
			return true
		}
		if f.chunked {
			return false
		}
		f.chunked = true
	}
	return !f.chunked || f.lengths == 0
}

// next goes on behind a body or a chunk.
func (f *framing) next() {
	if f.part == inChunk {
		f.part = inChunkEnd
	} else {
		f.part = inRequestLine
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
