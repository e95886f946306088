package rewrite

import (
	"net/http"
	"slices"
	"strings"
)

// A rewritten body is not the one the tenant's strong ETag stands for (RFC 9110
// section 8.8.3). Ours is a weak one with a mark, from which the tenant's own
// can be told when it comes back: an update with If-Match must still work.
const etagMark = `-vitrine"`

// MarkETag makes the tenant's ETag one of a rewritten body.
func MarkETag(h http.Header) {
	if tag := h.Get("Etag"); strings.HasPrefix(tag, `"`) && len(tag) > 1 {
		h["Etag"] = []string{"W/" + strings.TrimSuffix(tag, `"`) + etagMark}
	}
}

// conditions are the request headers that name versions.
var conditions = []string{"If-Match", "If-None-Match"}

// UnmarkConditions makes our ETags the tenant's again, and reports whether
// there were any.
func UnmarkConditions(h http.Header) bool {
	marked := false
	for _, name := range conditions {
		if values := h[name]; slices.ContainsFunc(values, isMarked) {
			marked = true
			tenants := make([]string, len(values))
			for i, value := range values {
				tenants[i] = unmark(value)
			}
			h[name] = tenants
		}
	}
	return marked
}

func isMarked(value string) bool { return strings.Contains(value, etagMark) }

// unmark turns W/"x-vitrine" into "x", for each tag of a list. A comma may also
// stand in a tag, which knows no escapes.
func unmark(list string) string {
	var tags []string
	start, quoted := 0, false
	for i := range len(list) {
		switch c := list[i]; {
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			tags = append(tags, unmarkTag(list[start:i]))
			start = i + 1
		}
	}
	return strings.Join(append(tags, unmarkTag(list[start:])), ", ")
}

func unmarkTag(tag string) string {
	tag = strings.TrimSpace(tag)
	if rest, ok := strings.CutSuffix(tag, etagMark); ok && strings.HasPrefix(rest, `W/"`) {
		return rest[len("W/"):] + `"`
	}
	return tag
}
