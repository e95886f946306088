package auth

import "testing"

func TestAuthorizationIsOfTheTokenAtHand(t *testing.T) {
	s := Session{Tokens: TokenSet{AccessToken: "one"}}
	if got := s.Authorization(); len(got) != 1 || got[0] != "Bearer one" {
		t.Errorf("unprepared: %q", got)
	}
	s.Prepare()
	copied := s
	if got := copied.Authorization(); &got[0] != &s.authorization[0] {
		t.Error("a copy makes it again")
	}
	copied.Tokens.AccessToken = "two"
	if got := copied.Authorization(); got[0] != "Bearer two" {
		t.Errorf("after a refresh: %q", got)
	}
}
