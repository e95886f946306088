package demo_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

// try sends one request and reports what came: "200 body", or "error".
func try(t *testing.T, s *demotest.Server, token string) string {
	t.Helper()
	client := &http.Client{Timeout: 150 * time.Millisecond, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(request(t, "GET", s.URL+"/api/v1/user-locale", "", map[string]string{"Authorization": "Bearer " + token}))
	if err != nil {
		return "error"
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return "error in body"
	case !json.Valid(body):
		return resp.Status + " not JSON"
	default:
		return resp.Status
	}
}

func TestFaultsStrikeAsOftenAsAsked(t *testing.T) {
	s := demotest.New(t)
	token := s.AccessToken(t, s.Viewer())
	for name, row := range map[string]struct {
		fault demo.Fault
		want  string
	}{
		"slow":       {demo.Fault{Kind: demo.FaultSlow, Delay: 10 * time.Millisecond}, "200 OK"},
		"too slow":   {demo.Fault{Kind: demo.FaultSlow, Delay: time.Minute}, "error"},
		"stall":      {demo.Fault{Kind: demo.FaultStall}, "error"},
		"500":        {demo.Fault{Kind: demo.FaultStatus}, "500 Internal Server Error"},
		"429":        {demo.Fault{Kind: demo.FaultStatus, Status: 429, RetryAfter: 7}, "429 Too Many Requests"},
		"reset":      {demo.Fault{Kind: demo.FaultReset}, "error"},
		"lost":       {demo.Fault{Kind: demo.FaultLost}, "error"},
		"malformed":  {demo.Fault{Kind: demo.FaultMalformed}, "200 OK not JSON"},
		"truncated":  {demo.Fault{Kind: demo.FaultTruncated}, "error in body"},
		"html":       {demo.Fault{Kind: demo.FaultHTML}, "200 OK not JSON"},
		"empty":      {demo.Fault{Kind: demo.FaultEmpty}, "200 OK not JSON"},
		"expired":    {demo.Fault{Kind: demo.FaultExpired}, "401 Unauthorized"},
		"elsewhere":  {demo.Fault{Kind: demo.FaultStatus, Path: "/api/v1/items"}, "200 OK"},
		"other verb": {demo.Fault{Kind: demo.FaultStatus, Method: "POST"}, "200 OK"},
	} {
		t.Run(name, func(t *testing.T) {
			row.fault.Count = 1
			remove := s.Inject(row.fault)
			if got := try(t, s, token); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			remove()
			if got := try(t, s, token); got != "200 OK" {
				t.Errorf("the fault struck again: %q", got)
			}
		})
	}
}

// The worst case of a refresh: the tenant rotated, and nobody heard.
func TestSlowTenantDoesNothingForClientsThatLeft(t *testing.T) {
	s := demotest.New(t)
	s.Inject(demo.Fault{Path: "/oauth/token", Kind: demo.FaultSlow, Delay: 200 * time.Millisecond})
	client := &http.Client{Timeout: 50 * time.Millisecond}
	resp, err := client.Post(s.URL+"/oauth/token", "application/x-www-form-urlencoded", strings.NewReader("grant_type=refresh_token&refresh_token=x"))
	if err == nil {
		resp.Body.Close()
		t.Fatal("the client did not leave early")
	}
	time.Sleep(300 * time.Millisecond)
	if n := s.Stats().TokenRequests["refresh_token"]; n != 0 {
		t.Error("a token request was answered whose client had gone")
	}
}

func TestLostAnswerStillRotates(t *testing.T) {
	s := demotest.New(t)
	tokens := s.SignIn(t, s.Viewer(), "")
	s.Inject(demo.Fault{Path: "/oauth/token", Kind: demo.FaultLost, Count: 1})
	form := strings.NewReader("grant_type=refresh_token&refresh_token=" + tokens.RefreshToken + "&client_secret=" + s.ClientSecret)
	if _, err := http.Post(s.URL+"/oauth/token", "application/x-www-form-urlencoded", form); err == nil {
		t.Fatal("an answer came")
	}
	if s.Stats().Refreshes != 1 {
		t.Errorf("stats: %+v", s.Stats())
	}
	if a := post(t, s, "/oauth/token", refreshForm(s, tokens.RefreshToken), nil); a.status != 401 {
		t.Errorf("the old refresh token works: %d", a.status)
	}
}

func TestControlAPI(t *testing.T) {
	s := demotest.New(t)
	asJSON := map[string]string{"Content-Type": "application/json"}
	control := func(method, path, body string) answer {
		return do(t, request(t, method, s.URL+"/_demo/"+path, body, asJSON))
	}
	if a := control("PATCH", "settings", `{"consent":"required","accessTokenLifetime":"3s"}`); a.status != 200 ||
		a.text("consent") != "required" || a.text("accessTokenLifetime") != "3s" || a.body["rotation"] != true {
		t.Errorf("settings: %d %s", a.status, a.raw)
	}
	if a := control("PATCH", "settings", `{"accessTokenLifetime":"soon"}`); a.status != 400 {
		t.Errorf("bad settings: %d", a.status)
	}
	if a := control("POST", "faults", `{"path":"/api","kind":"status","status":503,"delay":"5ms","count":2}`); a.status != 201 {
		t.Errorf("fault: %d %s", a.status, a.raw)
	}
	if a := control("POST", "faults", `{"path":"/api","kind":"explode"}`); a.status != 400 {
		t.Errorf("unknown fault: %d", a.status)
	}
	if a := do(t, request(t, "GET", s.URL+"/api/v1/items", "", nil)); a.status != 503 {
		t.Errorf("the fault does not strike: %d", a.status)
	}
	if a := control("GET", "faults", ""); !strings.Contains(a.raw, `"count":1`) || !strings.Contains(a.raw, `"delay":"5ms"`) {
		t.Errorf("faults: %s", a.raw)
	}
	control("DELETE", "faults", "")
	if a := do(t, request(t, "GET", s.URL+"/api/v1/items", "", nil)); a.status != 401 {
		t.Errorf("the fault is still there: %d", a.status)
	}
	if a := control("GET", "stats", ""); a.body["faults"] != 1.0 {
		t.Errorf("stats: %s", a.raw)
	}
	if a := control("POST", "sockets/close", `{"code":1}`); a.status != 400 {
		t.Errorf("bad close code: %d", a.status)
	}
}

func TestControlAPIIsNotForBrowsersOrProxies(t *testing.T) {
	s := demotest.New(t)
	for name, header := range map[string]map[string]string{
		"a page elsewhere": {"Origin": "https://evil.example"},
		"our own page":     {"Sec-Fetch-Site": "same-origin"},
		"a proxy":          {"X-Forwarded-For": "127.0.0.1"},
		"a form":           {"Content-Type": "application/x-www-form-urlencoded"},
	} {
		if header["Content-Type"] == "" {
			header["Content-Type"] = "application/json"
		}
		a := do(t, request(t, "PATCH", s.URL+"/_demo/settings", "{}", header))
		if a.status < 400 || a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	rebound := request(t, "GET", s.URL+"/_demo/stats", "", nil)
	rebound.Host = "evil.example"
	if a := do(t, rebound); a.status != 403 {
		t.Errorf("a rebound name: %d", a.status)
	}
}
