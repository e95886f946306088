package calc

import (
	"regexp"
	"strconv"
	"strings"
)

// Match returns the elements that a selection pattern means: a text exactly
// (without regard to case), a text with the wildcards * and ?, a comparison such
// as >=5 or >10<20, or a list (a|b|"c d").
func (f *Field) Match(pattern string) []int {
	pattern = strings.TrimSpace(pattern)
	if strings.HasPrefix(pattern, "(") && strings.HasSuffix(pattern, ")") {
		var all []int
		for _, part := range strings.Split(pattern[1:len(pattern)-1], "|") {
			all = append(all, f.Match(strings.Trim(strings.TrimSpace(part), `"`))...)
		}
		return all
	}
	meets := matcher(pattern)
	var found []int
	for i, v := range f.Values {
		if meets(v) {
			found = append(found, i)
		}
	}
	return found
}

// Search is the search of a list box: without wildcards every
// word may occur anywhere.
func (f *Field) Search(text string) []int {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "*?<>") {
		return f.Match(text)
	}
	words := strings.Fields(strings.ToLower(text))
	var found []int
	for i, v := range f.Values {
		for _, word := range words {
			if strings.Contains(strings.ToLower(v.Text), word) {
				found = append(found, i)
				break
			}
		}
	}
	return found
}

var comparison = regexp.MustCompile(`^(?:([<>]=?)\s*(-?[0-9.]+))\s*(?:([<>]=?)\s*(-?[0-9.]+))?$`)

func matcher(pattern string) func(Value) bool {
	if parts := comparison.FindStringSubmatch(pattern); parts != nil {
		return func(v Value) bool {
			return compares(v, parts[1], parts[2]) && (parts[3] == "" || compares(v, parts[3], parts[4]))
		}
	}
	if strings.ContainsAny(pattern, "*?") {
		quoted := regexp.QuoteMeta(strings.ToValidUTF8(pattern, "\uFFFD")) // no expression compiles of other bytes
		quoted = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(quoted)
		wild := regexp.MustCompile(`(?is)^` + quoted + `$`)
		return func(v Value) bool { return wild.MatchString(v.Text) }
	}
	return func(v Value) bool { return strings.EqualFold(v.Text, pattern) }
}

func compares(v Value, op, bound string) bool {
	limit, err := strconv.ParseFloat(bound, 64)
	if err != nil || !v.IsNumber() {
		return false
	}
	switch op {
	case "<":
		return v.Num < limit
	case "<=":
		return v.Num <= limit
	case ">":
		return v.Num > limit
	}
	return v.Num >= limit
}
