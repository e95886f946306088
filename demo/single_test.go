package demo_test

import (
	"encoding/json"
	"html"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"vitrine/demo/demotest"
)

func TestOwnPagesNeedASignIn(t *testing.T) {
	s := demotest.New(t)
	viewer := cookies(t, s, s.Viewer().Email, s.Viewer().Password)
	const path = "/single/?appid=a&sheet=b&select=Region,North"
	a := do(t, request(t, "GET", s.URL+path, "", nil))
	location, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != 302 || location.Path != "/login" || location.Query().Get("returnto") != s.URL+path {
		t.Errorf("nobody: %d %v", a.status, a.header)
	}
	bearer := map[string]string{"Authorization": "Bearer " + s.AccessToken(t, s.Viewer())}
	for name, header := range map[string]map[string]string{"cookie": viewer, "bearer of a relay": bearer} {
		for _, path := range []string{path, "/sense/app/a/sheet/b/state/analysis", "/sense/app/a"} {
			if a := do(t, request(t, "GET", s.URL+path, "", header)); a.status != 200 || !strings.Contains(a.raw, `src="/qlik-embed/main.js"`) {
				t.Errorf("%s, %s: %d %s", name, path, a.status, a.raw)
			}
		}
	}
	if a := do(t, request(t, "GET", s.URL+path, "", map[string]string{"Authorization": "Bearer dead"})); a.status != 401 {
		t.Errorf("dead bearer: %d", a.status)
	}
}

func TestOwnPagesMayBeFramedByTheListOnly(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	viewer := cookies(t, s, s.Viewer().Email, s.Viewer().Password)
	ancestors := func(path string) string {
		policy := do(t, request(t, "GET", s.URL+path, "", viewer)).header.Get("Content-Security-Policy")
		_, after, _ := strings.Cut(policy, "frame-ancestors ")
		list, _, _ := strings.Cut(after, ";")
		return list
	}
	if got := ancestors("/single/?appid=a&sheet=b"); got != "'self'" {
		t.Errorf("empty list: %q", got)
	}
	for _, entry := range []string{`{"origin":"portal.example","frameAncestors":true}`, `{"origin":"fonts.example","fontSrc":true}`} {
		if a := call(t, s, admin, "POST", "/api/v1/csp-origins", entry); a.status != 201 {
			t.Fatalf("%s: %d", entry, a.status)
		}
	}
	for _, path := range []string{"/single/?appid=a&sheet=b", "/sense/app/a/sheet/b/state/analysis"} {
		if got := ancestors(path); got != "'self' portal.example" {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func TestOwnPagesReadTheirAddress(t *testing.T) {
	s := demotest.New(t)
	viewer := cookies(t, s, s.Viewer().Email, s.Viewer().Password)
	for path, want := range map[string]string{
		"/single/?appid=A&sheet=S":                       `{"appId":"A","sheetId":"S","language":"en"}`,
		"/single/?appid=A&obj=O&lang=de&theme=dark":      `{"appId":"A","objectId":"O","theme":"dark","language":"de"}`,
		"/single/?appid=A&obj=O&language=sv":             `{"appId":"A","objectId":"O","language":"sv"}`,
		"/single/?appid=A&sheet=S&identity=i&bookmark=B": `{"appId":"A","sheetId":"S","identity":"i","language":"en","bookmark":"B"}`,
		"/single/?appid=A&sheet=S&opt=ctxmenu,currsel":   `{"appId":"A","sheetId":"S","language":"en","options":["ctxmenu","currsel"]}`,
		"/single/?appid=A&sheet=S&select=clearall&select=Region,North,%5BA,%20B%5D&select=Year,2026": `{"appId":"A","sheetId":"S","language":"en","clearSelections":true,
			"select":[{"field":"Region","values":["North","A, B"]},{"field":"Year","values":["2026"]}]}`,
		"/sense/app/A/overview": `{"appId":"A","whole":true,"language":"en"}`,
		"/sense/app/A/sheet/S/state/analysis/bookmark/B/options/clearselections/select/Re%2Fgion/N%C3%B8rth;South/theme/dark": `{"appId":"A","sheetId":"S","whole":true,
			"language":"en","theme":"dark","bookmark":"B","clearSelections":true,"select":[{"field":"Re/gion","values":["Nørth","South"]}]}`,
		"/single/?appid=A":                           "",
		"/single/?sheet=S":                           "",
		"/single/?appid=A&sheet=S&obj=O":             "",
		"/sense/app/A/sheet/S/state/edit":            "",
		"/sense/app/A/nonsense":                      "",
		"/sense/app/A/sheet/S/state/analysis/select": "",
	} {
		a := do(t, request(t, "GET", s.URL+path, "", viewer))
		if want == "" {
			if a.status != 400 {
				t.Errorf("%s: %d, want a refusal", path, a.status)
			}
			continue
		}
		var got, expected map[string]any
		shown := html.UnescapeString(between(t, a.raw, `data-view="`, `"`))
		if json.Unmarshal([]byte(shown), &got) != nil || json.Unmarshal([]byte(want), &expected) != nil || !reflect.DeepEqual(got, expected) {
			t.Errorf("%s: got %s, want %s", path, shown, want)
		}
	}
}

func TestAddressCannotWriteIntoThePage(t *testing.T) {
	s := demotest.New(t)
	viewer := cookies(t, s, s.Viewer().Email, s.Viewer().Password)
	const evil = `"><script>alert(1)</script>`
	a := do(t, request(t, "GET", s.URL+"/single/?appid=a&sheet=b&lang="+url.QueryEscape(evil)+"&theme="+url.QueryEscape(evil), "", viewer))
	if a.status != 200 || strings.Contains(a.raw, "<script>alert") {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

func TestFilesOfOwnPagesAreThere(t *testing.T) {
	s := demotest.New(t)
	viewer := cookies(t, s, s.Viewer().Email, s.Viewer().Password)
	page := do(t, request(t, "GET", s.URL+"/single/?appid=a&sheet=b", "", viewer)).raw
	for _, start := range []string{`<script type="module" src="`, `<link rel="stylesheet" href="`} {
		file := between(t, page, start, `"`)
		if a := do(t, request(t, "GET", s.URL+file, "", nil)); a.status != 200 || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", file, a.status, a.header)
		}
	}
}
