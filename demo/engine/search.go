package engine

import (
	"regexp"
	"strconv"
	"strings"
)

// match returns the elements that a selection pattern means: a text exactly
// (without regard to case), a text with the wildcards * and ?, a comparison such
// as >=5 or >10<20, or a list (a|b|"c d").
func (f *field) match(pattern string) []int {
	pattern = strings.TrimSpace(pattern)
	if strings.HasPrefix(pattern, "(") && strings.HasSuffix(pattern, ")") {
		var all []int
		for _, part := range strings.Split(pattern[1:len(pattern)-1], "|") {
			all = append(all, f.match(strings.Trim(strings.TrimSpace(part), `"`))...)
		}
		return all
	}
	meets := matcher(pattern)
	var found []int
	for i, v := range f.values {
		if meets(v) {
			found = append(found, i)
		}
	}
	return found
}

// search is what somebody typing into a list box gets: without wildcards every
// word may occur anywhere.
func (f *field) search(text string) []int {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "*?<>") {
		return f.match(text)
	}
	words := strings.Fields(strings.ToLower(text))
	var found []int
	for i, v := range f.values {
		for _, word := range words {
			if strings.Contains(strings.ToLower(v.text), word) {
				found = append(found, i)
				break
			}
		}
	}
	return found
}

var comparison = regexp.MustCompile(`^(?:([<>]=?)\s*(-?[0-9.]+))\s*(?:([<>]=?)\s*(-?[0-9.]+))?$`)

func matcher(pattern string) func(value) bool {
	if parts := comparison.FindStringSubmatch(pattern); parts != nil {
		return func(v value) bool {
			return compares(v, parts[1], parts[2]) && (parts[3] == "" || compares(v, parts[3], parts[4]))
		}
	}
	if strings.ContainsAny(pattern, "*?") {
		quoted := regexp.QuoteMeta(pattern)
		quoted = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(quoted)
		wild := regexp.MustCompile(`(?is)^` + quoted + `$`)
		return func(v value) bool { return wild.MatchString(v.text) }
	}
	return func(v value) bool { return strings.EqualFold(v.text, pattern) }
}

func compares(v value, op, bound string) bool {
	limit, err := strconv.ParseFloat(bound, 64)
	if err != nil || !v.isNumber() {
		return false
	}
	switch op {
	case "<":
		return v.num < limit
	case "<=":
		return v.num <= limit
	case ">":
		return v.num > limit
	}
	return v.num >= limit
}
