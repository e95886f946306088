package demo_test

import (
	"testing"

	"vitrine/demo/demotest"
)

func TestSignInThenUserAndItems(t *testing.T) {
	s := demotest.New(t)
	token := s.AccessToken(t, s.Viewer())
	me := call(t, s, token, "GET", "/api/v1/users/me", "")
	if me.status != 301 {
		t.Fatalf("users/me: %d %s, want 301", me.status, me.raw)
	}
	user := call(t, s, token, "GET", me.header.Get("Location"), "")
	if user.status != 200 || user.text("email") != s.Viewer().Email {
		t.Errorf("user: %d %s", user.status, user.raw)
	}
	items := call(t, s, token, "GET", "/api/v1/items?resourceType=app", "")
	if data, _ := items.body["data"].([]any); items.status != 200 || len(data) != 10 {
		t.Errorf("items: %d %s", items.status, items.raw)
	}
}
