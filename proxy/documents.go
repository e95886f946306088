package proxy

import (
	"mime"
	"net/http"
	"strings"
)

var (
	noSniff = []string{"nosniff"}
	// inert keeps a document from doing anything on our origin.
	inert = "sandbox; default-src 'none'"
)

// disarm keeps what is below /api/ from running scripts on our origin: files
// that app authors upload are served there. It adds a policy to those of the
// tenant, all of which apply.
func disarm(h http.Header) {
	h["X-Content-Type-Options"] = noSniff
	if isDocument(h["Content-Type"]) {
		h["Content-Security-Policy"] = append(h["Content-Security-Policy"], inert)
	}
}

// isDocument reports whether browsers may make a document that runs scripts of
// an answer with these types. What has no type, or more than one, may be any.
func isDocument(types []string) bool {
	if len(types) != 1 {
		return true
	}
	kind, _, err := mime.ParseMediaType(types[0])
	if err != nil || !strings.Contains(kind, "/") || strings.Contains(types[0], ",") {
		return true
	}
	return strings.Contains(kind, "html") || strings.HasSuffix(kind, "xml") || strings.HasSuffix(kind, "xsl") ||
		strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "message/")
}
