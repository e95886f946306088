package demo_test

import (
	"fmt"
	"net/http"
	"testing"

	"vitrine/demo/demotest"
)

func TestMachineGrants(t *testing.T) {
	s := demotest.New(t)
	admin := administrator(t, s)
	const both = `"allowedScopes":["user_default","admin_classic"],"allowedGrantTypes":["client_credentials","urn:qlik:oauth:user-impersonation"]`
	trusted := register(t, s, admin, both+`,"connectionConfig":{"consentMethod":"trusted"}`)
	untrusted := register(t, s, admin, both)
	ask := func(made answer, changes string) answer {
		body := fmt.Sprintf(`{"client_id":%q,"client_secret":%q,%s}`, made.text("clientId"), made.text("clientSecret"), changes)
		return do(t, request(t, "POST", s.URL+"/oauth/token", body, map[string]string{"Content-Type": "application/json"}))
	}
	const own = `"grant_type":"client_credentials"`
	as := func(field, value, scope string) string {
		return fmt.Sprintf(`"grant_type":"urn:qlik:oauth:user-impersonation","scope":%q,"user_lookup":{"field":%q,"value":%q}`, scope, field, value)
	}
	for name, row := range map[string]struct {
		answer answer
		status int
	}{
		"own client, not ticked": {post(t, s, "/oauth/token", map[string]string{"grant_type": "client_credentials", "client_id": s.ClientID, "client_secret": s.ClientSecret}, nil), 403},
		"not trusted":            {ask(untrusted, own), 403},
		"nobody of that ID":      {ask(trusted, as("userId", "x", "user_default")), 400},
		"lookup by e-mail":       {ask(trusted, as("email", s.Viewer().Email, "user_default")), 400},
		"more than registered":   {ask(trusted, as("userId", s.Viewer().ID, "admin.csp")), 400},
		"bot":                    {ask(trusted, own), 200},
		"viewer":                 {ask(trusted, as("userId", s.Viewer().ID, "user_default")), 200},
	} {
		if row.answer.status != row.status {
			t.Errorf("%s: got %d %s, want %d", name, row.answer.status, row.answer.raw, row.status)
		}
	}
	bot := ask(trusted, own).text("access_token")
	me := call(t, s, bot, "GET", "/api/v1/users/me", "")
	if a := call(t, s, bot, "GET", me.header.Get("Location"), ""); a.text("subject") != `qlikbot\`+trusted.text("clientId") || a.text("clientId") == "" {
		t.Errorf("the bot: %s", a.raw)
	}
	if a := call(t, s, bot, "GET", clientsPath, ""); a.status != http.StatusOK {
		t.Errorf("the bot is no admin: %d", a.status)
	}
	viewer := ask(trusted, as("userId", s.Viewer().ID, "user_default")).text("access_token")
	if a := call(t, s, viewer, "GET", "/api/v1/users/me", ""); a.header.Get("Location") != "/api/v1/users/"+s.Viewer().ID {
		t.Errorf("impersonated: %v", a.header)
	}
}
