package proxy

import (
	"net/http"
	"strings"
	"testing"
)

func TestRefusedPathsInEverySpelling(t *testing.T) {
	asked := false
	base, _ := newRelay(t, func(http.ResponseWriter, *http.Request) { asked = true })
	for _, path := range []string{
		"/oauth/token", "/OAuth/token", "/oauth", "/%6fauth/token", "/%256fauth/token", "//oauth/token", "/./oauth/token",
		"/x/../oauth/token", "/x/%2e%2e/oauth/token", "/%2Foauth/token", "/oauth;a=b/token", "/oauth%00/token", "/%5coauth/token",
		"/login", "/login/jwt-session", "/Login", "/logout", "/.well-known/jwks.json", "/%2ewell-known/x",
		"/api/v1/api-keys", "/api/v1/api-keys/1", "/api/v1/oauth-tokens", "/api/v1/oauth-clients", "/api//v1/oauth-tokens", "/API/V1/Api-Keys",
		"/api/v1/x/../oauth-tokens", "/api/v1/%6fauth-tokens",
	} {
		r := request(t, "GET", base+"/qlik/placeholder")
		r.URL.Opaque = "//" + strings.TrimPrefix(base, "http://") + "/qlik" + path
		resp, body := do(t, r)
		if resp.StatusCode != http.StatusNotFound || asked || !strings.Contains(body, `"errors"`) {
			t.Errorf("%s: status %d, reached the tenant: %v", path, resp.StatusCode, asked)
		}
		asked = false
	}
	for _, path := range []string{"/api/v1/apps/oauth/x", "/api/v1/users/me", "/resources/login.css"} {
		if judge(path).Refused() {
			t.Errorf("%s is refused", path)
		}
	}
}

// Whatever a lenient server may take for a refused path is refused, and what
// merely looks alike is not.
func TestSpellingsOfRefusedPaths(t *testing.T) {
	for name, path := range map[string]string{
		"plain":                      "/oauth/token",
		"overlong slash":             "/x/..%c0%afoauth/token",
		"overlong dot":               "/x/%c0%ae%c0%ae/oauth/token",
		"overlong, three bytes":      "/x/..%e0%80%afoauth/token",
		"overlong, four bytes":       "/x/..%f0%80%80%afoauth/token",
		"overlong letter":            "/%c1%afauth/token",
		"old Microsoft":              "/x/..%u002foauth/token",
		"encoded thrice":             "/%25256fauth/token",
		"mixed encodings":            "/%6F%61u%2574h/token",
		"encoded, invalid elsewhere": "/%6fauth/token/%zz",
		"null":                       "/oau%00th/token",
		"null before":                "/%00/oauth",
		"dot segment":                "/./oauth/token",
		"dot segment, encoded":       "/%2e/oauth/token",
		"dots, encoded twice":        "/x/%252e%252e/oauth/token",
		"dots and a parameter":       "/x/..;/oauth/token",
		"dots, a parameter, value":   "/x/..;a=b/oauth/token",
		"parameter":                  "/;x=y/oauth;x=y/token",
		"parameter, encoded":         "/oauth%3bx=y/token",
		"left again":                 "/oauth/../api/v1/users/me",
		"fraction slash":             "/x%E2%81%84oauth/../../oauth/token",
		"full width":                 "/%EF%BD%8F%EF%BD%81uth/token",
		"full width dot and slash":   "/x%EF%BC%8F%EF%BC%8E%EF%BC%8E%EF%BC%8Foauth/token",
		"one dot leader":             "/x/%E2%80%A4%E2%80%A4/oauth/token",
		"two dot leader":             "/x/%E2%80%A5/oauth/token",
		"two dots, upright":          "/x/%EF%B8%B0/oauth/token",
		"bytes that mean nothing":    "/o%ffauth/token",
		"half of a character":        "/%c0oauth/token",
		"long s":                     "/api/v1/api-key%C5%BF",
		"Kelvin":                     "/api/v1/api-%E2%84%AAeys",
		"zero width":                 "/oau%E2%80%8Bth/token",
		"trailing spaces":            "/oauth%20%20/token",
		"leading space":              "/%20oauth/token",
		"tab":                        "/oa%09uth/token",
		"trailing dots":              "/api./v1../oauth-tokens",
		"backslashes":                "\\oauth\\token",
		"backslashes, encoded":       "/api%5Cv1%5Capi-keys",
		"double slashes":             "//api///v1//api-keys",
		"any case":                   "/API/v1/OAuth-Tokens/x",
		"dots at the end":            "/login/.",
		"well known, encoded":        "/%2E%77ell-known/openid-configuration",
		"with more behind":           "/oauthx",
		"no dot on the i":            "/log%C4%B1n",
		"letter in a circle":         "/%E2%93%9Eauth/token",
		"letter written high":        "/%C2%BAauth/token",
		"word joiner":                "/oauth%E2%81%A0/token",
		"grapheme joiner":            "/oa%CD%8Futh/token",
		"variation selector":         "/o%EF%B8%8Fauth/token",
	} {
		if !judge(path).Refused() {
			t.Errorf("%s: %s passes", name, path)
		}
	}
	for _, path := range []string{
		"/", "/api/v1/users/me", "/api/v1/apps/oauth", "/api/v1/api-key", "/resources/login.css", "/api/v1/oauth", "/app/logout",
		"/api/v1/items/a%2Foauth", "/assets/%E2%82%AC.png", "/.hidden", "/api/v1/%zz",
	} {
		if judge(path).Refused() {
			t.Errorf("%s is refused", path)
		}
	}
}

func TestOrdinaryPathsAreJudgedWithoutAllocating(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		_ = judge("/api/v1/items/4f6a2a0e-8b1c-4c6b.png").Refused()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A path is judged before anybody has signed in: one that was made to cost much
// is taken apart once, and not for each prefix.
func TestLongPathsAreTakenApartOnce(t *testing.T) {
	for name, path := range map[string]string{
		"encoded":  "/" + strings.Repeat("%2525%C0%AF;/", 60_000/13),
		"segments": "/" + strings.Repeat("a/%2e/", 10_000),
		"slashes":  "/" + strings.Repeat("/", 60_000),
		"letters":  "/" + strings.Repeat("%C3%A4", 10_000),
	} {
		once := testing.AllocsPerRun(5, func() { _ = spellings(path) })
		// What other tests have left running counts, too.
		if n := testing.AllocsPerRun(5, func() { _ = judge(path) }); n > 2*once {
			t.Errorf("%s: %v allocations to judge it, %v to take it apart", name, n, once)
		}
	}
}

// Answers of the API are kept out of caches however its path is spelled.
func TestAPIInEverySpelling(t *testing.T) {
	for path, want := range map[string]bool{
		"/api/v1/users/me": true, "/API/v1/x": true, "//api/v1/x": true, "/%61pi/v1/x": true, "/./api/v1/x": true, "/x/../api/v1/x": true,
		"/apix/v1": false, "/resources/api/x.js": false, "/api": false, "/qlik-embed/main.js": false,
	} {
		if got := judge(path).API(); got != want {
			t.Errorf("%s is of the API: %v, want %v", path, got, want)
		}
	}
}
