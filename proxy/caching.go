package proxy

import (
	"net/http"
	"slices"
	"strings"
)

var noStore = []string{"no-store"}

// keepNowhere keeps an answer out of caches.
func keepNowhere(h http.Header) {
	h["Cache-Control"] = noStore
	delete(h, "Expires")
	dropTargeted(h)
}

// keepPrivate keeps one person's answer out of caches that several share. The
// token would have done so on its way from the tenant (RFC 9111 section 3.5),
// and the browser's request has none. What the tenant lets be shared in spite
// of a token may be, unless it differs from one person to the next: there the
// token tells them apart, and here our cookie.
func keepPrivate(status int, h http.Header) {
	byToken, byCookie := varies(h, "Authorization"), varies(h, "Cookie")
	personal := byToken || byCookie
	dropTargeted(h)
	if !personal && hasDirective(h, "public", "must-revalidate", "s-maxage") {
		return
	}
	if byToken && !byCookie {
		h["Vary"] = append(h["Vary"], "Cookie")
	}
	switch {
	case hasDirective(h, "no-store", "private"):
		return
	case status == http.StatusNotModified && len(h["Cache-Control"]) == 0:
		return // what the answer said that it stands for goes on (section 3.2)
	case personal:
		kept := withoutDirectives(h, "public", "s-maxage")
		h["Cache-Control"] = []string{strings.Join(append(kept, "private"), ", ")}
	default:
		h["Cache-Control"] = append(h["Cache-Control"], "private")
	}
}

// varies reports whether an answer differs by a header of the question.
func varies(h http.Header, name string) bool {
	return slices.ContainsFunc(h["Vary"], func(value string) bool { return hasToken(value, name) })
}

// directive is the name of one in Cache-Control, in lower case.
func directive(text string) string {
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), "=")
	return name
}

// hasDirective reports whether Cache-Control has one of names.
func hasDirective(h http.Header, names ...string) bool {
	for _, value := range h["Cache-Control"] {
		for text := range strings.SplitSeq(value, ",") {
			if slices.Contains(names, directive(text)) {
				return true
			}
		}
	}
	return false
}

// withoutDirectives returns what Cache-Control has besides names.
func withoutDirectives(h http.Header, names ...string) []string {
	var kept []string
	for _, value := range h["Cache-Control"] {
		for text := range strings.SplitSeq(value, ",") {
			if !slices.Contains(names, directive(text)) {
				kept = append(kept, strings.TrimSpace(text))
			}
		}
	}
	return kept
}

// dropTargeted takes away what speaks to some caches only, and to those before
// Cache-Control (RFC 9213): it was meant for the tenant's, which see the token,
// and would outrank what is said to ours.
func dropTargeted(h http.Header) {
	for _, name := range []string{"Cdn-Cache-Control", "Cloudflare-Cdn-Cache-Control", "Surrogate-Control", "X-Accel-Expires"} {
		delete(h, name)
	}
}
