package tenantpath

import (
	"errors"
	"net/url"
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Whatever a lenient server may take for a withheld path is an error.
func TestEverySpellingOfAWithheldPath(t *testing.T) {
	for _, path := range []string{
		"/oauth/token", "/oauth", "/oauthx", "/OAuth/token", "/login", "/Login", "/login/jwt-session", "/logout", "/.well-known/jwks.json",
		"/api/v1/api-keys", "/api/v1/api-keys/1", "/API/v1/Api-Keys", "/api/v1/oauth-tokens", "/api/v1/oauth-clients",
		"/%6fauth/token", "/%2ewell-known/x", "/%2E%77ell-known/x", "/api/v1/%6fauth-tokens", // encoded
		"//oauth/token", "/api//v1/oauth-tokens", "//api///v1//api-keys", // slashes that some merge
		"/oauth;a=b/token", "/;x=y/oauth/token", // parameters
		"/oauth%20%20/token", "/%20oauth/token", "/oauth./token", "/api./v1../oauth-tokens", // trimmed
		"/%EF%BD%8F%EF%BD%81uth/token", "/%E2%93%9Eauth/token", "/%C2%BAauth/token", "/log%C4%B1n", // look-alikes
		"/api/v1/api-key%C5%BF", "/api/v1/api-%E2%84%AAeys",
		"/oau%E2%80%8Bth/token", "/oauth%E2%81%A0/token", "/oa%CD%8Futh/token", "/o%EF%B8%8Fauth/token", // invisible
	} {
		if _, err := Parse(path); !errors.Is(err, ErrWithheld) {
			t.Errorf("%s: %v, want ErrWithheld", path, err)
		}
	}
}

func TestEverySpellingOfAMalformedPath(t *testing.T) {
	for _, path := range []string{
		"", "api", "/..", "/.", "/../api/v1/items", "/./oauth/token", "/x/../oauth/token", "/oauth/../api/v1/users/me", "/login/.", // dot segments
		"/%2e%2e/api", "/%2E./api", "/.%2e/api", "/%2e/api", "/x/%2e%2e", // encoded
		"/x/..;/oauth/token", "/x/..;a=b/oauth", "/x/;/..", "/x/.%20./y", "/x/..%20/y", "/x/..%E2%80%8B/y", "/x/%2e%2e%3b/y",
		"/%252e%252e/api", "/%256fauth/token", "/%25256fauth/token", "/x%2525", // twice
		"/x/%E2%80%A4%E2%80%A4/y", "/x/%E2%80%A5/y", "/x/%EF%B8%B0/y", "/x%EF%BC%8F..%EF%BC%8Fy", // look-alikes
		"/%2Foauth/token", "/x%2foauth", `/x\oauth`, "/x%5Coauth", "/oauth%3bx=y", // encoded delimiters
		"/x/..%c0%afoauth", "/x/%c0%ae%c0%ae/y", "/x/%e0%80%af", "/x/%f0%80%80%af", "/o%ffauth", "/%c0oauth", // no UTF-8
		"/oauth%00/token", "/oa%09uth", "/x%0d%0aX:%20y", "/x%7f", "/x/%C2%85", // controls
		"/x/%zz", "/x%", "/x/..%u002foauth",
	} {
		if _, err := Parse(path); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", path, err)
		}
	}
}

func TestOrdinaryPathsPassAsSent(t *testing.T) {
	for path, api := range map[string]bool{
		"/": false, "/api": false, "/apix/v1": false, "/resources/api/x.js": false, "/resources/login.css": false, "/app/logout": false, "/.hidden": false,
		"/api/v1/users/me": true, "/API/v1/x": true, "//api/v1/x": true, "/%61pi/v1/x": true, "/api//v1///x": true,
		"/api/v1/apps/oauth": true, "/api/v1/api-key": true, "/api/v1/oauth": true, "/api/v1/items/a.b..c~d": true,
		"/api/v1/apps/x/media/files/%E2%82%AC%20%28a%29+b.png": true, "/api/v1/apps/x/media/files/r%C3%A9sum%C3%A9%231.png": true,
		"/api/v1/apps/x/media/files/%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB.png": true,
		"/app/4f6a2a0e/identity/my%20own|identity%E2%82%AC":                false, "/app/id;v=1/x": false, "/assets/%E2%82%AC.png": false,
		"/sense/app/1/sheet/a!b$c&d'(e)*f+g,h=i:j@k": false,
	} {
		parsed, err := Parse(path)
		if err != nil || parsed.String() != path || parsed.API() != api {
			t.Errorf("%s: %q, API %v, error %v; want API %v", path, parsed, parsed.API(), err, api)
		}
	}
}

func TestOrdinaryPathsCostNoAllocation(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _, _ = Parse("/api/v1/items/4f6a2a0e-8b1c-4c6b.png") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzParse: a server may decode an accepted path again, clean it, or fold its
// case, and still finds what Parse has found.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"/", "/api/v1/items/a%20b;c=d", "/x/%2e%2e/oauth", "//login", "/a%2fb", "/x/%E2%80%A5/y", "/%C4%B1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, escaped string) {
		parsed, err := Parse(escaped)
		if err != nil {
			return
		}
		if parsed.String() != escaped {
			t.Fatalf("%q became %q", escaped, parsed)
		}
		once, err := url.PathUnescape(escaped)
		if err != nil || !utf8.ValidString(once) || strings.ContainsFunc(once, unicode.IsControl) {
			t.Fatalf("%q passes", escaped)
		}
		if twice, err := url.PathUnescape(once); err != nil || twice != once {
			t.Fatalf("%q means %q, then %q", escaped, once, twice)
		}
		merged := once
		for strings.Contains(merged, "//") {
			merged = strings.ReplaceAll(merged, "//", "/")
		}
		if cleaned := path.Clean(once); strings.TrimSuffix(merged, "/") != strings.TrimSuffix(cleaned, "/") {
			t.Fatalf("%q means %q, cleaned %q", escaped, merged, cleaned)
		}
		folded := strings.ToLower(merged)
		for _, beginning := range withheld {
			if strings.HasPrefix(folded, "/"+strings.Join(beginning, "/")) {
				t.Fatalf("%q leads to %q", escaped, folded)
			}
		}
	})
}
