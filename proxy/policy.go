package proxy

import (
	"net/http"
	"strings"
)

// ownFrames lets pages of our origin alone frame a page of the tenant.
const ownFrames = "frame-ancestors 'self'"

// frames replaces the list of origins that may frame a page of the tenant: it
// names those of the tenant, and here the page is on our origin. Nothing else of
// its policies changes, and where it has none, none is added.
func frames(h http.Header, framed bool) {
	for _, name := range []string{"Content-Security-Policy", "Content-Security-Policy-Report-Only"} {
		policies := h[name]
		for i, policy := range policies {
			policies[i] = framedBy(policy)
		}
	}
	if framed && len(h["Content-Security-Policy"]) == 0 {
		h["Content-Security-Policy"] = []string{ownFrames} // in place of X-Frame-Options
	}
}

// framedBy sets frame-ancestors in each policy of one header, which commas
// separate (CSP level 3 section 3.1).
func framedBy(header string) string {
	policies := strings.Split(header, ",")
	for i, policy := range policies {
		var kept []string
		for directive := range strings.SplitSeq(policy, ";") {
			directive = strings.TrimSpace(directive)
			name, _, _ := strings.Cut(strings.ReplaceAll(directive, "\t", " "), " ")
			if directive != "" && !strings.EqualFold(name, "frame-ancestors") {
				kept = append(kept, directive)
			}
		}
		policies[i] = strings.Join(append(kept, ownFrames), "; ")
	}
	return strings.Join(policies, ", ")
}
