package demo_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

const portal = "https://portal.example"

// cookies signs a person in at the tenant itself and returns the cookie and
// its CSRF token, as the headers of a page's request.
func cookies(t *testing.T, s *demotest.Server, email, password string) map[string]string {
	t.Helper()
	b := s.NewBrowser(t)
	transaction := between(t, pageOf(t, b, s.URL+"/login"), `name="transaction" value="`, `"`)
	resp, err := b.Client.PostForm(s.URL+"/login/form", url.Values{"transaction": {transaction}, "email": {email}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	base, _ := url.Parse(s.URL)
	var pairs []string
	for _, c := range b.Client.Jar.Cookies(base) {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	header := map[string]string{"Cookie": strings.Join(pairs, "; ")}
	a := do(t, request(t, "GET", s.URL+"/api/v1/csrf-token", "", header))
	if a.status != 204 || a.header.Get("qlik-csrf-token") == "" {
		t.Fatalf("csrf-token: %d %v", a.status, a.header)
	}
	header["qlik-csrf-token"] = a.header.Get("qlik-csrf-token")
	return header
}

func with(header map[string]string, more ...string) map[string]string {
	all := map[string]string{}
	for name, value := range header {
		all[name] = value
	}
	for i := 0; i < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

// integrate makes a web integration for the portal and returns its ID.
func integrate(t *testing.T, s *demotest.Server) string {
	t.Helper()
	a := call(t, s, administrator(t, s), "POST", "/api/v1/web-integrations", `{"name":"Portal","validOrigins":["`+portal+`"]}`)
	if a.status != 201 {
		t.Fatalf("web integration: %d %s", a.status, a.raw)
	}
	return a.text("id")
}

func TestCSRFTokenIsForCookieSessionsOnly(t *testing.T) {
	s := demotest.New(t)
	cookies(t, s, s.Viewer().Email, s.Viewer().Password)
	if a := call(t, s, s.AccessToken(t, s.Viewer()), "GET", "/api/v1/csrf-token", ""); a.status != 400 || a.errorCode() != "CSRF-TOKEN-4" {
		t.Errorf("bearer: %d %s", a.status, a.raw)
	}
	if a := do(t, request(t, "GET", s.URL+"/api/v1/csrf-token", "", nil)); a.status != 404 || a.errorCode() != "CSRF-TOKEN-3" {
		t.Errorf("nobody: %d %s", a.status, a.raw)
	}
}

func TestCookieNeedsTheIntegrationOfItsOrigin(t *testing.T) {
	s := demotest.New(t)
	id := integrate(t, s)
	viewer := cookies(t, s, s.Viewer().Email, s.Viewer().Password)
	for name, row := range map[string]struct {
		header map[string]string
		status int
	}{
		"integration and its origin": {with(viewer, "Origin", portal, "qlik-web-integration-id", id), 200},
		"own origin":                 {with(viewer, "Origin", s.URL), 200},
		"no integration":             {with(viewer, "Origin", portal), 403},
		"another's integration":      {with(viewer, "Origin", portal, "qlik-web-integration-id", "Zk3-demo-web-integration"), 403},
		"origin elsewhere":           {with(viewer, "Origin", "https://evil.example", "qlik-web-integration-id", id), 403},
	} {
		a := do(t, request(t, "GET", s.URL+"/api/v1/user-locale", "", row.header))
		if a.status != row.status {
			t.Errorf("%s: got %d, want %d", name, a.status, row.status)
		}
		origin := row.header["Origin"]
		if readable := a.header.Get("Access-Control-Allow-Origin") == origin; readable != (origin == portal) {
			t.Errorf("%s: a page there may read it: %v", name, readable)
		}
	}
	if a := do(t, request(t, "GET", s.URL+"/api/v1/csrf-token", "", with(viewer, "Origin", "https://evil.example"))); a.header.Get("qlik-csrf-token") != "" {
		t.Error("a page elsewhere gets the CSRF token")
	}
}

func TestUnsafeCookieCallsNeedTheCSRFToken(t *testing.T) {
	s := demotest.New(t)
	id := integrate(t, s)
	viewer := with(cookies(t, s, s.Viewer().Email, s.Viewer().Password), "Origin", portal, "qlik-web-integration-id", id)
	other := cookies(t, s, s.Analyst().Email, s.Analyst().Password)
	path := s.URL + "/api/v1/oauth-tokens/unknown"
	for name, row := range map[string]struct {
		token string
		code  string
	}{
		"right":           {viewer["qlik-csrf-token"], "HTTP-404"},
		"missing":         {"", "CSRF-TOKEN-2"},
		"somebody else's": {other["qlik-csrf-token"], "CSRF-TOKEN-2"},
	} {
		a := do(t, request(t, "DELETE", path, "", with(viewer, "qlik-csrf-token", row.token)))
		if a.errorCode() != row.code {
			t.Errorf("%s: got %d %s", name, a.status, a.raw)
		}
	}
}

func TestPreflightOpensForKnownOriginsOnly(t *testing.T) {
	s := demotest.New(t)
	integrate(t, s)
	for origin, want := range map[string]string{portal: portal, "https://evil.example": ""} {
		a := do(t, request(t, "OPTIONS", s.URL+"/api/v1/items", "", map[string]string{
			"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "qlik-csrf-token",
		}))
		if a.status != 204 || a.header.Get("Access-Control-Allow-Origin") != want ||
			strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "qlik-csrf-token") != (want != "") {
			t.Errorf("%s: %d %v", origin, a.status, a.header)
		}
	}
}

func TestEngineSocketTakesTheCookieOfAnIntegration(t *testing.T) {
	s := demotest.New(t)
	id := integrate(t, s)
	viewer := cookies(t, s, s.Viewer().Email, s.Viewer().Password)
	csrf := url.QueryEscape(viewer["qlik-csrf-token"])
	app := firstApp(t, s, s.AccessToken(t, s.Viewer()), "")
	cookie := map[string]string{"Cookie": viewer["Cookie"], "Origin": portal}
	for name, row := range map[string]struct {
		query  string
		status int
	}{
		"all of it":      {"?qlik-csrf-token=" + csrf + "&qlik-web-integration-id=" + id, 101},
		"no CSRF token":  {"?qlik-web-integration-id=" + id, 403},
		"no integration": {"?qlik-csrf-token=" + csrf, 403},
	} {
		if _, status := dial(t, s, "/app/"+app+row.query, cookie); status != row.status {
			t.Errorf("%s: got %d, want %d", name, status, row.status)
		}
	}
}

func TestWebIntegrationsDecideWhereLoginReturns(t *testing.T) {
	s := demotest.New(t)
	admin, id := administrator(t, s), integrate(t, s)
	back := func() answer {
		return do(t, request(t, "GET", s.URL+"/login?returnto="+url.QueryEscape(portal+"/a")+"&qlik-web-integration-id="+id, "", nil))
	}
	if a := back(); a.status != 302 {
		t.Fatalf("listed: %d %s", a.status, a.raw)
	}
	path := "/api/v1/web-integrations/" + id
	if a := call(t, s, admin, "PATCH", path, `[{"op":"replace","path":"/validOrigins","value":["https://other.example:8443"]}]`); a.status != 204 {
		t.Fatalf("patch: %d %s", a.status, a.raw)
	}
	if a := back(); a.errorCode() != "LOGIN-10" {
		t.Errorf("no longer listed: %d %s", a.status, a.raw)
	}
	for _, origin := range []string{"https://*.example", "https://a.example/x", "a.example", "https://a.example/", "ftp://a.example"} {
		if a := call(t, s, admin, "POST", "/api/v1/web-integrations", `{"name":"x","validOrigins":["`+origin+`"]}`); a.status != 400 {
			t.Errorf("%s: %d", origin, a.status)
		}
	}
	if a := call(t, s, admin, "DELETE", path, ""); a.status != 204 {
		t.Errorf("delete: %d", a.status)
	}
	if a := call(t, s, admin, "GET", path, ""); a.status != 404 {
		t.Errorf("deleted: %d", a.status)
	}
	for _, name := range []string{"b", "c"} {
		call(t, s, admin, "POST", "/api/v1/web-integrations", `{"name":"`+name+`"}`)
	}
	const pages = "/api/v1/web-integrations?limit=1&sort=-name"
	if list := all(t, s, admin, pages); len(list) != 3 || list[2]["name"] != "b" {
		t.Errorf("paged: %v", list)
	}
	second := call(t, s, admin, "GET", linkOf(call(t, s, admin, "GET", pages, ""), "next"), "")
	if list := second.body["data"].([]any); len(list) != 1 || list[0].(map[string]any)["name"] != "c" {
		t.Errorf("second page: %s", second.raw)
	}
	if back := call(t, s, admin, "GET", linkOf(second, "prev"), ""); !strings.Contains(back.raw, `"name":"Portal"`) || linkOf(back, "prev") != "" {
		t.Errorf("back on the first page: %s", back.raw)
	}
}

func TestCSPListMakesTheHeader(t *testing.T) {
	s := demotest.New(t)
	admin := s.SignIn(t, s.Admin(), "user_default admin_classic").AccessToken
	const path = "/api/v1/csp-origins"
	made := call(t, s, admin, "POST", path, `{"name":"Portal","origin":"portal.example","frameAncestors":true,"connectSrcWSS":true}`)
	if made.status != 201 {
		t.Fatalf("create: %d %s", made.status, made.raw)
	}
	header := func(accept string) answer {
		return do(t, request(t, "GET", s.URL+path+"/actions/generate-header", "", map[string]string{"Authorization": "Bearer " + admin, "Accept": accept}))
	}
	policy := header("application/json").text("Content-Security-Policy")
	for _, want := range []string{"frame-ancestors 'self' portal.example", "connect-src 'self' wss://portal.example", "script-src 'self';"} {
		if !strings.Contains(policy, want) {
			t.Errorf("no %q in %q", want, policy)
		}
	}
	if a := header("text/plain"); a.raw != policy {
		t.Errorf("as text: %q", a.raw)
	}
	if a := header("image/png"); a.status != http.StatusNotAcceptable {
		t.Errorf("as a picture: %d", a.status)
	}
	if a := call(t, s, admin, "PUT", path+"/"+made.text("id"), `{"origin":"*.portal.example","frameAncestors":true}`); a.text("origin") != "*.portal.example" {
		t.Errorf("replace: %d %s", a.status, a.raw)
	}
	if n := len(all(t, s, admin, path+"?frameAncestors=true&connectSrcWSS=false&origin=*.portal*")); n != 1 {
		t.Errorf("filtered: %d", n)
	}
	for _, origin := range []string{"", "portal.example; script-src *", "https://portal.example", "portal.example/x", "*"} {
		body, _ := json.Marshal(map[string]any{"origin": origin, "frameAncestors": true})
		if a := call(t, s, admin, "POST", path, string(body)); a.status != 400 {
			t.Errorf("origin %q: %d", origin, a.status)
		}
	}
	call(t, s, admin, "DELETE", path+"/"+made.text("id"), "")
	if got := header("*/*").text("Content-Security-Policy"); strings.Contains(got, "portal.example") {
		t.Errorf("deleted, but in %q", got)
	}
}

func TestSessionLimitsAreTheTenants(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c))
	viewer, admin := cookies(t, s, s.Viewer().Email, s.Viewer().Password), administrator(t, s)
	const path = "/api/core/auth-settings"
	if a := call(t, s, admin, "PATCH", path, `[{"op":"replace","path":"/userSessionInactivityTimeoutMinutes","value":10}]`); a.status != 400 {
		t.Errorf("too short: %d", a.status)
	}
	if a := call(t, s, admin, "PATCH", path, `[{"op":"replace","path":"/userSessionInactivityTimeoutMinutes","value":60}]`); a.status != 200 || a.body["isDefault"] != false {
		t.Errorf("patch: %d %s", a.status, a.raw)
	}
	c.move(45 * time.Minute) // beyond the default
	if a := do(t, request(t, "GET", s.URL+"/api/v1/user-locale", "", viewer)); a.status != 200 {
		t.Errorf("within the limit: %d", a.status)
	}
	c.move(61 * time.Minute)
	if a := do(t, request(t, "GET", s.URL+"/api/v1/user-locale", "", viewer)); a.status != 401 {
		t.Errorf("after the limit: %d", a.status)
	}
}

func TestThirdPartyCookiesCanBeBlocked(t *testing.T) {
	s := demotest.New(t)
	id := integrate(t, s)
	viewer := cookies(t, s, s.Viewer().Email, s.Viewer().Password)
	away := with(viewer, "Origin", portal, "qlik-web-integration-id", id)
	app := "/app/" + firstApp(t, s, s.AccessToken(t, s.Viewer()), "") + "?qlik-web-integration-id=" + id + "&qlik-csrf-token=" + viewer["qlik-csrf-token"]
	frame := with(viewer, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "iframe")
	for name, row := range map[string]struct {
		path, open, blocked string
		header              map[string]string
	}{
		"call of a page elsewhere":   {"/api/v1/user-locale", "200", "401", away},
		"frame elsewhere":            {"/single/?appid=a&sheet=b", "200", "302", frame},
		"call of its own page":       {"/api/v1/user-locale", "200", "200", with(viewer, "Sec-Fetch-Site", "same-origin")},
		"link from a page":           {"/single/?appid=a&sheet=b", "200", "200", with(viewer, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "document")},
		"frame on the same site":     {"/single/?appid=a&sheet=b", "200", "200", with(viewer, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Dest", "iframe")},
		"socket of a page elsewhere": {app, "101", "401", map[string]string{"Cookie": viewer["Cookie"], "Origin": portal}},
	} {
		for _, want := range []string{row.open, row.blocked} {
			s.Configure(func(set *demo.Settings) { set.NoThirdPartyCookies = want != row.open || row.open == row.blocked })
			var status int
			if strings.HasPrefix(row.path, "/app/") {
				_, status = dial(t, s, row.path, row.header)
			} else {
				status = do(t, request(t, "GET", s.URL+row.path, "", row.header)).status
			}
			if strconv.Itoa(status) != want {
				t.Errorf("%s: got %d, want %s", name, status, want)
			}
		}
	}
}

func TestSessionCookieIsMadeForFrames(t *testing.T) {
	s := demotest.New(t)
	cookie := func() map[string]string {
		transaction := between(t, pageOf(t, s.NewBrowser(t), s.URL+"/login"), `name="transaction" value="`, `"`)
		form := url.Values{"transaction": {transaction}, "email": {s.Viewer().Email}, "password": {s.Viewer().Password}}
		a := do(t, request(t, "POST", s.URL+"/login/form", form.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded"}))
		found := map[string]string{}
		for _, line := range a.header.Values("Set-Cookie") {
			name, _, _ := strings.Cut(line, "=")
			_, found[name], _ = strings.Cut(line, "; ")
		}
		return found
	}
	got := cookie()
	if got["eas.sid"] != "Path=/; HttpOnly; Secure; SameSite=None" || got["eas.sid.first-party"] != "Path=/; HttpOnly; SameSite=Lax" {
		t.Errorf("cookies: %v", got)
	}
	s.Configure(func(set *demo.Settings) { set.NoThirdPartyCookies = true })
	if got := cookie(); got["eas.sid"] != "Path=/; HttpOnly; Secure; SameSite=Lax" {
		t.Errorf("blocked: %v", got)
	}
}
