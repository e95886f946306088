package rewrite

import (
	"bytes"
	"io"
	"testing"
)

// FuzzBody checks that the result does not depend on where a body is cut, and that
// text without the tenant's host stays as it is.
func FuzzBody(f *testing.F) {
	const host = "acme.eu.qlikcloud.com"
	for _, seed := range []string{
		`{"href":"https://acme.eu.qlikcloud.com/api"}`, `"https:\/\/ACME.eu.qlikcloud.com\/a"`, `"wss:\u002F\u002facme.eu.qlikcloud.com:443\u0022"`,
		`"git+https://acme.eu.qlikcloud.com.evil.example"`, `https://acme.eu.qlikcloud.com`, `h`, `:`, `\`,
	} {
		f.Add([]byte(seed), uint(7))
	}
	f.Fuzz(func(t *testing.T, text []byte, at uint) {
		rw := rewriterFor(t, "https://"+host)
		whole, hit := rw.Bytes(bytes.Clone(text))
		if !hit {
			whole = text
		}
		cut := 0
		if len(text) > 0 {
			cut = int(at % uint(len(text)))
		}
		pieces := io.MultiReader(bytes.NewReader(text[:cut]), bytes.NewReader(text[cut:]))
		got, err := io.ReadAll(rw.Body(io.NopCloser(pieces)))
		if err != nil || !bytes.Equal(got, whole) {
			t.Errorf("%q, cut at %d, became %q, %v; want %q", text, cut, got, err, whole)
		}
		if !bytes.Contains(bytes.ToLower(text), []byte(host)) && !bytes.Equal(whole, text) {
			t.Errorf("%q became %q and does not name the tenant", text, whole)
		}
	})
}
