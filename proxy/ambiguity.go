package proxy

import (
	"bytes"
	"errors"
	"net"
	"strconv"
)

// RefuseAmbiguous makes a server refuse requests that another server in front
// of it may have read in another way than it does: two such servers disagree
// where a request ends, and the rest becomes somebody else's request (RFC 9112
// section 11.2). The library accepts some of them, which RFC 9112 allows and
// advises against: a length beside chunks, folded lines, lines that end in a
// bare line feed. They are answered 400, and the connection is closed.
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
	n, err := c.TCPConn.Read(p)
	good := c.follow(p[:n])
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

// Parts of a request, in their order.
const (
	inRequestLine = iota
	inHeader
	inBody
	inChunkSize
	inChunk
	inChunkEnd
	inTrailer
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
	left    int64 // of the body or the chunk
}

// follow takes note of p, and returns how much of it is unambiguous.
func (f *framing) follow(p []byte) int {
	for done := 0; done < len(p); {
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
	return len(p)
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
			f.part, f.lengths, f.chunked, f.left = inHeader, 0, false, 0
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
