package wire

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// attributeFilter is the part of RFC 7644 filters that is in use: one attribute.
var attributeFilter = regexp.MustCompile(`^(\w+) (eq|co|sw) "([^"]*)"$`)

// ParseFilter parses the query's filter. The attributes of a record are handed to
// the match by name; a name that is not there is a bad request.
func ParseFilter(text string, names ...string) (match func(attribute func(name string) string) bool, err error) {
	if text == "" {
		return func(func(string) string) bool { return true }, nil
	}
	parts := attributeFilter.FindStringSubmatch(text)
	if parts == nil || !slices.Contains(names, parts[1]) {
		return nil, BadRequest("the filter cannot be parsed; it may ask for " + strings.Join(names, ", "))
	}
	return func(attribute func(string) string) bool {
		return compareText(strings.ToLower(attribute(parts[1])), parts[2], strings.ToLower(parts[3]))
	}, nil
}

// compareText applies an operator of a filter.
func compareText(value, operator, want string) bool {
	switch operator {
	case "co":
		return strings.Contains(value, want)
	case "sw":
		return strings.HasPrefix(value, want)
	default:
		return value == want
	}
}

// Sort orders a list by the query's sort, "+name" or "-name". A plus in a
// query decodes to a blank.
func Sort[T any](list []T, sort string, orders map[string]func(a, b T) int) error {
	name := strings.TrimLeft(sort, "+- ")
	order := orders[name]
	if order == nil {
		if sort == "" {
			return nil
		}
		return BadRequest("sort must be one of " + strings.Join(slices.Sorted(maps.Keys(orders)), ", ") + ", with + or -")
	}
	slices.SortStableFunc(list, func(a, b T) int {
		if strings.HasPrefix(sort, "-") {
			return order(b, a)
		}
		return order(a, b)
	})
	return nil
}

// Like matches without regard to case; * stands for anything, and "" for all.
func Like(pattern, value string) bool {
	found, err := path.Match(strings.ToLower(strings.ReplaceAll(pattern, "/", "_")), strings.ToLower(strings.ReplaceAll(value, "/", "_")))
	return pattern == "" || err == nil && found
}

// ByText orders by a text without regard to case.
func ByText[T any](text func(T) string) func(a, b T) int {
	return func(a, b T) int { return strings.Compare(strings.ToLower(text(a)), strings.ToLower(text(b))) }
}
