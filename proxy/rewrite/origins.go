package rewrite

import (
	"bytes"
	"encoding/hex"
	"strings"
)

// Bytes rewrites all addresses in b, which is a whole text. hit says that there
// were any; out is b itself otherwise.
func (rw *Rewriter) Bytes(b []byte) (out []byte, hit bool) {
	if !bytes.Contains(b, slashes) && bytes.IndexByte(b, '\\') < 0 {
		return b, false // nothing can be an address; most small answers hold none
	}
	if out, _ = rw.replace(nil, b, 0, true); len(out) == 0 {
		return b, false
	}
	return out, true
}

var slashes = []byte("//")

// replace appends b with all addresses rewritten to out, and returns how much
// of b it has dealt with: unless b is the last piece, what may be the beginning
// of an address is left for the next. Without a hit in a last piece nothing is
// appended. before is the byte that came before b.
func (rw *Rewriter) replace(out, b []byte, before byte, last bool) ([]byte, int) {
	done := 0
	for at := 0; ; {
		colon := bytes.IndexByte(b[at:], ':')
		if colon < 0 {
			break
		}
		at += colon + 1
		if at < len(b) && b[at] != '/' && b[at] != '\\' {
			continue
		}
		start, size, base := rw.match(b, before, at-1, last)
		if size <= 0 {
			continue
		}
		out = append(append(out, b[done:start]...), base...)
		done = start + size
		at = done
	}
	if last && done == 0 {
		return out, 0
	}
	end := len(b)
	if !last {
		end = max(done, rw.safePrefix(b, before))
	}
	return append(out, b[done:end]...), end
}

// What match says of a text that is too short to tell.
const needsMore = -1

// match looks whether one of the tenant's origins stands around the colon at b.
// It returns where the origin starts, how long it is as it is spelled there,
// and what it becomes. before is the byte that came before b. Slashes may be
// escaped in JSON's two ways, the host be in any case, and the port be spelled
// out.
func (rw *Rewriter) match(b []byte, before byte, colon int, last bool) (start, size int, base string) {
	for _, o := range rw.origins {
		start = colon - len(o.scheme)
		if start < 0 || !equalFold(b[start:colon], o.scheme) || inScheme(byteBefore(b, before, start)) {
			continue
		}
		n := rw.authority(b[colon+1:], last)
		if n <= 0 {
			return start, n, ""
		}
		return start, colon + 1 + n - start, o.base
	}
	return 0, 0, ""
}

// authority measures "//host[:port]" at the beginning of b, if it is the
// tenant's and ends there: acme.com in acme.com.evil is another host.
func (rw *Rewriter) authority(b []byte, last bool) int {
	n := 0
	for range 2 {
		slash := slashAt(b[n:], last)
		if slash <= 0 {
			return slash
		}
		n += slash
	}
	if got := b[n:min(len(b), n+len(rw.host))]; !equalFold(got, rw.host[:len(got)]) {
		return 0
	} else if len(got) < len(rw.host) {
		return unless(last)
	}
	n += len(rw.host)
	port := rw.port
	if port == "" {
		port = defaultPort(rw.scheme)
	}
	if n < len(b) && b[n] == ':' {
		got := b[n+1 : min(len(b), n+1+len(port))]
		if !strings.HasPrefix(port, string(got)) {
			return 0
		} else if len(got) < len(port) {
			return unless(last)
		}
		n += 1 + len(port)
	} else if rw.port != "" {
		if n == len(b) {
			return unless(last)
		}
		return 0
	}
	return hostEnd(b, n, last)
}

// slashAt measures the slash at the beginning of b.
func slashAt(b []byte, last bool) int {
	switch {
	case len(b) == 0:
		return unless(last)
	case b[0] == '/':
		return 1
	case b[0] != '\\':
		return 0
	case len(b) == 1:
		return unless(last)
	case b[1] == '/':
		return 2
	case equalFold(b[:min(6, len(b))], `\u002f`[:min(6, len(b))]):
		if len(b) < 6 {
			return unless(last)
		}
		return 6
	}
	return 0
}

// hostEnds is what ends a host: in the address itself (RFC 3986 section 3.2), or
// as what goes on behind it. No name of a host has any of it, and an address
// that goes on in another way nevertheless leads to us, never elsewhere.
const hostEnds = `/"?# ><,')&;`

// hostEnd returns n if the host and port before b[n] end there.
func hostEnd(b []byte, n int, last bool) int {
	switch {
	case n == len(b) && last:
		return n
	case n == len(b):
		return needsMore
	case strings.IndexByte(hostEnds, b[n]) >= 0:
		return n
	case b[n] != '\\':
		return 0
	}
	// Only some escapes end a host: \u002e is a dot.
	escape := b[n+1 : min(len(b), n+len(`\u002f`))]
	switch {
	case len(escape) > 0 && escape[0] != 'u':
		return n
	case len(escape) < len(`u002f`):
		return unless(last)
	}
	var char [2]byte
	if _, err := hex.Decode(char[:], escape[1:]); err != nil || char[0] != 0 || strings.IndexByte(hostEnds, char[1]) < 0 {
		return 0
	}
	return n
}

// safePrefix is how much of b cannot be the beginning of an address that goes on
// in the next piece.
func (rw *Rewriter) safePrefix(b []byte, before byte) int {
	for at := max(0, len(b)-rw.longest); at < len(b); at++ {
		if inScheme(byteBefore(b, before, at)) {
			continue
		}
		for _, o := range rw.origins {
			tail := b[at:]
			if len(tail) <= len(o.scheme) {
				if equalFold(tail, o.scheme[:len(tail)]) {
					return at
				}
				continue
			}
			if !equalFold(tail[:len(o.scheme)], o.scheme) || tail[len(o.scheme)] != ':' {
				continue
			}
			if rw.authority(tail[len(o.scheme)+1:], false) == needsMore {
				return at
			}
		}
	}
	return len(b)
}

func unless(last bool) int {
	if last {
		return 0
	}
	return needsMore
}

// inScheme reports whether what follows c is the rest of a longer scheme, as in
// git+https. Letters and digits may stand in one too (RFC 3986 section 3.1), but
// here they are the end of an escape, as in \n and \u003c, or of a word.
func inScheme(c byte) bool { return c == '+' || c == '-' || c == '.' }

func byteBefore(b []byte, before byte, at int) byte {
	if at == 0 {
		return before
	}
	return b[at-1]
}

// equalFold compares with s, which is ASCII in lower case or whose case matters
// to nobody.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if lower(c) != lower(s[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
