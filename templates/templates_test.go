package templates

import (
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func noAssets(name string) string { return "/" + name }

// small is a tree of templates with one page.
func small() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"layout.html":          file(`<title>{{block "title" .}}{{end}}</title>{{template "part" .}}`),
		"partials/part.html":   file(`{{define "part"}}<p>{{.}}</p>{{end}}`),
		"page.html":            file(`{{define "title"}}{{t "greeting" .}}{{end}}`),
		"text/en.json":         file(`{"greeting": "Hello, %s"}`),
		"embed/unlisted.html~": file(``),
	}
}

func TestFaultyTreeStopsTheStart(t *testing.T) {
	listed := map[string][]string{"page": {"page.html"}}
	for _, row := range []struct {
		name   string
		change func(fstest.MapFS)
		pages  map[string][]string
	}{
		{"page without its file", func(f fstest.MapFS) { delete(f, "page.html") }, listed},
		{"file without a page", func(f fstest.MapFS) { f["other.html"] = &fstest.MapFile{} }, listed},
		{"embed mode without a page", func(f fstest.MapFS) { f["embed/mode.html"] = &fstest.MapFile{} }, listed},
		{"no layout", func(f fstest.MapFS) { delete(f, "layout.html") }, listed},
		{"no texts", func(f fstest.MapFS) { delete(f, "text/en.json") }, listed},
		{"broken texts", func(f fstest.MapFS) { f["text/en.json"].Data = []byte("{") }, listed},
		{"broken page", func(f fstest.MapFS) { f["page.html"].Data = []byte("{{if}}") }, listed},
		{"unknown function", func(f fstest.MapFS) { f["page.html"].Data = []byte("{{nonsense}}") }, listed},
	} {
		t.Run(row.name, func(t *testing.T) {
			root := small()
			row.change(root)
			if _, err := newSet(root, row.pages, noAssets); err == nil {
				t.Error("the set was made")
			}
		})
	}
	s, err := newSet(small(), listed, noAssets)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := s.Render(&b, "page", "<Ada>"); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != "<title>Hello, &lt;Ada&gt;</title><p>&lt;Ada&gt;</p>" {
		t.Errorf("rendered %s", got)
	}
	if err := s.Render(io.Discard, "none", nil); err == nil {
		t.Error("a page that is not there was rendered")
	}
}

func TestOwnPagesParse(t *testing.T) {
	s, err := New(noAssets)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(s.Pages()); got != len(pages) {
		t.Errorf("%d pages, want %d", got, len(pages))
	}
}

// usedKeys finds what templates, and the handlers beside them, ask of the
// catalogue. Keys made of parts are listed by hand.
func usedKeys(t *testing.T) map[string]bool {
	t.Helper()
	used := map[string]bool{}
	asks := regexp.MustCompile(`(?:\bt|SecondText"|Act") "([a-z0-9.#-]+)"`)
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".html") {
			return err
		}
		raw, err := fs.ReadFile(embedded, name)
		for _, m := range asks.FindAllSubmatch(raw, -1) {
			used[string(m[1])] = true
		}
		if mode, ok := strings.CutPrefix(strings.TrimSuffix(name, ".html"), "embed/"); ok && !slices.Contains([]string{"stage", "cookie", "part"}, mode) {
			used["mode."+mode], used["mode."+mode+".text"] = true, true
		}
		for _, m := range regexp.MustCompile(`template "state" dict "Name" "([a-z0-9-]+)"`).FindAllSubmatch(raw, -1) {
			for _, part := range []string{"title", "text", "action"} {
				used["state."+string(m[1])+"."+part] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}

func TestCatalogueIsComplete(t *testing.T) {
	all, err := readTexts(embedded, "text/en.json")
	if err != nil {
		t.Fatal(err)
	}
	used := usedKeys(t)
	for key := range used {
		if text := all.text(key, 2); strings.Contains(text, "⟦") {
			t.Errorf("no text for %q", key)
		}
		if strings.HasSuffix(key, "#") {
			if text := all.text(key, 1); strings.Contains(text, "⟦") {
				t.Errorf("no text for one of %q", key)
			}
		}
	}
	sources := handlerSources(t)
	for key := range all {
		stem := regexp.MustCompile(`\.(one|other)$`).ReplaceAllString(key, "#")
		if !used[key] && !used[stem] && !strings.Contains(sources, `"`+key+`"`) && !strings.Contains(sources, `"`+stem+`"`) {
			t.Errorf("nobody uses %q", key)
		}
	}
}

// handlerSources is the code that asks for texts by name. It is read, not
// imported: handlers stand above this package.
func handlerSources(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	files, err := os.ReadDir("../handlers")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := file.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			raw, err := os.ReadFile("../handlers/" + name)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(raw)
		}
	}
	return b.String()
}

func TestCountedTexts(t *testing.T) {
	all := texts{"a.one": "%d app", "a.other": "%d apps", "plain": "100 %"}
	for got, want := range map[string]string{
		all.text("a#", 1): "1 app", all.text("a#", 0): "0 apps", all.text("a#", 2): "2 apps",
		all.text("plain"): "100 %", all.text("none"): "⟦none⟧",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func wellFormed(t *testing.T, what, drawing string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(drawing))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%s: %v in %s", what, err, drawing)
			return
		}
	}
}

func TestDrawingsAreWellFormed(t *testing.T) {
	for name := range icons {
		drawing, err := icon(name)
		if err != nil {
			t.Error(err)
		}
		wellFormed(t, name, string(drawing))
	}
	if _, err := icon("none"); err == nil {
		t.Error("an icon that is not there was drawn")
	}
	for _, name := range []string{"", "Sales", `"><script>alert(1)</script>`, "数据", strings.Repeat("x", 1000)} {
		drawing := string(pattern(name))
		wellFormed(t, "pattern of "+name, drawing)
		if drawing != string(pattern(name)) {
			t.Errorf("pattern of %q differs from time to time", name)
		}
		if strings.Contains(drawing, "script") || strings.Contains(drawing, "style=") {
			t.Errorf("pattern of %q: %s", name, drawing)
		}
	}
}

func TestMiniatureStaysInsideItsFrame(t *testing.T) {
	cells := []Cell{
		{Kind: "barchart", Width: 50, Height: 50},
		{Kind: `"><script>`, X: 50, Width: 500, Height: 1e300},
		{Kind: "kpi", X: -40, Y: math.NaN(), Width: 60, Height: 60},
		{Kind: "table", X: math.Inf(1), Width: 10, Height: 10},
		{Kind: "linechart", Y: 60, Width: 30, Height: 40}, {Kind: "piechart", X: 30, Y: 60, Width: 30, Height: 40},
		{Kind: "scatterplot", X: 60, Y: 60, Width: 40, Height: 40},
	}
	for _, class := range []string{"card", "ghost"} {
		drawing := string(miniature(cells, class))
		wellFormed(t, class, drawing)
		if strings.Contains(drawing, "script") || strings.Contains(drawing, "NaN") || strings.Contains(drawing, "Inf") || strings.Contains(drawing, "=\"-") {
			t.Errorf("%s: %s", class, drawing)
		}
	}
	if !strings.Contains(string(miniature(cells[:1], "card")), `class="strong"`) || strings.Contains(string(miniature(cells, "ghost")), "strong") {
		t.Error("a miniature shows what is in a cell, a ghost does not")
	}
}
