package proxy

import (
	"io"
	"net/http"
	"slices"
	"testing"
)

// Files that app authors upload come from below /api/.
func TestDocumentsOfTheAPIAreInert(t *testing.T) {
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Content-Type"] = r.URL.Query()["type"]
		h.Set("Content-Security-Policy", "img-src *")
		_, _ = io.WriteString(w, "<script>alert(1)</script>")
	})
	for query, document := range map[string]bool{
		"": true, "type=": true, "type=text/html": true, "type=Text/HTML;charset=utf-8": true, "type=application/xhtml%2bxml": true,
		"type=image/svg%2bxml": true, "type=text/xml": true, "type=application/xml": true, "type=application/rss%2bxml": true, "type=text/xsl": true,
		"type=multipart/x-mixed-replace": true, "type=multipart/related": true, "type=message/rfc822": true,
		"type=image/png,text/html": true, "type=image/png&type=text/html": true, "type=html": true, "type=text/html;": true, "type=text/html;=x": true,
		"type=image/png": false, "type=text/plain": false, "type=application/json": false, "type=application/octet-stream": false,
		"type=text/javascript": false, "type=text/css": false, "type=application/pdf": false,
	} {
		for _, prefix := range []string{"/qlik/api/v1/apps/a/media/files/x?", "/qlik/API/v1/apps/a/media/files/x?"} {
			resp, _ := do(t, request(t, "GET", base+prefix+query))
			h := resp.Header
			if got := h["X-Content-Type-Options"]; !slices.Equal(got, []string{"nosniff"}) {
				t.Errorf("%s: X-Content-Type-Options %q", query, got)
			}
			want := []string{"img-src *; frame-ancestors 'self'"}
			if document {
				want = append(want, "sandbox; default-src 'none'")
			}
			if got := h["Content-Security-Policy"]; !slices.Equal(got, want) {
				t.Errorf("%s: Content-Security-Policy %q, want %q", query, got, want)
			}
		}
	}
	resp, _ := do(t, request(t, "GET", base+"/qlik/single/?type=text/html"))
	if got := resp.Header["Content-Security-Policy"]; len(got) != 1 {
		t.Errorf("a page of the tenant's own has the policies %q", got)
	}
}
