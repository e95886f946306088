package templates

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"sort"
	"strings"
)

//go:embed *.html partials/*.html embed/*.html text/*.json
var embedded embed.FS

// pages lists the files of each page besides the layout and the partials.
var pages = map[string][]string{
	"welcome":          {"welcome.html"},
	"home":             {"catalogue.html", "home.html"},
	"apps":             {"catalogue.html", "apps.html"},
	"app":              {"app.html"},
	"embed/qlik-embed": {"sheet.html", "embed/stage.html", "embed/qlik-embed.html"},
	"embed/part":       {"sheet.html", "embed/stage.html", "embed/part.html"},
	"embed/nebula":     {"sheet.html", "embed/stage.html", "embed/nebula.html"},
	"embed/iframe":     {"sheet.html", "embed/stage.html", "embed/cookie.html", "embed/iframe.html"},
	"embed/capability": {"sheet.html", "embed/stage.html", "embed/cookie.html", "embed/capability.html"},
	"embed/enigma":     {"sheet.html", "embed/stage.html", "embed/cookie.html", "embed/enigma.html"},
	"frame-sign-in":    {"frame.html", "frame-sign-in.html"},
	"frame-signed-in":  {"frame.html", "frame-signed-in.html"},
	"sheet-table":      {"sheet.html", "sheet-table.html"},
	"me":               {"me.html"},
	"me-sessions":      {"me-sessions.html"},
	"logout":           {"logout.html"},
	"error":            {"error.html"},
}

// Set renders pages. It is safe for concurrent use.
type Set struct {
	pages map[string]*template.Template
	texts texts
}

// New parses all pages. assetURL gives the address of a static file.
func New(assetURL func(name string) string) (*Set, error) {
	return newSet(embedded, pages, assetURL)
}

func newSet(root fs.FS, pages map[string][]string, assetURL func(string) string) (*Set, error) {
	texts, err := readTexts(root, "text/en.json")
	if err != nil {
		return nil, err
	}
	if err := checkListed(root, pages); err != nil {
		return nil, err
	}
	base, err := template.New("layout.html").Funcs(functions(texts, assetURL)).
		ParseFS(root, "layout.html", "partials/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse layout: %w", err)
	}
	s := &Set{pages: map[string]*template.Template{}, texts: texts}
	for name, files := range pages {
		page, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("copy layout: %w", err)
		}
		if s.pages[name], err = page.ParseFS(root, files...); err != nil {
			return nil, fmt.Errorf("parse page %q: %w", name, err)
		}
	}
	return s, nil
}

// checkListed finds files that no page has: they would never be seen, and
// nobody would notice.
func checkListed(root fs.FS, pages map[string][]string) error {
	listed := map[string]bool{"layout.html": true}
	for _, files := range pages {
		for _, file := range files {
			listed[file] = true
		}
	}
	return fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".html") || strings.HasPrefix(name, "partials/") {
			return err
		}
		if !listed[name] {
			return fmt.Errorf("template %q belongs to no page", name)
		}
		return nil
	})
}

// Render writes a page. Give it a buffer: a fault may come up halfway.
func (s *Set) Render(w io.Writer, page string, data any) error {
	t, found := s.pages[page]
	if !found {
		return fmt.Errorf("BUG: no page %q", page)
	}
	if err := t.Execute(w, data); err != nil {
		return fmt.Errorf("render %q: %w", page, err)
	}
	return nil
}

// Text returns a sentence of the catalogue, with its places filled in.
func (s *Set) Text(key string, args ...any) string {
	return s.texts.text(key, args...)
}

// Pages names all pages, sorted.
func (s *Set) Pages() []string {
	names := make([]string, 0, len(s.pages))
	for name := range s.pages {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func functions(texts texts, assetURL func(string) string) template.FuncMap {
	return template.FuncMap{
		"asset":     assetURL,
		"t":         texts.text,
		"icon":      icon,
		"pattern":   pattern,
		"miniature": miniature,
		"dict":      dict,
	}
}

// dict hands several values to a partial, which takes one.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: a name without a value")
	}
	d := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: name %v is not a string", pairs[i])
		}
		d[name] = pairs[i+1]
	}
	return d, nil
}
