package templates

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// sourceLanguage is the one that all others are translated from. It is the
// default.
const sourceLanguage = "en"

// Language is the sentences of one language, and its rules for plurals, numbers
// and times. It is safe for concurrent use.
type Language struct {
	tag     language.Tag
	texts   map[string]string // by key; places are fmt verbs
	printer *message.Printer
	pages   func() (map[string]*template.Template, error)
}

// Code is the language's name in HTML and HTTP (BCP 47), which is also the name
// of its file: "de".
func (l *Language) Code() string { return l.tag.String() }

// Locale is the language with the region where most of its speakers live:
// "de-DE".
func (l *Language) Locale() string {
	base, _ := l.tag.Base()
	region, _ := l.tag.Region()
	return base.String() + "-" + region.String()
}

// Name is the language's name in the language itself: "Deutsch".
func (l *Language) Name() string { return l.texts["language"] }

// Text returns the sentence of a key with its places filled in. A key that ends
// in "#" has a sentence for each plural form of its first argument:
// "apps.count#" is "apps.count.one" or "apps.count.other" in English. A missing
// key is returned in brackets, which tests look for.
func (l *Language) Text(key string, args ...any) string {
	if name, counted := strings.CutSuffix(key, "#"); counted && len(args) > 0 {
		key = l.pluralKey(name, args[0])
	}
	sentence, found := l.texts[key]
	if !found {
		return "⟦" + key + "⟧"
	}
	if len(args) == 0 || !strings.Contains(sentence, "%") {
		return sentence
	}
	return l.printer.Sprintf(sentence, args...)
}

// Lookup returns the sentence of a key that may have none.
func (l *Language) Lookup(key string) (sentence string, found bool) {
	sentence, found = l.texts[key]
	return sentence, found
}

// pluralForms are the names that CLDR gives to plural forms; JavaScript's
// Intl.PluralRules has the same.
var pluralForms = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

func (l *Language) pluralKey(name string, count any) string {
	form := plural.Other
	if n, ok := count.(int); ok {
		form = plural.Cardinal.MatchPlural(l.tag, n, 0, 0, 0, 0)
	}
	if key := name + "." + pluralForms[form]; l.texts[key] != "" {
		return key
	}
	return name + ".other"
}

// forms returns all plural forms of a sentence as JSON, for scripts that count.
func (l *Language) forms(name string) (string, error) {
	forms := map[string]string{}
	for _, form := range pluralForms {
		if sentence, found := l.texts[name+"."+form]; found {
			forms[form] = sentence
		}
	}
	if forms["other"] == "" {
		return "", fmt.Errorf("no plural forms of %q", name)
	}
	raw, err := json.Marshal(forms)
	return string(raw), err
}

func (l *Language) number(n int) string { return l.printer.Sprint(n) }

// readLanguages reads text/<language>.json, the source language first.
func readLanguages(root fs.FS) ([]*Language, error) {
	files, err := fs.Glob(root, "text/*.json")
	if err != nil {
		return nil, err
	}
	var source, others []*Language
	for _, file := range files {
		l, err := readLanguage(root, file)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		if l.Code() == sourceLanguage {
			source = append(source, l)
		} else {
			others = append(others, l)
		}
	}
	if source == nil {
		return nil, fmt.Errorf("no text/%s.json", sourceLanguage)
	}
	return append(source, others...), nil
}

func readLanguage(root fs.FS, file string) (*Language, error) {
	raw, err := fs.ReadFile(root, file)
	if err != nil {
		return nil, err
	}
	tag, err := language.Parse(strings.TrimSuffix(path.Base(file), ".json"))
	if err != nil {
		return nil, err
	}
	l := &Language{tag: tag, printer: message.NewPrinter(tag)}
	return l, json.Unmarshal(raw, &l.texts)
}

// newMatcher returns the matcher of these languages, the first being the default.
func newMatcher(languages []*Language) language.Matcher {
	tags := make([]language.Tag, len(languages))
	for i, l := range languages {
		tags[i] = l.tag
	}
	return language.NewMatcher(tags)
}

// parseOnce parses the pages of a language when the first of them is rendered.
func (l *Language) parseOnce(parse func(*Language) (map[string]*template.Template, error)) {
	l.pages = sync.OnceValues(func() (map[string]*template.Template, error) { return parse(l) })
}
