package demo_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

func TestCodeExchangeRefusals(t *testing.T) {
	s := demotest.New(t)
	for name, row := range map[string]struct {
		changes map[string]string
		status  int
		code    string
		rfc     string
	}{
		"unknown grant":      {map[string]string{"grant_type": "password"}, 400, "HTTP-400", "unsupported_grant_type"},
		"unknown client":     {map[string]string{"client_id": "x"}, 400, "OAUTH-14", "invalid_client"},
		"no secret":          {map[string]string{"client_secret": ""}, 400, "OAUTH-22", "invalid_client"},
		"wrong secret":       {map[string]string{"client_secret": "x"}, 401, "OAUTH-22", "invalid_client"},
		"unknown code":       {map[string]string{"code": "x"}, 401, "HTTP-401", "invalid_grant"},
		"other redirect URI": {map[string]string{"redirect_uri": "http://localhost:8080/"}, 401, "HTTP-401", "invalid_grant"},
		"no verifier":        {map[string]string{"code_verifier": ""}, 401, "HTTP-401", "invalid_grant"},
		"wrong verifier":     {map[string]string{"code_verifier": strings.Repeat("w", 43)}, 401, "HTTP-401", "invalid_grant"},
	} {
		t.Run(name, func(t *testing.T) {
			s.Configure(func(s *demo.Settings) { s.ErrorForm = demo.ErrorQlik })
			a := post(t, s, "/oauth/token", tokenForm(s, codeOf(t, s)), row.changes)
			if a.status != row.status || a.errorCode() != row.code || a.text("traceId") == "" {
				t.Errorf("Qlik's form: %d %s, want %d %s", a.status, a.raw, row.status, row.code)
			}
			s.Configure(func(s *demo.Settings) { s.ErrorForm = demo.ErrorRFC6749 })
			a = post(t, s, "/oauth/token", tokenForm(s, codeOf(t, s)), row.changes)
			if a.text("error") != row.rfc || a.errorCode() != "" {
				t.Errorf("RFC form: %d %s, want %s", a.status, a.raw, row.rfc)
			}
		})
	}
}

func TestTokenRequestInJSON(t *testing.T) {
	s := demotest.New(t)
	body, err := json.Marshal(tokenForm(s, codeOf(t, s)))
	if err != nil {
		t.Fatal(err)
	}
	a := do(t, request(t, "POST", s.URL+"/oauth/token", string(body), map[string]string{"Content-Type": "application/json"}))
	if a.status != 200 || a.text("token_type") != "bearer" || a.body["expires_in"] != 21600.0 || a.text("expires_at") == "" ||
		a.text("scope") != "user_default offline_access" || a.body["auth_time"] == nil || a.text("id_token") != "" {
		t.Errorf("got %d %s", a.status, a.raw)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Error("tokens may be cached")
	}
}

func TestClientAuthentication(t *testing.T) {
	s := demotest.New(t)
	for name, row := range map[string]struct {
		allowed     demo.ClientAuth
		body, basic bool
		status      int
	}{
		"either by body":      {demo.ClientAuthEither, true, false, 200},
		"either by basic":     {demo.ClientAuthEither, false, true, 200},
		"both at once":        {demo.ClientAuthEither, true, true, 400},
		"body wanted, basic":  {demo.ClientAuthBody, false, true, 401},
		"basic wanted, basic": {demo.ClientAuthBasic, false, true, 200},
		"basic wanted, body":  {demo.ClientAuthBasic, true, false, 400},
	} {
		t.Run(name, func(t *testing.T) {
			s.Configure(func(s *demo.Settings) { s.ClientAuth = row.allowed })
			form := url.Values{}
			applyTo(form, tokenForm(s, codeOf(t, s)))
			if !row.body {
				form.Del("client_secret")
			}
			req := request(t, "POST", s.URL+"/oauth/token", form.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
			if row.basic {
				req.SetBasicAuth(url.QueryEscape(s.ClientID), url.QueryEscape(s.ClientSecret))
			}
			if a := do(t, req); a.status != row.status {
				t.Errorf("got %d %s, want %d", a.status, a.raw, row.status)
			}
		})
	}
}

func TestCodeExpires(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c))
	code := codeOf(t, s)
	c.move(61 * time.Second)
	if a := post(t, s, "/oauth/token", tokenForm(s, code), nil); a.status != 401 {
		t.Errorf("got %d %s", a.status, a.raw)
	}
}

func TestReusedCodeRevokesWhatItGave(t *testing.T) {
	s := demotest.New(t)
	code := codeOf(t, s)
	first := post(t, s, "/oauth/token", tokenForm(s, code), nil)
	if first.status != 200 {
		t.Fatal(first.raw)
	}
	if again := post(t, s, "/oauth/token", tokenForm(s, code), nil); again.status != 401 {
		t.Fatalf("the code worked twice: %d", again.status)
	}
	if a := call(t, s, first.text("access_token"), "GET", "/api/v1/users/me", ""); a.status != 401 {
		t.Errorf("the access token lives on: %d", a.status)
	}
	if a := post(t, s, "/oauth/token", refreshForm(s, first.text("refresh_token")), nil); a.status != 401 {
		t.Errorf("the refresh token lives on: %d", a.status)
	}
	if s.Stats().CodeReuses != 1 {
		t.Errorf("stats: %+v", s.Stats())
	}
}

func TestRotationNoticesReuse(t *testing.T) {
	s := demotest.New(t)
	first := s.SignIn(t, s.Viewer(), "")
	second := post(t, s, "/oauth/token", refreshForm(s, first.RefreshToken), nil)
	if second.status != 200 || second.text("refresh_token") == "" || second.text("refresh_token") == first.RefreshToken {
		t.Fatalf("refresh: %d %s", second.status, second.raw)
	}
	if a := call(t, s, first.AccessToken, "GET", "/api/v1/user-locale", ""); a.status != 200 {
		t.Errorf("a refresh killed the old access token: %d", a.status)
	}
	if a := post(t, s, "/oauth/token", refreshForm(s, first.RefreshToken), nil); a.status != 401 {
		t.Fatalf("a spent refresh token worked: %d", a.status)
	}
	if a := post(t, s, "/oauth/token", refreshForm(s, second.text("refresh_token")), nil); a.status != 401 {
		t.Errorf("the family lives on: %d", a.status)
	}
	if a := call(t, s, second.text("access_token"), "GET", "/api/v1/user-locale", ""); a.status != 401 {
		t.Errorf("an access token of the family lives on: %d", a.status)
	}
	if got := s.Stats(); got.RefreshReuses != 1 || got.Refreshes != 1 || got.TokenRequests["refresh_token"] != 3 {
		t.Errorf("stats: %+v", got)
	}
}

func TestWithoutRotationTheRefreshTokenStays(t *testing.T) {
	s := demotest.New(t, func(o *demo.Options) { o.Settings.Rotation = false })
	tokens := s.SignIn(t, s.Viewer(), "")
	for range 2 {
		a := post(t, s, "/oauth/token", refreshForm(s, tokens.RefreshToken), nil)
		if a.status != 200 || a.text("refresh_token") != "" {
			t.Errorf("got %d %s", a.status, a.raw)
		}
	}
}

func TestNoRefreshTokenWithoutOfflineAccess(t *testing.T) {
	s := demotest.New(t)
	if tokens := s.SignIn(t, s.Viewer(), "user_default"); tokens.RefreshToken != "" {
		t.Error("a refresh token came unasked")
	}
}

func TestTokensExpire(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c), func(o *demo.Options) {
		o.Settings.AccessTokenLifetime, o.Settings.RefreshTokenLifetime = 2*time.Second, time.Minute
	})
	tokens := s.SignIn(t, s.Viewer(), "")
	c.move(2 * time.Second)
	if a := call(t, s, tokens.AccessToken, "GET", "/api/v1/user-locale", ""); a.status != 401 || a.errorCode() != "HTTP-401" {
		t.Errorf("got %d %s", a.status, a.raw)
	}
	c.move(time.Minute)
	if a := post(t, s, "/oauth/token", refreshForm(s, tokens.RefreshToken), nil); a.status != 401 {
		t.Errorf("got %d %s", a.status, a.raw)
	}
}

func TestExpiresForms(t *testing.T) {
	s := demotest.New(t)
	for form, want := range map[demo.ExpiresAs][2]any{
		demo.ExpiresBoth: {21600.0, true}, demo.ExpiresNumber: {21600.0, false}, demo.ExpiresString: {"21600", false},
		demo.ExpiresAt: {nil, true}, demo.ExpiresNever: {nil, false},
	} {
		s.Configure(func(s *demo.Settings) { s.ExpiresAs = form })
		a := post(t, s, "/oauth/token", tokenForm(s, codeOf(t, s)), nil)
		if a.body["expires_in"] != want[0] || (a.text("expires_at") != "") != want[1] {
			t.Errorf("%s: %s", form, a.raw)
		}
	}
}

func TestRefusedPeopleGetNoTokens(t *testing.T) {
	s := demotest.New(t)
	code := queryOf(t, s.Authorize(t, authorizeURL(s, nil), s.Disabled())).Get("code")
	if a := post(t, s, "/oauth/token", tokenForm(s, code), nil); a.status != 403 {
		t.Errorf("disabled: %d %s", a.status, a.raw)
	}
	s.Configure(func(s *demo.Settings) { s.TooManyTokens = true })
	if a := post(t, s, "/oauth/token", tokenForm(s, codeOf(t, s)), nil); a.status != 403 {
		t.Errorf("too many tokens: %d %s", a.status, a.raw)
	}
}

func TestRevocation(t *testing.T) {
	s := demotest.New(t)
	tokens := s.SignIn(t, s.Viewer(), "")
	if a := post(t, s, "/oauth/revoke", map[string]string{"token": tokens.RefreshToken, "client_secret": "wrong"}, nil); a.status != 401 {
		t.Errorf("wrong secret: %d", a.status)
	}
	if a := post(t, s, "/oauth/revoke", map[string]string{"token": tokens.RefreshToken}, nil); a.status != 200 || strings.TrimSpace(a.raw) != "{}" {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	if a := post(t, s, "/oauth/token", refreshForm(s, tokens.RefreshToken), nil); a.status != 401 {
		t.Errorf("refresh token lives on: %d", a.status)
	}
	if a := call(t, s, tokens.AccessToken, "GET", "/api/v1/user-locale", ""); a.status != 200 {
		t.Errorf("revoking one token took the other along: %d", a.status)
	}
	post(t, s, "/oauth/revoke", map[string]string{"token": tokens.AccessToken, "token_type_hint": "access_token"}, nil)
	if a := call(t, s, tokens.AccessToken, "GET", "/api/v1/user-locale", ""); a.status != 401 {
		t.Errorf("access token lives on: %d", a.status)
	}
	if a := post(t, s, "/oauth/revoke", map[string]string{"token": "unknown"}, nil); a.status != 200 {
		t.Errorf("unknown token: %d", a.status)
	}
	if a := post(t, s, "/oauth/revoke", nil, nil); a.status != 400 {
		t.Errorf("no token: %d", a.status)
	}
}

func TestAdminEndsTheGrantOfAnother(t *testing.T) {
	s := demotest.New(t)
	viewer, analyst, admin := s.AccessToken(t, s.Viewer()), s.AccessToken(t, s.Analyst()), s.AccessToken(t, s.Admin())
	list := call(t, s, admin, "GET", "/api/v1/oauth-tokens?userId="+s.Viewer().ID, "")
	data, _ := list.body["data"].([]any)
	if len(data) != 1 {
		t.Fatalf("got %s", list.raw)
	}
	path := "/api/v1/oauth-tokens/" + data[0].(map[string]any)["id"].(string)
	if a := call(t, s, analyst, "DELETE", path, ""); a.status != 404 {
		t.Errorf("somebody else ended it: %d", a.status)
	}
	if a := call(t, s, admin, "DELETE", path, ""); a.status != 204 {
		t.Errorf("admin: %d %s", a.status, a.raw)
	}
	if a := call(t, s, viewer, "GET", "/api/v1/user-locale", ""); a.status != 401 {
		t.Errorf("the token lives on: %d", a.status)
	}
}

func TestExchangedTokenIsForOnePurpose(t *testing.T) {
	s := demotest.New(t)
	tokens := s.SignIn(t, s.Viewer(), "")
	exchange := map[string]string{
		"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "client_id": s.ClientID,
		"subject_token": tokens.AccessToken, "subject_token_type": "urn:ietf:params:oauth:token-type:access_token", "purpose": "webresource",
	}
	a := post(t, s, "/oauth/token", exchange, nil)
	if a.status != 200 || a.text("issued_token_type") == "" || a.text("refresh_token") != "" {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	get := func(token string) int {
		return do(t, request(t, "GET", s.URL+"/api/v1/user-locale?accessToken="+url.QueryEscape(token), "", nil)).status
	}
	if got := get(a.text("access_token")); got != 200 {
		t.Errorf("temporary token in the query: %d", got)
	}
	if got := get(tokens.AccessToken); got != 401 {
		t.Errorf("an ordinary access token in the query: %d", got)
	}
	if got := call(t, s, a.text("access_token"), "GET", "/api/v1/user-locale", "").status; got != 401 {
		t.Errorf("a temporary token in the header: %d", got)
	}
	socket := post(t, s, "/oauth/token", exchange, map[string]string{"purpose": "websocket"})
	if got := get(socket.text("access_token")); got != 401 {
		t.Errorf("a token for sockets at the REST API: %d", got)
	}
	if a := post(t, s, "/oauth/token", exchange, map[string]string{"purpose": "none"}); a.status != 400 {
		t.Errorf("unknown purpose: %d", a.status)
	}
}
