package templates

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"

	"golang.org/x/text/language"
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

// Set renders pages in each language. It is safe for concurrent use.
type Set struct {
	languages []*Language // the source language first
	matcher   language.Matcher
}

// New parses all pages. assetURL gives the address of a static file.
func New(assetURL func(name string) string) (*Set, error) {
	return newSet(embedded, pages, assetURL)
}

func newSet(root fs.FS, pages map[string][]string, assetURL func(string) string) (*Set, error) {
	languages, err := readLanguages(root)
	if err != nil {
		return nil, err
	}
	if err := checkListed(root, pages); err != nil {
		return nil, err
	}
	for _, l := range languages {
		l.parseOnce(func(l *Language) (map[string]*template.Template, error) { return parsePages(root, pages, l, assetURL) })
	}
	// Languages differ in their sentences only: what is wrong with a page shows
	// in the first.
	if _, err := languages[0].pages(); err != nil {
		return nil, err
	}
	return &Set{languages: languages, matcher: newMatcher(languages)}, nil
}

// parsePages parses all pages with the functions of a language.
func parsePages(root fs.FS, pages map[string][]string, l *Language, assetURL func(string) string) (map[string]*template.Template, error) {
	base, err := template.New("layout.html").Funcs(functions(l, assetURL)).
		ParseFS(root, "layout.html", "partials/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse layout: %w", err)
	}
	parsed := make(map[string]*template.Template, len(pages))
	for name, files := range pages {
		page, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("copy layout: %w", err)
		}
		if parsed[name], err = page.ParseFS(root, files...); err != nil {
			return nil, fmt.Errorf("parse page %q: %w", name, err)
		}
	}
	return parsed, nil
}

// Languages are all languages there are, the default first.
func (s *Set) Languages() []*Language { return s.languages }

// Language returns the language of the first wish that can be met, or else the
// default. A wish is a language (BCP 47), a list of them in the form of the
// Accept-Language field (RFC 9110 section 12.5.4), or empty.
func (s *Set) Language(wishes ...string) *Language {
	_, i := language.MatchStrings(s.matcher, wishes...)
	return s.languages[i]
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
func (s *Set) Render(w io.Writer, l *Language, page string, data any) error {
	pages, err := l.pages()
	if err != nil {
		return err
	}
	t, found := pages[page]
	if !found {
		return fmt.Errorf("BUG: no page %q", page)
	}
	if err := t.Execute(w, data); err != nil {
		return fmt.Errorf("render %q: %w", page, err)
	}
	return nil
}

func functions(l *Language, assetURL func(string) string) template.FuncMap {
	return template.FuncMap{
		"asset":     assetURL,
		"t":         l.Text,
		"forms":     l.forms,
		"number":    l.number,
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
