package static

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// tree is a small set of files; change may replace some.
func tree(change map[string]string) fstest.MapFS {
	content := map[string]string{
		"css/app/10-first.css":   "a{}",
		"css/app/20-second.css":  "b{}",
		"js/app.js":              strings.Repeat("let a;", 100),
		"js/other.js":            "let b;",
		"icons/x.svg":            "<svg/>",
		"vendor/README.md":       "none",
		"vendor/lib/index.js":    "lib",
		"vendor/lib/index.js.br": "brotli of lib",
		"vendor/lib/index.js.gz": "gzip of lib",
		"vendor/second/index.js": "second",
	}
	for name, text := range change {
		content[name] = text
	}
	root := fstest.MapFS{}
	for name, text := range content {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return root
}

func newTree(t *testing.T, change map[string]string) *Files {
	t.Helper()
	f, err := newFiles(tree(change))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func get(f *Files, path string, header ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAddressChangesWithContent(t *testing.T) {
	before := newTree(t, nil)
	after := newTree(t, map[string]string{"js/other.js": "let c;", "vendor/lib/index.js": "lib 2"})
	for name, changes := range map[string]bool{
		"js/app.js":              true, // imports its neighbours by relative path
		"js/other.js":            true,
		"vendor/lib/index.js":    true,
		"vendor/second/index.js": false,
		"css/app.css":            false,
	} {
		if got := before.URL(name) != after.URL(name); got != changes {
			t.Errorf("%s: address changed %v, want %v", name, got, changes)
		}
	}
}

func TestStylesheetIsJoinedInOrder(t *testing.T) {
	f := newTree(t, nil)
	if got := body(t, get(f, f.URL("css/app.css"))); got != "a{}b{}" {
		t.Errorf("joined %q", got)
	}
	if f.Has("css/app/10-first.css") {
		t.Error("a part is served by itself")
	}
}

func TestCachingFollowsTheDigest(t *testing.T) {
	f := newTree(t, nil)
	current := get(f, f.URL("js/app.js"))
	if cc := current.Header.Get("Cache-Control"); cc != "public, max-age=31536000, immutable" {
		t.Errorf("today's address: %q", cc)
	}
	old := get(f, "/static/000000000000/js/app.js")
	if cc := old.Header.Get("Cache-Control"); old.StatusCode != http.StatusOK || cc != "no-cache" {
		t.Errorf("another digest: %d %q", old.StatusCode, cc)
	}
	again := get(f, f.URL("js/app.js"), "If-None-Match", current.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("known ETag: %d", again.StatusCode)
	}
	for _, path := range []string{"/static/x/js/none.js", "/static/", "/static/x/vendor/lib/index.js.gz", f.URL("none.js")} {
		if got := get(f, path); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, got.StatusCode)
		}
	}
}

func TestCompressionIsNegotiated(t *testing.T) {
	f := newTree(t, nil)
	for _, row := range []struct{ name, accept, coding, content string }{
		{"vendor/lib/index.js", "gzip, deflate, br", "br", "brotli of lib"},
		{"vendor/lib/index.js", "gzip", "gzip", "gzip of lib"},
		{"vendor/lib/index.js", "br;q=0, gzip", "gzip", "gzip of lib"},
		{"vendor/lib/index.js", "", "", "lib"},
		{"vendor/lib/index.js", "sbr", "", "lib"},
	} {
		resp := get(f, f.URL(row.name), "Accept-Encoding", row.accept)
		if got := resp.Header.Get("Content-Encoding"); got != row.coding || body(t, resp) != row.content {
			t.Errorf("%s accepting %q: coding %q", row.name, row.accept, got)
		}
		if resp.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("accepting %q: no Vary", row.accept)
		}
	}
	resp := get(f, f.URL("js/app.js"), "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(z); err != nil || string(plain) != strings.Repeat("let a;", 100) {
		t.Errorf("our own compression: %q, %v", plain, err)
	}
}

func TestFormsOfAFileHaveDifferentTags(t *testing.T) {
	f := newTree(t, nil)
	seen := map[string]bool{}
	for _, accept := range []string{"br", "gzip", ""} {
		seen[get(f, f.URL("vendor/lib/index.js"), "Accept-Encoding", accept).Header.Get("ETag")] = true
	}
	if len(seen) != 3 {
		t.Errorf("tags %v: a cache would mix the forms up", seen)
	}
}

func TestTypesDoNotDependOnTheMachine(t *testing.T) {
	f := newTree(t, nil)
	for name, want := range map[string]string{
		"js/app.js": "text/javascript; charset=utf-8", "css/app.css": "text/css; charset=utf-8", "icons/x.svg": "image/svg+xml",
	} {
		if got := get(f, f.URL(name)).Header.Get("Content-Type"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestOnlyReading(t *testing.T) {
	f := newTree(t, nil)
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest(http.MethodPost, f.URL("js/app.js"), nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestOwnFilesAreThere(t *testing.T) {
	f, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"css/app.css", "js/app.js", "js/sheet.js", "js/sheet-table.js", "icons/vitrine.svg"} {
		if !f.Has(name) {
			t.Errorf("no %s", name)
		}
	}
}
