package config

import (
	"fmt"
	"strings"
)

// Secret is text that does not print. Reveal it only where it is used.
type Secret string

// String hides the secret from every format verb and log handler.
func (Secret) String() string { return "[redacted]" }

// GoString does the same for %#v.
func (Secret) GoString() string { return "[redacted]" }

// MarshalText does the same for encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// secret reads a secret whose form tells where it begins and ends.
func (r *reader) secret(name string) Secret {
	value, _ := r.rawSecret(name)
	return Secret(strings.TrimSpace(value))
}

// clientSecret reads a secret of any form. A blank at its end would be sent, and
// refused by the tenant as a wrong secret.
func (r *reader) clientSecret(name string) Secret {
	value, source := r.rawSecret(name)
	if value != strings.TrimSpace(value) {
		r.fault(source, "begins or ends with a blank; remove it")
		return ""
	}
	return Secret(value)
}

// rawSecret reads NAME, or the file that NAME_FILE names without its final
// newline, and returns which of the two it was. A blank value is none.
func (r *reader) rawSecret(name string) (value, source string) {
	value, path := r.getenv(name), r.text(name+"_FILE", "")
	if strings.TrimSpace(value) == "" {
		value = ""
	}
	switch {
	case path == "":
		return value, name
	case value != "":
		r.fault(name, "and "+name+"_FILE are both set; keep one")
		return "", name
	}
	source = name + "_FILE"
	content, err := r.readFile(path)
	if err != nil {
		r.fault(source, fmt.Sprintf("names %s, which cannot be read", path))
		return "", source
	}
	value = strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	if strings.TrimSpace(value) == "" {
		r.fault(source, fmt.Sprintf("names %s, which is empty", path))
		return "", source
	}
	return value, source
}

// connectionURL reads a URL that may hold a password.
func (r *reader) connectionURL(name string) Secret {
	value := r.secret(name)
	r.checkUserinfo(name, value.Reveal())
	return value
}

// proxies checks the proxy settings of the standard library, which the program
// itself never reads.
func (r *reader) proxies() {
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"} {
		r.checkUserinfo(name, r.text(name, ""))
	}
}

// checkUserinfo refuses a URL whose user or password is not percent-encoded. A
// raw / ? or # ends the authority (RFC 3986 section 3.2), so that a piece of the
// password would be taken for the host, and appear in errors as such.
func (r *reader) checkUserinfo(name, value string) {
	_, rest, _ := strings.Cut(value, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 && strings.Contains(rest[end:], "@") {
		r.fault(name, "has a / ? or # in its user or password, or an @ behind its host; percent-encode it, such as %2F for / and %40 for @")
	}
}
