package proxy

import (
	"net/http"
	"slices"
	"strings"
)

// A rewritten body is not the one the tenant's strong ETag stands for (RFC 9110
// section 8.8.3). Ours is a weak one with a mark, from which the tenant's own
// can be told when it comes back: an update with If-Match must still work.
const etagMark = `-vitrine"`

// markETag makes the tenant's ETag one of a rewritten body.
func markETag(h http.Header) {
	if tag := h.Get("Etag"); strings.HasPrefix(tag, `"`) && len(tag) > 1 {
		h["Etag"] = []string{"W/" + strings.TrimSuffix(tag, `"`) + etagMark}
	}
}

// conditions are the request headers that name versions.
var conditions = []string{"If-Match", "If-None-Match"}

// unmarkConditions makes our ETags the tenant's again, and reports whether
// there were any.
func unmarkConditions(h http.Header) bool {
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

// unmark turns W/"x-vitrine" into "x", for each tag of a list.
func unmark(list string) string {
	tags := strings.Split(list, ",")
	for i, tag := range tags {
		tag = strings.TrimSpace(tag)
		if rest, ok := strings.CutSuffix(tag, etagMark); ok && strings.HasPrefix(rest, `W/"`) {
			tag = rest[len("W/"):] + `"`
		}
		tags[i] = tag
	}
	return strings.Join(tags, ", ")
}
