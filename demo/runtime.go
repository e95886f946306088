package demo

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// missingRuntime stands in for main.js when the browser runtime was not built.
const missingRuntime = `console.error("The demo tenant has no browser runtime. Run \"make assets\" and build the program again.");
`

// hashedName: a bundler put the hash of the content into the name.
var hashedName = regexp.MustCompile(`[-.][A-Za-z0-9_]{8,}\.[a-z0-9]+$`)

// embedRuntime answers /qlik-embed/…: public files, loaded cross-origin by
// pages that embed charts.
func (t *Tenant) embedRuntime(w http.ResponseWriter, r *http.Request) {
	public(w)
	name := r.PathValue("file")
	// Compressed twins are only another form of their file.
	if !fs.ValidPath(name) || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
		fail(w, errNotFound)
		return
	}
	data, encoding, found := t.runtimeFile(name, r.Header.Get("Accept-Encoding"))
	switch {
	case !found && name == "main.js":
		data = []byte(missingRuntime)
	case !found:
		fail(w, errNotFound)
		return
	}
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Type", contentTypeOf(name))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if hashedName.MatchString(name) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "public, max-age=60")
		etag := `"` + contentHash(data) + `"`
		h.Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data)
}

// runtimeFile prefers a compressed twin that the browser accepts.
func (t *Tenant) runtimeFile(name, accept string) (data []byte, encoding string, found bool) {
	if t.runtime == nil {
		return nil, "", false
	}
	for _, twin := range []struct{ encoding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !acceptsEncoding(accept, twin.encoding) {
			continue
		}
		if data, err := fs.ReadFile(t.runtime, name+twin.suffix); err == nil {
			return data, twin.encoding, true
		}
	}
	data, err := fs.ReadFile(t.runtime, name)
	return data, "", err == nil
}

func acceptsEncoding(accept, encoding string) bool {
	for _, part := range strings.Split(accept, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(name, encoding) && !strings.Contains(strings.ReplaceAll(params, " ", "")+";", "q=0;") {
			return true
		}
	}
	return false
}

// contentTypeOf does not ask the system's tables, which differ by machine, for
// what matters.
func contentTypeOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	case ".txt":
		return "text/plain; charset=utf-8"
	default:
		if known := mime.TypeByExtension(ext); known != "" {
			return known
		}
		return "application/octet-stream"
	}
}

// public lets pages of every origin load a file that holds nothing secret.
func public(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	w.Header().Set("Timing-Allow-Origin", "*")
}

// productInfo is public and always 200 JSON: from anything else the libraries
// conclude that they talk to a client-managed Windows server.
func (t *Tenant) productInfo(w http.ResponseWriter, _ *http.Request) {
	public(w)
	w.Header().Set("Cache-Control", "public, max-age=300")
	writeJSON(w, http.StatusOK, map[string]any{
		"composition": map[string]string{"deploymentType": "QlikCloud", "provider": "qlik", "senseId": "qcs:demo", "version": "2026.11.0"},
	})
}
