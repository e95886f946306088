package templates

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
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
		{"file of no language", func(f fstest.MapFS) { f["text/klingon!.json"] = &fstest.MapFile{Data: []byte("{}")} }, listed},
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
	if err := s.Render(&b, s.Language(), "page", "<Ada>"); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != "<title>Hello, &lt;Ada&gt;</title><p>&lt;Ada&gt;</p>" {
		t.Errorf("rendered %s", got)
	}
	if err := s.Render(io.Discard, s.Language(), "none", nil); err == nil {
		t.Error("a page that is not there was rendered")
	}
}

func TestOwnPagesParse(t *testing.T) {
	s, err := New(noAssets)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range s.Languages() {
		if parsed, err := l.pages(); err != nil || len(parsed) != len(pages) {
			t.Errorf("%s: %d pages, %v; want %d", l.Code(), len(parsed), err, len(pages))
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
