package demo_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"vitrine/demo/demotest"
)

const clientsPath = "/api/v1/oauth-clients"

// administrator is a token that carries the admin's powers.
func administrator(t *testing.T, s *demotest.Server) string {
	t.Helper()
	return s.SignIn(t, s.Admin(), "user_default admin_classic").AccessToken
}

// register creates a client and returns the answer, which holds its secret.
func register(t *testing.T, s *demotest.Server, admin, fields string) answer {
	t.Helper()
	a := call(t, s, admin, "POST", clientsPath, `{"clientName":"Second","appType":"web",`+fields+`}`)
	if a.status != 201 {
		t.Fatalf("register: %d %s", a.status, a.raw)
	}
	return a
}

func TestRegistryIsForAdminsOnly(t *testing.T) {
	s := demotest.New(t)
	for name, token := range map[string]string{
		"viewer":                     s.SignIn(t, s.Viewer(), "user_default admin_classic").AccessToken,
		"analyst":                    s.AccessToken(t, s.Analyst()),
		"admin, narrower token":      s.AccessToken(t, s.Admin()),
		"admin, identity token":      s.SignIn(t, s.Admin(), "identity.name:read").AccessToken,
		"somebody without a sign-in": "",
	} {
		want := 403
		if token == "" {
			want = 401
		}
		for _, path := range []string{clientsPath, "/api/v1/web-integrations", "/api/v1/audits"} {
			if a := call(t, s, token, "GET", path, ""); a.status != want {
				t.Errorf("%s, %s: got %d, want %d", name, path, a.status, want)
			}
		}
	}
	if a := call(t, s, administrator(t, s), "GET", clientsPath, ""); a.status != 200 || !strings.Contains(a.raw, s.ClientID) {
		t.Errorf("admin: %d %s", a.status, a.raw)
	}
}

func TestRegistryNeverShowsASecretTwice(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	made := register(t, s, admin, `"redirectUris":["https://a.example/cb"]`)
	id, secret := made.text("clientId"), made.text("clientSecret")
	second := call(t, s, admin, "POST", clientsPath+"/"+id+"/client-secrets", "").text("clientSecret")
	for _, path := range []string{clientsPath, clientsPath + "/" + id} {
		a := call(t, s, admin, "GET", path, "")
		for _, leak := range []string{secret, second, s.ClientSecret} {
			if leak == "" || strings.Contains(a.raw, leak) {
				t.Errorf("%s: leaks %q", path, leak)
			}
		}
		if !strings.Contains(a.raw, `"hint":"`+secret[len(secret)-5:]+`"`) {
			t.Errorf("%s: no hint in %s", path, a.raw)
		}
	}
}

func TestRegistryRefusesWhatTheConsoleRefuses(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	six := func(format string) string {
		var list []string
		for i := range 6 {
			list = append(list, fmt.Sprintf(format, i))
		}
		raw, _ := json.Marshal(list)
		return string(raw)
	}
	for name, fields := range map[string]string{
		"six redirect URIs":    `"clientName":"x","appType":"web","redirectUris":` + six("https://%d.example/cb"),
		"six origins":          `"clientName":"x","appType":"spa","allowedOrigins":` + six("https://%d.example"),
		"http redirect":        `"clientName":"x","appType":"web","redirectUris":["http://portal.example/cb"]`,
		"wildcard redirect":    `"clientName":"x","appType":"web","redirectUris":["https://*.example/cb"]`,
		"fragment":             `"clientName":"x","appType":"web","redirectUris":["https://a.example/#cb"]`,
		"origin with a path":   `"clientName":"x","appType":"spa","allowedOrigins":["https://a.example/"]`,
		"no name":              `"appType":"web"`,
		"unknown type":         `"clientName":"x","appType":"mobile"`,
		"machine grant on SPA": `"clientName":"x","appType":"spa","allowedGrantTypes":["client_credentials"]`,
		"consent required":     `"clientName":"x","appType":"web","connectionConfig":{"consentMethod":"required"}`,
	} {
		if a := call(t, s, admin, "POST", clientsPath, "{"+fields+"}"); a.status != 400 {
			t.Errorf("%s: got %d %s", name, a.status, a.raw)
		}
	}
}

func TestSixthSecretIsAConflict(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	made := register(t, s, admin, `"redirectUris":[]`)
	path := clientsPath + "/" + made.text("clientId") + "/client-secrets"
	for i := range 4 {
		if a := call(t, s, admin, "POST", path, ""); a.status != 201 || a.text("clientSecret") == "" {
			t.Fatalf("secret %d: %d %s", i+2, a.status, a.raw)
		}
	}
	if a := call(t, s, admin, "POST", path, ""); a.status != 409 {
		t.Errorf("the sixth: %d", a.status)
	}
	secret := made.text("clientSecret")
	if a := call(t, s, admin, "DELETE", path+"/"+secret[len(secret)-5:], ""); a.status != 204 {
		t.Errorf("delete by hint: %d %s", a.status, a.raw)
	}
	if a := call(t, s, admin, "POST", path, ""); a.status != 201 {
		t.Errorf("after a delete: %d", a.status)
	}
}

func TestRegisteredRedirectURIWorksAtOnce(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	const uri = "https://portal.example/login/callback"
	there := authorizeURL(s, map[string]string{"redirect_uri": uri})
	if a := do(t, request(t, "GET", there, "", nil)); a.errorCode() != "OAUTH-1" {
		t.Fatalf("before: %d %s", a.status, a.raw)
	}
	patch := `[{"op":"replace","path":"/redirectUris","value":["` + s.RedirectURIs[0] + `","` + uri + `"]}]`
	if a := call(t, s, admin, "PATCH", clientsPath+"/"+s.ClientID, patch); a.status != 204 {
		t.Fatalf("patch: %d %s", a.status, a.raw)
	}
	if got := s.Authorize(t, there, s.Viewer()); !strings.HasPrefix(got, uri+"?code=") {
		t.Errorf("after: sent to %s", got)
	}
	for name, bad := range map[string]string{
		"unknown path": `[{"op":"replace","path":"/appType","value":"spa"}]`,
		"bad value":    `[{"op":"replace","path":"/clientName","value":7}]`,
		"half good":    `[{"op":"replace","path":"/clientName","value":"Half"},{"op":"remove","path":"/clientName"}]`,
		"nothing":      `[]`,
	} {
		if a := call(t, s, admin, "PATCH", clientsPath+"/"+s.ClientID, bad); a.status != 400 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if a := call(t, s, admin, "GET", clientsPath+"/"+s.ClientID, ""); a.text("clientName") != "Portal" {
		t.Errorf("a refused patch left its mark: %s", a.raw)
	}
}

// codeForm runs the code flow of another client up to its token request.
func codeForm(t *testing.T, s *demotest.Server, id, secret, uri, scope string) map[string]string {
	t.Helper()
	callback := s.Authorize(t, authorizeURL(s, map[string]string{"client_id": id, "redirect_uri": uri, "scope": scope}), s.Viewer())
	return map[string]string{
		"grant_type": "authorization_code", "code": queryOf(t, callback).Get("code"), "redirect_uri": uri,
		"client_id": id, "client_secret": secret, "code_verifier": verifier,
	}
}

func TestClientsAreKeptApart(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	made := register(t, s, admin, `"redirectUris":["https://b.example/cb"],"allowedScopes":["user_default","offline_access"],"connectionConfig":{"consentMethod":"trusted"}`)
	id, secret := made.text("clientId"), made.text("clientSecret")
	form := func() map[string]string {
		return codeForm(t, s, id, secret, "https://b.example/cb", "user_default offline_access")
	}

	if a := post(t, s, "/oauth/token", form(), map[string]string{"client_id": s.ClientID, "client_secret": s.ClientSecret}); a.status != 401 {
		t.Errorf("another client's code: %d %s", a.status, a.raw)
	}
	if a := post(t, s, "/oauth/token", form(), map[string]string{"client_secret": s.ClientSecret}); a.errorCode() != "OAUTH-22" {
		t.Errorf("another client's secret: %d %s", a.status, a.raw)
	}
	tokens := post(t, s, "/oauth/token", form(), nil)
	if tokens.status != 200 {
		t.Fatalf("exchange: %d %s", tokens.status, tokens.raw)
	}
	refresh := refreshForm(s, tokens.text("refresh_token"))
	if a := post(t, s, "/oauth/token", refresh, map[string]string{"client_id": s.ClientID}); a.status != 401 {
		t.Errorf("refresh by another client: %d", a.status)
	}
	if a := post(t, s, "/oauth/token", refresh, map[string]string{"client_secret": secret}); a.status != 200 {
		t.Errorf("refresh without client_id: %d %s", a.status, a.raw)
	}
	out := authorizeURL(s, map[string]string{"client_id": id, "redirect_uri": "https://b.example/cb", "scope": "admin_classic"})
	if got := queryOf(t, s.Authorize(t, out, s.Viewer())).Get("error"); got != "invalid_scope" {
		t.Errorf("a scope that is not registered: %q", got)
	}
}

func TestDeletedClientTakesItsTokensAlong(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	made := register(t, s, admin, `"redirectUris":["https://b.example/cb"],"allowedScopes":["user_default"],"connectionConfig":{"consentMethod":"trusted"}`)
	id := made.text("clientId")
	token := post(t, s, "/oauth/token", codeForm(t, s, id, made.text("clientSecret"), "https://b.example/cb", "user_default"), nil).text("access_token")
	path := clientsPath + "/" + id
	if a := call(t, s, admin, "DELETE", path, ""); a.status != 400 {
		t.Errorf("without the confirming header: %d", a.status)
	}
	if a := call(t, s, token, "GET", "/api/v1/user-locale", ""); a.status != 200 {
		t.Fatalf("before: %d", a.status)
	}
	a := do(t, request(t, "DELETE", s.URL+path, "", map[string]string{"Authorization": "Bearer " + admin, "qlik-confirm-delete": id}))
	if a.status != 204 {
		t.Fatalf("delete: %d %s", a.status, a.raw)
	}
	if a := call(t, s, token, "GET", "/api/v1/user-locale", ""); a.status != 401 {
		t.Errorf("after: %d", a.status)
	}
	if a := call(t, s, admin, "GET", path, ""); a.status != 404 {
		t.Errorf("read: %d", a.status)
	}
}

func TestConsentFollowsTheConnection(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	path := clientsPath + "/" + s.ClientID + "/connection-configs/me"
	none := authorizeURL(s, map[string]string{"prompt": "none"})
	ask := func() string {
		b := s.NewBrowser(t)
		b.Decline = true
		b.Authorize(t, authorizeURL(s, nil), s.Viewer())
		return queryOf(t, b.Authorize(t, none, s.Viewer())).Get("error")
	}
	if got := ask(); got != "" {
		t.Fatalf("trusted: %q", got)
	}
	if a := call(t, s, admin, "PATCH", path, `[{"op":"replace","path":"/consentMethod","value":"required"}]`); a.status != 204 {
		t.Fatalf("patch: %d %s", a.status, a.raw)
	}
	if got := ask(); got != "consent_required" {
		t.Errorf("required: %q", got)
	}
	if a := call(t, s, admin, "GET", path, ""); a.text("consentMethod") != "required" {
		t.Errorf("got %s", a.raw)
	}
	call(t, s, admin, "DELETE", path, "")
	if a := do(t, request(t, "GET", none, "", nil)); a.errorCode() != "OAUTH-14" {
		t.Errorf("disconnected: %d %s", a.status, a.raw)
	}
}

func TestPublicClientNeedsItsVerifierOnly(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	made := call(t, s, admin, "POST", clientsPath, `{"clientName":"Page","appType":"spa","redirectUris":["https://p.example/cb"],
		"allowedOrigins":["https://p.example"],"allowedScopes":["user_default"],"connectionConfig":{"consentMethod":"trusted"}}`)
	if made.status != 201 || made.text("clientSecret") != "" {
		t.Fatalf("register: %d %s", made.status, made.raw)
	}
	form := func() map[string]string {
		return codeForm(t, s, made.text("clientId"), "", "https://p.example/cb", "user_default")
	}
	if a := post(t, s, "/oauth/token", form(), map[string]string{"code_verifier": strings.Repeat("x", 43)}); a.status != 401 {
		t.Errorf("wrong verifier: %d", a.status)
	}
	token := post(t, s, "/oauth/token", form(), nil).text("access_token")
	for origin, want := range map[string]int{"https://p.example": 200, "https://other.example": 403} {
		a := do(t, request(t, "GET", s.URL+"/api/v1/user-locale", "", map[string]string{"Authorization": "Bearer " + token, "Origin": origin}))
		if a.status != want || (a.header.Get("Access-Control-Allow-Origin") == origin) != (want == 200) {
			t.Errorf("%s: got %d %v", origin, a.status, a.header)
		}
	}
}

func TestClientListIsFilteredSortedAndPaged(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	for _, name := range []string{"Zeta", "alpha"} {
		call(t, s, admin, "POST", clientsPath, `{"clientName":"`+name+`","appType":"spa"}`)
	}
	names := func(query string) string {
		var list []string
		for _, row := range all(t, s, admin, clientsPath+"?"+query) {
			list = append(list, row["clientName"].(string))
		}
		return strings.Join(list, " ")
	}
	for query, want := range map[string]string{
		"sort=%2BclientName&limit=1":                         "alpha Portal Zeta",
		"sort=-clientName":                                   "Zeta Portal alpha",
		"filter=" + url.QueryEscape(`appType eq "web"`):      "Portal",
		"filter=" + url.QueryEscape(`clientName co "ALPHA"`): "alpha",
	} {
		if got := names(query); got != want {
			t.Errorf("%s: %s", query, got)
		}
	}
	if a := call(t, s, admin, "GET", clientsPath+"?filter="+url.QueryEscape(`clientSecrets eq "x"`), ""); a.status != 400 {
		t.Errorf("an attribute one may not filter by: %d", a.status)
	}
}
