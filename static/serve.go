package static

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vitrine/internal/contentcoding"
)

// ServeHTTP answers Prefix + digest + "/" + name. With the digest of today the
// answer may be kept for ever; with another one (a page that was open while
// the program was updated) it is the file of today, to be asked for again.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	digest, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
	entry, found := f.files[name]
	if !found {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	header := w.Header()
	header.Set("Content-Type", entry.contentType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Vary", "Accept-Encoding")
	header.Set("Cache-Control", "no-cache")
	if digest == entry.digest {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	content, coding := entry.encoded(r.Header["Accept-Encoding"])
	tag := entry.etag
	if coding != "" {
		header.Set("Content-Encoding", coding)
		tag += "-" + coding
	}
	header.Set("ETag", `"`+tag+`"`)
	// ServeContent answers conditional and range requests. It sets no length
	// beside a Content-Encoding, so that is done here.
	if coding != "" && r.Header.Get("Range") == "" {
		header.Set("Content-Length", strconv.Itoa(len(content)))
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// encoded picks the smallest form the browser takes.
func (f *file) encoded(accept []string) (content []byte, coding string) {
	switch {
	case f.brotli != nil && contentcoding.Accepts(accept, "br"):
		return f.brotli, "br"
	case f.gzip != nil && contentcoding.Accepts(accept, "gzip"):
		return f.gzip, "gzip"
	}
	return f.content, ""
}
