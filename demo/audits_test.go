package demo_test

import (
	"strings"
	"testing"

	"vitrine/demo/demotest"
)

func TestAuditsTellOfSignInsAndTokens(t *testing.T) {
	s := demotest.New(t)
	tokens := s.SignIn(t, s.Viewer(), "")
	post(t, s, "/oauth/revoke", map[string]string{"token": tokens.RefreshToken}, nil)
	admin := administrator(t, s)
	list := func(query string) []map[string]any { return all(t, s, admin, "/api/v1/audits?"+query) }
	viewer := list("userId=" + s.Viewer().ID)
	var kinds []string
	for _, e := range viewer {
		kinds = append(kinds, e["eventType"].(string))
	}
	if got := strings.Join(kinds, " "); got != "com.qlik.oauth-token.revoked com.qlik.oauth-token.issued com.qlik.user-session.begin" {
		t.Errorf("got %s", got)
	}
	if got := list("eventType=com.qlik.oauth-token.issued&limit=1"); len(got) != 2 {
		t.Errorf("tokens issued: %d", len(got))
	}
	a := call(t, s, admin, "GET", "/api/v1/audits?limit=100", "")
	for _, secret := range []string{tokens.AccessToken, tokens.RefreshToken, admin, s.ClientSecret} {
		if strings.Contains(a.raw, secret) {
			t.Error("the audit log leaks a secret")
		}
	}
	if a := call(t, s, admin, "GET", "/api/v1/audits?limit=101", ""); a.status != 400 {
		t.Errorf("limit 101: %d", a.status)
	}
}
