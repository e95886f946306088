package proxy

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"vitrine/proxy/rewrite"
	"vitrine/proxy/tenantpath"
)

// incoming is what the browser gets to see of an answer.
func (p *Proxy) incoming(x *exchange, resp *http.Response) error {
	_, framed := resp.Header["X-Frame-Options"]
	dropTenantHeaders(resp.Header)
	dropTenantHeaders(resp.Trailer)
	if len(x.Header()["X-Request-Id"]) > 0 {
		delete(resp.Header, "X-Request-Id") // ours is the one in our log
	}
	p.rewrite.Headers(resp.Header)
	frames(resp.Header, framed)
	if len(resp.Trailer) > 0 && resp.Request.Method != http.MethodHead {
		// By HTTP/2 an answer may have both; HTTP/1.1 has trailers behind chunks only.
		delete(resp.Header, "Content-Length")
		resp.ContentLength = -1
	}
	switch {
	case x.path.String() == tenantpath.ProductInfo:
		return alwaysJSON(resp)
	case x.path.API():
		return p.incomingAPI(x, resp)
	case x.session != nil && !x.path.Public():
		keepPrivate(resp.StatusCode, resp.Header)
	}
	return nil
}

// incomingAPI rewrites what is JSON, keeps all of it out of caches, and the rest
// from running scripts.
func (p *Proxy) incomingAPI(x *exchange, resp *http.Response) error {
	h := resp.Header
	keepNowhere(h)
	disarm(h)
	switch {
	case resp.StatusCode == http.StatusNotModified: // its type and length are those of what it stands for
		if x.marked {
			rewrite.MarkETag(h)
		}
	case !isJSON(h) || resp.StatusCode == http.StatusPartialContent:
	case resp.Request.Method == http.MethodHead:
		changed(resp)
		resp.ContentLength = 0
	case resp.ContentLength == 0 || resp.Body == http.NoBody:
	default:
		return p.incomingJSON(resp)
	}
	return nil
}

// incomingJSON rewrites a body of JSON. One that is small and here at once is
// looked through in place, and mostly stays as it is; any other is rewritten
// while it streams.
func (p *Proxy) incomingJSON(resp *http.Response) error {
	switch coding := strings.Join(resp.Header["Content-Encoding"], ", "); {
	case strings.EqualFold(coding, "gzip"):
		delete(resp.Header, "Content-Encoding")
		changed(resp)
		resp.Body = p.rewrite.Body(&unzipping{from: resp.Body})
		return nil
	case coding != "" && !strings.EqualFold(coding, "identity"):
		return nil // unasked for, and nothing we can open
	}
	if resp.ContentLength < 0 || resp.ContentLength >= chunkSize {
		changed(resp)
		resp.Body = p.rewrite.Body(resp.Body)
		return nil
	}
	chunk := borrow()
	n, err := resp.Body.Read(chunk[:])
	if int64(n) != resp.ContentLength {
		changed(resp)
		resp.Body = p.rewrite.Body(&begunBody{chunk: chunk, rest: chunk[:n], err: err, from: resp.Body})
		return nil
	}
	out, hit := p.rewrite.Bytes(chunk[:n])
	if hit {
		changed(resp)
		resp.ContentLength = int64(len(out))
		resp.Header["Content-Length"] = []string{fmt.Sprint(len(out))}
	}
	// By HTTP/2 the end may come behind the last byte, and who does not read it
	// breaks off the call.
	resp.Body = &begunBody{chunk: chunk, rest: out, err: err, from: resp.Body}
	return nil
}

// changed takes away what was true of the body the tenant sent, and is not of
// the one we send.
func changed(resp *http.Response) {
	h := resp.Header
	for _, name := range []string{"Content-Length", "Accept-Ranges", "Content-Md5", "Digest", "Content-Digest", "Repr-Digest"} {
		delete(h, name)
	}
	rewrite.MarkETag(h)
	resp.ContentLength = -1
}

// begunBody is a body whose first piece has been read already.
type begunBody struct {
	chunk *chunk // what it was read into, to be given back
	rest  []byte // of it, or of what it became
	err   error  // that came with it
	from  io.ReadCloser
}

// Read hands out the first piece, and then reads on.
func (b *begunBody) Read(p []byte) (int, error) {
	if len(b.rest) > 0 {
		n := copy(p, b.rest)
		if b.rest = b.rest[n:]; len(b.rest) == 0 {
			return n, b.err
		}
		return n, nil
	}
	if b.err != nil {
		return 0, b.err
	}
	return b.from.Read(p)
}

// Close gives the first piece back.
func (b *begunBody) Close() error {
	if b.chunk != nil {
		chunks.Put(b.chunk)
		b.chunk, b.rest = nil, nil
	}
	return b.from.Close()
}

// zips are readers of compressed answers, which are large.
var zips sync.Pool

// unzipping opens a compressed body while it streams.
type unzipping struct {
	from io.ReadCloser
	zip  *gzip.Reader
}

// Read reads on. The first bytes are only waited for here, when the header has
// long been passed on.
func (u *unzipping) Read(p []byte) (int, error) {
	if u.zip == nil {
		zip, _ := zips.Get().(*gzip.Reader)
		if zip == nil {
			zip = new(gzip.Reader)
		}
		if err := zip.Reset(u.from); err != nil {
			return 0, fmt.Errorf("open compressed answer: %w", err)
		}
		u.zip = zip
	}
	return u.zip.Read(p)
}

// Close ends it.
func (u *unzipping) Close() error {
	if u.zip != nil {
		zips.Put(u.zip)
		u.zip = nil
	}
	return u.from.Close()
}

// isEventStream reports whether an answer is a stream of events, of which the
// first may come late.
func isEventStream(h http.Header) bool {
	return strings.EqualFold(mediaType(h), "text/event-stream")
}

// mediaType is an answer's, without parameters.
func mediaType(h http.Header) string {
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.TrimSpace(kind)
}

// isJSON reports whether an answer is JSON, by any of its names.
func isJSON(h http.Header) bool {
	kind := mediaType(h)
	return strings.EqualFold(kind, "application/json") ||
		len(kind) > 5 && strings.EqualFold(kind[len(kind)-5:], "+json")
}

// isRanges reports whether an answer is several pieces of one (RFC 9110 section
// 14.6).
func isRanges(h http.Header) bool { return strings.EqualFold(mediaType(h), "multipart/byteranges") }

// alwaysJSON keeps Qlik's library from taking us for client-managed Windows,
// which it does on any redirect, error or page of HTML at this one address.
func alwaysJSON(resp *http.Response) error {
	if resp.StatusCode == http.StatusNotModified || (resp.StatusCode == http.StatusOK && isJSON(resp.Header)) {
		return nil
	}
	_ = resp.Body.Close()
	resp.StatusCode, resp.Status = http.StatusOK, "200 OK"
	resp.Body = io.NopCloser(strings.NewReader(productInfo))
	resp.ContentLength, resp.Trailer = int64(len(productInfo)), nil
	resp.Header = http.Header{
		"Content-Type": {"application/json"}, "Content-Length": {fmt.Sprint(len(productInfo))}, "Cache-Control": {"no-cache"},
	}
	return nil
}

// productInfo says "Qlik Cloud" in the words the library looks for.
const productInfo = `{"composition":{"deploymentType":"QlikCloud","provider":"qlik","senseId":"qcs","version":"cloud"}}`
