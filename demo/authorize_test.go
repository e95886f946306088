package demo_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

// What must never be redirected is answered in place.
func TestAuthorizeRefusesUnknownClientsInPlace(t *testing.T) {
	s := demotest.New(t)
	for name, row := range map[string]struct {
		changes map[string]string
		code    string
	}{
		"unknown client":             {map[string]string{"client_id": "somebody"}, "OAUTH-14"},
		"no client":                  {map[string]string{"client_id": ""}, "OAUTH-14"},
		"unknown redirect URI":       {map[string]string{"redirect_uri": "https://evil.example/"}, "OAUTH-1"},
		"redirect URI with a slash":  {map[string]string{"redirect_uri": demo.DefaultRedirectURI + "/"}, "OAUTH-1"},
		"redirect URI with a query":  {map[string]string{"redirect_uri": demo.DefaultRedirectURI + "?a=b"}, "OAUTH-1"},
		"redirect URI in upper case": {map[string]string{"redirect_uri": strings.ToUpper(demo.DefaultRedirectURI)}, "OAUTH-1"},
	} {
		t.Run(name, func(t *testing.T) {
			a := do(t, request(t, "GET", authorizeURL(s, row.changes), "", nil))
			if a.status != 400 || a.errorCode() != row.code || a.header.Get("Location") != "" || a.text("traceId") == "" {
				t.Errorf("got %d %q, location %q; want 400 %s in place", a.status, a.raw, a.header.Get("Location"), row.code)
			}
		})
	}
}

func TestAuthorizeRefusesByRedirect(t *testing.T) {
	s := demotest.New(t)
	for name, row := range map[string]struct {
		changes map[string]string
		err     string
	}{
		"implicit flow":          {map[string]string{"response_type": "token"}, "unsupported_response_type"},
		"no state":               {map[string]string{"state": ""}, "invalid_request"},
		"no challenge":           {map[string]string{"code_challenge": ""}, "invalid_request"},
		"plain challenge":        {map[string]string{"code_challenge_method": "plain"}, "invalid_request"},
		"no challenge method":    {map[string]string{"code_challenge_method": ""}, "invalid_request"},
		"short challenge":        {map[string]string{"code_challenge": "short"}, "invalid_request"},
		"openid without OIDC":    {map[string]string{"scope": "openid user_default"}, "invalid_scope"},
		"unknown scope":          {map[string]string{"scope": "everything"}, "invalid_scope"},
		"unknown prompt":         {map[string]string{"prompt": "select_account"}, "invalid_request"},
		"max_age not a number":   {map[string]string{"max_age": "soon"}, "invalid_request"},
		"prompt=none, signedout": {map[string]string{"prompt": "none"}, "login_required"},
	} {
		t.Run(name, func(t *testing.T) {
			a := do(t, request(t, "GET", authorizeURL(s, row.changes), "", nil))
			target := a.header.Get("Location")
			q := queryOf(t, target)
			if a.status != 302 || !strings.HasPrefix(target, demo.DefaultRedirectURI+"?") || q.Get("error") != row.err {
				t.Fatalf("got %d %q, want 302 to the client with %s", a.status, target, row.err)
			}
			if q.Get("error_code") == "" || q.Get("error_detail") == "" {
				t.Errorf("Qlik's own members are missing: %v", q)
			}
			if _, removed := row.changes["state"]; !removed && q.Get("state") != "the-state" {
				t.Errorf("state did not come back: %v", q)
			}
		})
	}
}

func TestRepeatedParametersAreRefused(t *testing.T) {
	s := demotest.New(t)
	a := do(t, request(t, "GET", authorizeURL(s, nil)+"&scope=admin_classic", "", nil))
	if got := queryOf(t, a.header.Get("Location")).Get("error"); got != "invalid_request" {
		t.Errorf("got %q", got)
	}
}

func TestSecondAuthorizationPassesSilently(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c))
	b := s.NewBrowser(t)
	b.Authorize(t, authorizeURL(s, nil), s.Viewer())
	silent := func(changes map[string]string) url.Values {
		t.Helper()
		resp, err := b.Client.Get(authorizeURL(s, changes))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return queryOf(t, resp.Header.Get("Location"))
	}
	if silent(nil).Get("code") == "" || silent(map[string]string{"prompt": "none"}).Get("code") == "" {
		t.Error("a signed-in browser was asked again")
	}
	if silent(map[string]string{"prompt": "login"}).Get("code") != "" {
		t.Error("prompt=login passed without a login")
	}
	c.move(time.Minute)
	if silent(map[string]string{"max_age": "30"}).Get("code") != "" {
		t.Error("a login older than max_age passed")
	}
	c.move(31 * time.Minute)
	if got := silent(map[string]string{"prompt": "none"}).Get("error"); got != "login_required" {
		t.Errorf("an idle session lived on: %q", got)
	}
}

func TestPromptLoginEndsAfterTheLogin(t *testing.T) {
	s := demotest.New(t)
	callback := s.Authorize(t, authorizeURL(s, map[string]string{"prompt": "login", "max_age": "0"}), s.Viewer())
	if queryOf(t, callback).Get("code") == "" {
		t.Errorf("no code: %s", callback)
	}
}

func TestConsentIsAskedOnce(t *testing.T) {
	s := demotest.New(t, func(o *demo.Options) { o.Settings.Consent = demo.ConsentRequired })
	b := s.NewBrowser(t)
	b.Decline = true
	if got := queryOf(t, b.Authorize(t, authorizeURL(s, nil), s.Viewer())).Get("error"); got != "access_denied" {
		t.Fatalf("declined: %q", got)
	}
	none := authorizeURL(s, map[string]string{"prompt": "none"})
	if got := queryOf(t, b.Authorize(t, none, s.Viewer())).Get("error"); got != "consent_required" {
		t.Errorf("prompt=none without approval: %q", got)
	}
	b.Decline = false
	if queryOf(t, b.Authorize(t, authorizeURL(s, nil), s.Viewer())).Get("code") == "" {
		t.Fatal("approved, and no code")
	}
	if queryOf(t, b.Authorize(t, none, s.Viewer())).Get("code") == "" {
		t.Error("an approved scope was asked for again")
	}
}

func TestPromptConsentAsksATrustedClientToo(t *testing.T) {
	s := demotest.New(t)
	b := s.NewBrowser(t)
	b.Decline = true // nobody could decline a page that is not shown
	callback := b.Authorize(t, authorizeURL(s, map[string]string{"prompt": "consent"}), s.Viewer())
	if got := queryOf(t, callback).Get("error"); got != "access_denied" {
		t.Errorf("got %q", got)
	}
}

func TestIssuerParameter(t *testing.T) {
	s := demotest.New(t, func(o *demo.Options) { o.Settings.IssuerParameter = true })
	good := queryOf(t, s.Authorize(t, authorizeURL(s, nil), s.Viewer()))
	bad := queryOf(t, s.Authorize(t, authorizeURL(s, map[string]string{"scope": "nonsense"}), s.Viewer()))
	if good.Get("iss") != s.URL || bad.Get("iss") != s.URL {
		t.Errorf("iss: %q and %q, want %q", good.Get("iss"), bad.Get("iss"), s.URL)
	}
	meta := do(t, request(t, "GET", s.URL+"/.well-known/oauth-authorization-server", "", nil))
	if meta.body["authorization_response_iss_parameter_supported"] != true || meta.text("issuer") != s.URL {
		t.Errorf("metadata: %s", meta.raw)
	}
}

func TestWrongPasswordSaysSo(t *testing.T) {
	s := demotest.New(t)
	b := s.NewBrowser(t)
	page := pageOf(t, b, authorizeURL(s, map[string]string{"login_hint": `"><b>x`}))
	if strings.Contains(page, "<b>x") {
		t.Error("login_hint is not escaped")
	}
	transaction := between(t, page, `name="transaction" value="`, `"`)
	resp, err := b.Client.PostForm(s.URL+"/login/form", url.Values{
		"transaction": {transaction}, "email": {s.Viewer().Email}, "password": {"guess"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 401 || !strings.Contains(string(body), "Wrong e-mail or password") {
		t.Errorf("got %d %s", resp.StatusCode, body)
	}
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "http://localhost:8080") {
		t.Errorf("CSP %q must forbid scripts and let the form end at the client", csp)
	}
}

// The one-click forms and the typed form must both work in a browser.
func TestLoginPageListsThePeople(t *testing.T) {
	s := demotest.New(t)
	page := pageOf(t, s.NewBrowser(t), authorizeURL(s, nil))
	if len(s.People()) != 3 {
		t.Fatalf("%d people, want 3", len(s.People()))
	}
	for _, p := range s.People() {
		for _, want := range []string{"Sign in as " + p.Name, p.Email, p.Password, p.Sees, p.Role} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "style=") {
		t.Error("the page breaks its own policy")
	}
}

func TestCrossSiteLoginIsRefused(t *testing.T) {
	s := demotest.New(t)
	b := s.NewBrowser(t)
	transaction := between(t, pageOf(t, b, authorizeURL(s, nil)), `name="transaction" value="`, `"`)
	form := url.Values{"transaction": {transaction}, "email": {s.Viewer().Email}, "password": {s.Viewer().Password}}
	a := do(t, request(t, "POST", s.URL+"/login/form", form.Encode(), map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site",
	}))
	if a.status != 403 || a.header.Get("Set-Cookie") != "" {
		t.Errorf("got %d, cookie %q", a.status, a.header.Get("Set-Cookie"))
	}
}

func TestLoginReturnsOnlyToKnownPlaces(t *testing.T) {
	s := demotest.New(t)
	integration := "&qlik-web-integration-id=Zk3-demo-web-integration"
	for name, row := range map[string]struct{ query, code string }{
		"own path":             {"returnto=%2Fsense", ""},
		"own origin":           {"returnto=" + url.QueryEscape(s.URL+"/x"), ""},
		"foreign, no id":       {"returnto=https%3A%2F%2Fevil.example%2F", "LOGIN-8"},
		"protocol relative":    {"returnto=%2F%2Fevil.example%2F", "LOGIN-8"},
		"backslash":            {"returnto=%2F%5Cevil.example%2F", "LOGIN-8"},
		"script":               {"returnto=javascript%3Aalert(1)", "LOGIN-8"},
		"foreign, with id":     {"returnto=https%3A%2F%2Fevil.example%2F" + integration, "LOGIN-10"},
		"whitelisted, with id": {"returnto=http%3A%2F%2Flocalhost%3A8080%2Fa" + integration, ""},
		"whitelisted, bad id":  {"returnto=http%3A%2F%2Flocalhost%3A8080%2Fa&qlik-web-integration-id=x", "LOGIN-10"},
	} {
		t.Run(name, func(t *testing.T) {
			a := do(t, request(t, "GET", s.URL+"/login?"+row.query, "", nil))
			if row.code == "" && a.status != 302 || row.code != "" && (a.status != 401 || a.errorCode() != row.code) {
				t.Errorf("got %d %s, want %q", a.status, a.raw, row.code)
			}
		})
	}
}

func TestLogoutClearsTheCookie(t *testing.T) {
	s := demotest.New(t)
	b := s.NewBrowser(t)
	b.Authorize(t, authorizeURL(s, nil), s.Viewer())
	pageOf(t, b, s.URL+"/logout")
	got := queryOf(t, b.Authorize(t, authorizeURL(s, map[string]string{"prompt": "none"}), s.Viewer())).Get("error")
	if got != "login_required" {
		t.Errorf("after logout: %q", got)
	}
}

func pageOf(t *testing.T, b *demotest.Browser, target string) string {
	t.Helper()
	resp, err := b.Client.Get(target)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %s", target, resp.StatusCode, body)
	}
	return string(body)
}

func between(t *testing.T, text, before, after string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, before)
	value, _, closed := strings.Cut(rest, after)
	if !found || !closed {
		t.Fatalf("no %q in %q", before, text)
	}
	return value
}
