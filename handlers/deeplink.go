package handlers

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// What an address may carry. A selection of more values does not fit into a
// link that mail programs keep whole, and people use a bookmark for it.
const (
	maxSelections     = 20
	maxSelectedValues = 100
	maxNameLength     = 255
	maxValueLength    = 512
	maxBookmarkLength = 128
)

// selection names what is selected in one field.
type selection struct {
	Field  string   `json:"field"`
	Values []string `json:"values"`
}

// deepLink is the state of an app that an address asks for: a bookmark, and
// selections on top of it. static/js/deeplink.js writes the same form.
type deepLink struct {
	Bookmark   string
	Selections []selection
	Defect     bool // part of the address could not be read, and was left out
}

// deepLinkOf reads ?bookmark=ID&select=Field,Value,Value&select=…. A part that
// is not well-formed is left out: the sheet itself is still worth opening.
func deepLinkOf(q url.Values) deepLink {
	link := deepLink{Bookmark: q.Get("bookmark")}
	if !plainText(link.Bookmark, maxBookmarkLength) || strings.ContainsAny(link.Bookmark, "/?#& ") {
		link.Bookmark, link.Defect = "", true
	}
	seen := map[string]bool{}
	for _, text := range q["select"] {
		s, ok := parseSelection(text)
		if !ok || seen[s.Field] || len(link.Selections) == maxSelections {
			link.Defect = true
			continue
		}
		seen[s.Field] = true
		link.Selections = append(link.Selections, s)
	}
	return link
}

// parseSelection reads "Field,Value,Value"; a comma or backslash inside a name
// or value has a backslash before it.
func parseSelection(text string) (s selection, ok bool) {
	if len(text) > maxSelectedValues*maxValueLength || !utf8.ValidString(text) {
		return s, false
	}
	var parts []string
	var part strings.Builder
	escaped := false
	for _, r := range text {
		switch {
		case escaped, r != '\\' && r != ',':
			part.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		default:
			parts = append(parts, part.String())
			part.Reset()
		}
	}
	parts = append(parts, part.String())
	s = selection{Field: parts[0], Values: parts[1:]}
	if escaped || s.Field == "" || !plainText(s.Field, maxNameLength) || len(s.Values) == 0 || len(s.Values) > maxSelectedValues {
		return s, false
	}
	for _, value := range s.Values {
		if value == "" || !plainText(value, maxValueLength) {
			return s, false
		}
	}
	return s, true
}

func (s selection) String() string {
	escape := strings.NewReplacer(`\`, `\\`, ",", `\,`)
	parts := []string{escape.Replace(s.Field)}
	for _, value := range s.Values {
		parts = append(parts, escape.Replace(value))
	}
	return strings.Join(parts, ",")
}

// plainText is short and has no control characters.
func plainText(text string, limit int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= limit &&
		!strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError })
}

// query writes the link for an address of ours; more pairs of names and values
// come first.
func (l deepLink) query(more ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			v.Set(more[i], more[i+1])
		}
	}
	if l.Bookmark != "" {
		v.Set("bookmark", l.Bookmark)
	}
	for _, s := range l.Selections {
		v.Add("select", s.String())
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}
