package proxy

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// rewriter brings addresses of the tenant back under our prefix: Qlik's
// libraries follow absolute links as they stand, and would leave our origin.
type rewriter struct {
	tenant *url.URL
	base   string // PUBLIC_URL/qlik
	prefix string // /qlik
	// pairs are the spellings of the tenant's origin in JSON, where a slash may
	// be escaped, and what stands for each.
	pairs [][2][]byte
}

func newRewriter(tenant *url.URL, base, prefix string) *rewriter {
	origin := tenant.Scheme + "://" + tenant.Host
	escape := func(s string) []byte { return []byte(strings.ReplaceAll(s, "/", `\/`)) }
	return &rewriter{tenant: tenant, base: base, prefix: prefix, pairs: [][2][]byte{
		{[]byte(origin), []byte(base)},
		{escape(origin), escape(base)},
	}}
}

// headers rewrites Location, Content-Location and Link.
func (rw *rewriter) headers(h http.Header) {
	for _, name := range []string{"Location", "Content-Location"} {
		if value := h.Get(name); value != "" {
			h.Set(name, rw.address(value))
		}
	}
	for i, link := range h["Link"] {
		h["Link"][i] = string(rw.replace([]byte(link), true))
	}
}

// address rewrites one URL of the tenant: absolute, or rooted. Any other stays.
func (rw *rewriter) address(value string) string {
	u, err := url.Parse(value)
	switch {
	case err != nil:
		return value
	case u.Host == "" && u.Scheme == "" && strings.HasPrefix(value, "/"):
		return rw.prefix + value
	case strings.EqualFold(u.Host, rw.tenant.Host) && (u.Scheme == "" || strings.EqualFold(u.Scheme, rw.tenant.Scheme)):
		rest := u.RequestURI()
		if u.Fragment != "" {
			rest += "#" + u.EscapedFragment()
		}
		return rw.base + rest
	}
	return value
}

// body rewrites a JSON body while it streams.
func (rw *rewriter) body(from io.ReadCloser) io.ReadCloser {
	return &rewritingBody{rw: rw, from: from}
}

// replace rewrites all addresses in b. Unless b is the last piece, an origin
// that touches its end is left for the next piece; see keep.
func (rw *rewriter) replace(b []byte, last bool) []byte {
	for _, pair := range rw.pairs {
		if !bytes.Contains(b, pair[0]) {
			continue
		}
		var out []byte
		for {
			i := bytes.Index(b, pair[0])
			if i < 0 {
				break
			}
			end := i + len(pair[0])
			out = append(out, b[:i]...)
			if end == len(b) && last || end < len(b) && endsOrigin(b[end]) {
				out = append(out, pair[1]...)
			} else {
				out = append(out, pair[0]...) // acme.com in acme.com.evil is another host
			}
			b = b[end:]
		}
		b = append(out, b...)
	}
	return b
}

// keep is how many bytes at the end of b may be the beginning of an origin, or
// one whose end is not known yet.
func (rw *rewriter) keep(b []byte) int {
	longest := 0
	for _, pair := range rw.pairs {
		for n := min(len(pair[0]), len(b)); n > longest; n-- {
			if bytes.HasPrefix(pair[0], b[len(b)-n:]) {
				longest = n
				break
			}
		}
	}
	return longest
}

// endsOrigin reports whether c cannot be part of a host name or port.
func endsOrigin(c byte) bool {
	return c == '/' || c == '"' || c == '?' || c == '#' || c == '\\' || c == ' ' || c == '>' || c == ',' || c == '\''
}

type rewritingBody struct {
	rw    *rewriter
	from  io.ReadCloser
	held  []byte // read, not yet rewritten
	ready []byte // rewritten, not yet handed out
	err   error
}

func (b *rewritingBody) Read(p []byte) (int, error) {
	for len(b.ready) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		b.fill()
	}
	n := copy(p, b.ready)
	b.ready = b.ready[n:]
	return n, nil
}

func (b *rewritingBody) fill() {
	chunk := make([]byte, 16<<10)
	n, err := b.from.Read(chunk)
	b.held = append(b.held, chunk[:n]...)
	if b.err = err; err != nil {
		b.ready, b.held = b.rw.replace(b.held, true), nil
		return
	}
	cut := len(b.held) - b.rw.keep(b.held)
	b.ready = b.rw.replace(bytes.Clone(b.held[:cut]), false)
	b.held = append([]byte(nil), b.held[cut:]...)
}

func (b *rewritingBody) Close() error { return b.from.Close() }
