package handlers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"vitrine/auth"
	"vitrine/qlik"
	"vitrine/templates"
)

func TestLanguageIsChosenByUserThenTenantThenBrowser(t *testing.T) {
	pages, err := templates.New(func(name string) string { return name })
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ cookie, locale, accept, want string }{
		{"", "", "", "en"}, {"", "", "de-AT,de;q=0.9", "de"}, {"", "fr", "de", "fr"}, {"de", "fr", "en", "de"},
		{"", "ja", "fr", "fr"}, {"xx", "fr", "de", "fr"}, {"en", "fr", "fr", "en"},
	} {
		header := http.Header{"Accept-Language": {row.accept}}
		if row.cookie != "" {
			header.Set("Cookie", languageCookie+"="+row.cookie)
		}
		if got := languageOf(pages, header, row.locale).Code(); got != row.want {
			t.Errorf("%+v: %s", row, got)
		}
		title := RelayTitle(pages)(header, &auth.Session{User: qlik.User{Locale: row.locale}}, "The tenant could not be reached")
		if want := pages.Language(row.want).Text("relay.The tenant could not be reached"); title != want {
			t.Errorf("%+v: the relay says %q, want %q", row, title, want)
		}
	}
}

func TestLanguageOfPagesAndErrors(t *testing.T) {
	_, b := signedIn(t)
	for _, row := range []struct{ path, accept, words string }{
		{"/apps", "", "All apps"}, {"/nowhere", "", "There is no such page"},
	} {
		a := b.get(t, row.path)
		if !strings.Contains(a.body, row.words) || a.Header.Get("Content-Language") != "en" || !strings.Contains(a.body, `<html lang="en"`) {
			t.Errorf("%s is in %q: %.200s", row.path, a.Header.Get("Content-Language"), a.body)
		}
		if vary := a.Header.Get("Vary"); !strings.Contains(vary, "Accept-Language") || !strings.Contains(vary, "Cookie") {
			t.Errorf("%s varies by %q", row.path, vary)
		}
	}
	choose := func(language string) answer {
		return b.do(t, http.MethodPost, languagePath, url.Values{"language": {language}, "return_to": {"/apps?sort=updated"}})
	}
	if a := choose("de"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/apps?sort=updated" {
		t.Errorf("the choice answers %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	for path, words := range map[string]string{
		"/apps": "Alle Apps", "/nowhere": "Diese Seite gibt es nicht", "/qlik/login/x": "Wird nicht weitergeleitet",
		"/api/jwt": "per Token ist nicht eingerichtet",
	} {
		if a := b.get(t, path); !strings.Contains(a.body, words) {
			t.Errorf("%s does not say %q: %.300s", path, words, a.body)
		}
	}
	if a := b.get(t, "/apps"); !strings.Contains(a.body, `<option value="de" lang="de" selected>Deutsch</option>`) {
		t.Error("the menu does not show the choice")
	}
	if a := choose("klingon"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("an unknown language answers %d", a.StatusCode)
	}
	choose("")
	if a := b.get(t, "/apps"); a.Header.Get("Content-Language") != "fr" { // the user's locale at the tenant
		t.Errorf("without the choice pages are in %s", a.Header.Get("Content-Language"))
	}
}

// Sentences are in the catalogue: a literal of two words that begins with a
// capital would be read by users.
func TestNoSentencesInCode(t *testing.T) {
	sentence := regexp.MustCompile(`^[A-Z][a-z’']+ [A-Za-z]`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "metrics.go" { // whose words operators read
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil && sentence.MatchString(text) {
					t.Errorf("%s: %q belongs to templates/text", file, text)
				}
			}
			return true
		})
	}
	for _, p := range problems {
		pages, err := templates.New(func(name string) string { return name })
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range pages.Languages() {
			if words := p.title(l) + p.text(l) + l.Text(p.action.Label); strings.Contains(words, "⟦") {
				t.Errorf("%s, %s: %s", p.code, l.Code(), words)
			}
		}
	}
}
