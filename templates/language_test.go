package templates

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/feature/plural"
)

// catalogues are the sentences of all languages, by code.
func catalogues(t *testing.T) map[string]*Language {
	t.Helper()
	all, err := readLanguages(embedded)
	if err != nil {
		t.Fatal(err)
	}
	byCode := map[string]*Language{}
	for _, l := range all {
		byCode[l.Code()] = l
	}
	return byCode
}

var pluralForm = regexp.MustCompile(`\.(zero|one|two|few|many|other)$`)

// stemOf is the key by which code asks for a sentence: plural forms share one.
func stemOf(key string) string {
	return pluralForm.ReplaceAllString(key, "#")
}

func stems(l *Language) []string {
	var all []string
	for key := range l.texts {
		all = append(all, stemOf(key))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestLanguagesHaveTheSameSentences(t *testing.T) {
	all := catalogues(t)
	source := all[sourceLanguage]
	wanted := stems(source)
	for code, l := range all {
		there := stems(l)
		for _, key := range wanted {
			if !slices.Contains(there, key) {
				t.Errorf("%s lacks %q", code, key)
			}
		}
		for key, sentence := range l.texts {
			if !slices.Contains(wanted, stemOf(key)) {
				t.Errorf("%s has %q, which %s has not", code, key, sourceLanguage)
			}
			if strings.TrimSpace(sentence) == "" {
				t.Errorf("%s: %q is empty", code, key)
			}
			checkPlaces(t, code, key, sentence, source)
		}
		if got := len(strings.Fields(l.texts["time.months"])); got != 12 {
			t.Errorf("%s: %d months", code, got)
		}
	}
}

// checkPlaces wants the places of the source language, in any order. A plural
// form that stands for one number only may leave it out: "yesterday".
func checkPlaces(t *testing.T, code, key, sentence string, source *Language) {
	t.Helper()
	of := source.texts[key]
	if stem, counted := strings.CutSuffix(stemOf(key), "#"); counted {
		if of = source.texts[stem+".other"]; strings.HasSuffix(key, ".one") && len(places(sentence)) == 0 {
			return
		}
	}
	if got, want := places(sentence), places(of); !maps.Equal(got, want) {
		t.Errorf("%s: %q has the places %v, want %v", code, key, got, want)
	}
}

// places are the verbs of a sentence by the argument they show.
func places(sentence string) map[string]string {
	found, next := map[string]string{}, 1
	for _, m := range regexp.MustCompile(`%(?:\[(\d)\])?([a-z])`).FindAllStringSubmatch(sentence, -1) {
		argument := m[1]
		if argument == "" {
			argument = fmt.Sprint(next)
		}
		next++
		found[argument] = m[2]
	}
	return found
}

func TestLanguagesHaveThePluralFormsTheyNeed(t *testing.T) {
	for code, l := range catalogues(t) {
		for _, stem := range stems(l) {
			name, counted := strings.CutSuffix(stem, "#")
			if !counted {
				continue
			}
			for n := range 1000 {
				form := pluralForms[plural.Cardinal.MatchPlural(l.tag, n, 0, 0, 0, 0)]
				if l.texts[name+"."+form] == "" {
					t.Errorf("%s: %q has no form %q, which %d takes", code, name, form, n)
					break
				}
			}
		}
	}
}

// usedKeys finds what templates ask of the catalogue, and the code beside them.
// It is read, not imported: handlers stand above this package.
func usedKeys(t *testing.T) map[string]bool {
	t.Helper()
	used := map[string]bool{"language": true, "time.layout": true, "time.months": true}
	find := func(raw []byte, pattern, format string) {
		for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(raw, -1) {
			used[fmt.Sprintf(format, m[1])] = true
		}
	}
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".html") {
			return err
		}
		raw, err := fs.ReadFile(embedded, name)
		find(raw, `(?:\bt|SecondText"|Act") "([a-z0-9.#-]+)"`, "%s")
		find(raw, `\bforms "([a-z0-9.-]+)"`, "%s#")
		for _, part := range []string{"title", "text", "action"} {
			find(raw, `template "state" dict "Name" "([a-z0-9-]+)"`, "state.%s."+part)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"../handlers/*.go", "../proxy/*.go", "*.go"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			find(raw, `"([a-z0-9-]+(?:\.[a-z0-9-]+)+#?)"`, "%s")         // a key
			find(raw, `\{Name: "([a-z-]+)", Page: `, "mode.%s")          // an embed mode
			find(raw, `\{Name: "([a-z-]+)", Page: `, "mode.%s.text")     //
			find(raw, `(?:code|words): "([a-z_]+)"`, "problem.%s.title") // an error
			find(raw, `(?:code|words): "([a-z_]+)"`, "problem.%s.text")  //
			find(raw, `"(relay\.[^"]+)"`, "%s")                          // a refusal
			find(raw, relayTitle, "relay.%s")
		}
	}
	return used
}

// relayTitle finds the title of a refusal in the code of the relay.
const relayTitle = `(?:refuse\([^"\n]*|Title: |, title [:]?= [^"\n]*|return http\.Status\w+, )"([^"]+)"`

func TestEverySentenceIsUsed(t *testing.T) {
	used := usedKeys(t)
	for key := range ownLanguage(t, sourceLanguage).texts {
		if !used[key] && !used[stemOf(key)] {
			t.Errorf("%q is not used", key)
		}
	}
}

func TestEverySentenceAskedForExists(t *testing.T) {
	source := ownLanguage(t, sourceLanguage)
	for _, pattern := range []string{"*.html", "*/*.html"} {
		files, _ := fs.Glob(embedded, pattern)
		for _, file := range files {
			raw, _ := fs.ReadFile(embedded, file)
			for _, m := range regexp.MustCompile(`(?:\bt|SecondText"|Act") "([a-z0-9.#-]+)"`).FindAllSubmatch(raw, -1) {
				if text := source.Text(string(m[1]), 2, 3); strings.Contains(text, "⟦") {
					t.Errorf("%s asks for %q", file, m[1])
				}
			}
			for _, m := range regexp.MustCompile(`template "state" dict "Name" "([a-z0-9-]+)"`).FindAllSubmatch(raw, -1) {
				for _, part := range []string{"title", "text", "action"} {
					if key := fmt.Sprintf("state.%s.%s", m[1], part); source.texts[key] == "" {
						t.Errorf("%s asks for %q", file, key)
					}
				}
			}
		}
	}
}

func TestRelayTitlesHaveSentences(t *testing.T) {
	source, count := ownLanguage(t, sourceLanguage), 0
	files, _ := filepath.Glob("../proxy/*.go")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(relayTitle).FindAllSubmatch(raw, -1) {
			if count++; !strings.HasSuffix(file, "_test.go") && source.texts["relay."+string(m[1])] == "" {
				t.Errorf("%s has the title %q, which is not in the catalogue", file, m[1])
			}
		}
	}
	if count < 10 {
		t.Errorf("only %d titles found", count)
	}
}

func TestNewLanguageIsOneFile(t *testing.T) {
	root := small()
	root["text/pl.json"] = &fstest.MapFile{Data: []byte(`{"language": "polski", "greeting": "Cześć, %s",
		"apps.one": "%d aplikacja", "apps.few": "%d aplikacje", "apps.many": "%d aplikacji", "apps.other": "%d aplikacji"}`)}
	s, err := newSet(root, map[string][]string{"page": {"page.html"}}, noAssets)
	if err != nil {
		t.Fatal(err)
	}
	polish := s.Language("pl-PL")
	var b strings.Builder
	if err := s.Render(&b, polish, "page", "Ada"); err != nil || !strings.Contains(b.String(), "<title>Cześć, Ada</title>") {
		t.Errorf("rendered %q, %v", b.String(), err)
	}
	if polish.Code() != "pl" || polish.Locale() != "pl-PL" || polish.Name() != "polski" {
		t.Errorf("the language is %s, %s, %q", polish.Code(), polish.Locale(), polish.Name())
	}
	for n, want := range map[int]string{1: "1 aplikacja", 3: "3 aplikacje", 5: "5 aplikacji", 22: "22 aplikacje", 12345: "12\u00a0345 aplikacji"} {
		if got := polish.Text("apps#", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if forms, err := polish.forms("apps"); err != nil || !strings.Contains(forms, `"few":"%d aplikacje"`) {
		t.Errorf("forms for scripts: %s, %v", forms, err)
	}
}

func TestLanguageIsTheFirstWishThatCanBeMet(t *testing.T) {
	s, err := New(noAssets)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		wishes []string
		want   string
	}{
		{nil, "en"}, {[]string{"", "", ""}, "en"},
		{[]string{"fr", "de", "en"}, "fr"}, {[]string{"", "de", "fr"}, "de"}, {[]string{"", "", "fr"}, "fr"},
		{[]string{"xx", "de"}, "de"}, {[]string{"", "ja", "fr-CA,fr;q=0.8,en;q=0.5"}, "fr"}, {[]string{"", "de_DE"}, "de"},
		{[]string{"", "", "de;q=0.1, fr"}, "fr"}, {[]string{"<script>", "\x00", ";;;q=,"}, "en"}, {[]string{"", "ja", "zh"}, "en"},
		{[]string{"", "en-GB", "de"}, "en"}, {[]string{"", "", strings.Repeat("de-", 5000)}, "en"},
	} {
		if got := s.Language(row.wishes...).Code(); got != row.want {
			t.Errorf("%.60q: %s, want %s", row.wishes, got, row.want)
		}
	}
}

func TestCountedSentences(t *testing.T) {
	l := ownLanguage(t, "en")
	l.texts = map[string]string{"a.one": "%d app", "a.other": "%d apps", "plain": "100 %"}
	for got, want := range map[string]string{
		l.Text("a#", 1): "1 app", l.Text("a#", 0): "0 apps", l.Text("a#", 2): "2 apps", l.Text("a#", 10000): "10,000 apps",
		l.Text("plain"): "100 %", l.Text("none"): "⟦none⟧",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
