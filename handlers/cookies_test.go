package handlers

import (
	"net/http"
	"testing"
)

// The session cookie is found where the library would find it.
func TestCookieIsFoundAsTheLibraryFindsIt(t *testing.T) {
	for _, lines := range [][]string{
		{"vitrine=a"}, {"vitrine=a; other=b"}, {"other=b; vitrine=a"}, {"other=b;vitrine=a=="}, {"  vitrine=a  ;  x=y"},
		{"vitrine_browser_1=b; vitrine=a"}, {"xvitrine=b"}, {"Vitrine=b"}, {"vitrine=a; vitrine=b"}, {"vitrine="}, {""}, {";;"}, nil,
		{"other=vitrine=b"}, {"other=b", "vitrine=a"}, {"vitrine=a", "vitrine=b"}, {"=vitrine; vitrine=a"},
		{"\u00a0vitrine=evil; vitrine=a"}, {"\u2003vitrine=evil"}, {"\vvitrine=evil; \tvitrine=a"},
	} {
		r := &http.Request{Header: http.Header{"Cookie": lines}}
		want, err := r.Cookie("vitrine")
		value, found := cookieValue(r.Header, "vitrine")
		if found != (err == nil) || found && value != want.Value {
			t.Errorf("%q: %q %v, the library %v", lines, value, found, want)
		}
	}
}
