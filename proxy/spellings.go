package proxy

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// isPlain reports whether a path has one spelling only, but for its case, as
// nearly all have: then nothing has to be taken apart.
func isPlain(escaped string) bool {
	for i := range len(escaped) {
		switch c := escaped[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		case c == '/':
			if i+1 < len(escaped) && escaped[i+1] == '/' {
				return false
			}
		case c == '.':
			if i == 0 || escaped[i-1] == '/' || i+1 == len(escaped) || escaped[i+1] == '/' {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// spellings returns what a path may mean to a server that decodes it up to
// three times: as it stands, and cleaned of dot segments; in lower case.
func spellings(escaped string) []string {
	var all []string
	for range 4 {
		folded := fold(escaped)
		all = append(all, folded, path.Clean(folded))
		if !utf8.ValidString(escaped) { // some drop what they cannot read
			folded = fold(strings.ToValidUTF8(escaped, ""))
			all = append(all, folded, path.Clean(folded))
		}
		decoded := decode(escaped)
		if decoded == escaped {
			break
		}
		escaped = decoded
	}
	return all
}

// decode undoes percent-encoding wherever it is valid, and leaves the rest:
// that is what lenient servers do, where strict ones refuse.
func decode(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+6 <= len(s) && (s[i+1] == 'u' || s[i+1] == 'U') {
			if r, ok := unhex(s[i+2 : i+6]); ok { // %u002f, of old Microsoft servers
				out.WriteRune(r)
				i += 5
				continue
			}
		}
		if s[i] == '%' && i+3 <= len(s) {
			if r, ok := unhex(s[i+1 : i+3]); ok {
				out.WriteByte(byte(r)) //nolint:gosec // two digits make a byte
				i += 2
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

func unhex(digits string) (r rune, ok bool) {
	for _, c := range []byte(digits) {
		switch c = lower(c); {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// fold brings a path into one form: slashes only, no empty segments, no matrix
// parameters, no control characters and no characters that only look like or
// are normalised to others.
func fold(p string) string {
	p = strings.Map(foldRune, narrow(p))
	if strings.IndexFunc(p, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		// Compatible forms are one to some servers: a letter in a circle, one of
		// full width, one that is written high.
		p = strings.Map(foldRune, norm.NFKC.String(p))
	}
	p = strings.ToLower(p)
	segments := strings.Split(p, "/")
	kept := segments[:0]
	for _, segment := range segments {
		segment, _, _ = strings.Cut(segment, ";")
		if name := strings.TrimRight(segment, "."); name != "" {
			segment = name
		}
		if segment != "" {
			kept = append(kept, segment)
		}
	}
	folded := "/" + strings.Join(kept, "/")
	if strings.HasSuffix(p, "/") && len(kept) > 0 {
		folded += "/"
	}
	return folded
}

func foldRune(r rune) rune {
	switch {
	case r <= ' ' || r == 0x7f || r == 0xa0 || r > utf8.RuneSelf && isIgnorable(r):
		return -1
	case r == '\\' || r == 0x2044 || r == 0x2215 || r == 0x29f8 || r == 0x29f5 || r == 0xfe68:
		return '/'
	case r == 0x2024 || r == 0x3002 || r == 0xff61:
		return '.'
	case r == 0x131:
		return 'i'
	case r == 0x17f:
		return 's'
	case r == 0x212a:
		return 'k'
	case r == 0xff3c:
		return '/'
	case r >= 0xff01 && r <= 0xff5e: // full width
		return r - 0xff01 + '!'
	}
	return r
}

// isIgnorable reports whether a character shows nothing, so that a server may
// drop it.
func isIgnorable(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// narrow undoes overlong UTF-8, by which a byte is spelled with two or three:
// decoders that do not check take %c0%af for a slash.
func narrow(p string) string {
	if utf8.ValidString(p) {
		return p
	}
	var out strings.Builder
	for i := 0; i < len(p); i++ {
		switch rest := p[i:]; {
		case len(rest) >= 2 && rest[0]&0xfe == 0xc0 && rest[1]&0xc0 == 0x80:
			out.WriteByte(rest[0]<<6 | rest[1]&0x3f)
			i++
		case len(rest) >= 3 && rest[0] == 0xe0 && rest[1]&0xfe == 0x80:
			out.WriteByte(rest[1]<<6 | rest[2]&0x3f)
			i += 2
		case len(rest) >= 4 && rest[0] == 0xf0 && rest[1] == 0x80 && rest[2]&0xfe == 0x80:
			out.WriteByte(rest[2]<<6 | rest[3]&0x3f)
			i += 3
		default:
			out.WriteByte(rest[0])
		}
	}
	return out.String()
}
