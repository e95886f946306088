package handlers

import (
	"net/http"
	"strings"
	"testing"
)

// FuzzCallbackQuery brings whatever query to the redirect URI: a page says what
// is wrong, and nobody is signed in.
func FuzzCallbackQuery(f *testing.F) {
	p := newPortal(f, nil)
	for _, query := range []string{
		"", "state=", "state=x&code=y", "state=x&state=y", "state=x&error=access_denied", "error=server_error", "code=%zz&state=%",
		"state[]=x&code[$ne]=1", "state=x.0123abcd&code=" + strings.Repeat("a", 5000), "state=%00&iss=https://evil.example", "a;b=c&state=x",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+callbackPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL.RawQuery = strings.Map(func(c rune) rune {
			if c <= ' ' || c == '#' || c == 0x7f {
				return -1 // no client can send these in a request line
			}
			return c
		}, query)
		resp, err := p.newBrowser(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Fatalf("%q answers %d", query, resp.StatusCode)
		}
		for _, c := range resp.Cookies() {
			if c.Name == sessionCookie && c.MaxAge >= 0 && c.Value != "" {
				t.Fatalf("%q signs in", query)
			}
		}
	})
}

// FuzzSessionCookie brings whatever cookie: it is nobody's, and no fault.
func FuzzSessionCookie(f *testing.F) {
	p := newPortal(f, nil)
	b := p.newBrowser(f)
	b.signIn(f, "/", p.tenant.Viewer())
	good := b.cookie(f, sessionCookie)
	for _, value := range []string{"", "x", good[:len(good)/2], strings.ToUpper(good), good + "A", "MTY=", "|||", strings.Repeat("a", 5000)} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if value == good {
			return
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+"/api/session", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: value})
		resp, err := p.newBrowser(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Fatalf("cookie %q answers %d", value, resp.StatusCode)
		}
	})
}
