package auth

import (
	"net/url"
	"strings"
	"unicode"
)

// LocalPath returns raw when it is a path on our own origin that a browser
// cannot read as anything else, and "/" when it is not. It is strict on
// purpose: browsers drop control characters, read "\" as "/", and take "//host"
// for another host, so whatever needs interpretation is refused.
func LocalPath(raw string) string {
	const home = "/"
	if len(raw) > 2000 || !strings.HasPrefix(raw, "/") || strings.HasPrefix(raw, "//") {
		return home
	}
	for _, r := range raw {
		if r == '\\' || unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar {
			return home
		}
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return home
	}
	// An encoded slash or backslash at the front, or dot segments, could turn
	// into "//host" in whatever decodes or cleans the path after us.
	if strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\\x00\r\n\t") || hasDotSegment(u.Path) {
		return home
	}
	if signInPath(u.Path) || relayPath(u.Path) {
		return home
	}
	return raw
}

func hasDotSegment(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// signInPath names the pages that make no sense as the place to come back to:
// returning to them would sign out, or start again.
func signInPath(path string) bool {
	return path == "/login" || strings.HasPrefix(path, "/login/") || path == "/logout" || strings.HasPrefix(path, "/logout/")
}

// relayPath names what comes from the tenant, however often it is encoded: a
// file there is no page of ours, and an app's author may have made it.
func relayPath(path string) bool {
	for decoded := ""; ; path = decoded {
		var err error
		if decoded, err = url.PathUnescape(path); err != nil || decoded == path {
			break
		}
	}
	first, _, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	first, _, _ = strings.Cut(first, ";")
	return strings.EqualFold(first, "qlik")
}
