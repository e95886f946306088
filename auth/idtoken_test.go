package auth_test

import (
	"errors"
	"testing"

	"vitrine/auth"
	"vitrine/demo"
)

func withOIDC(s *demo.Settings) { s.OIDC = true }

func TestGoodIDTokenSignsIn(t *testing.T) {
	w := newWorld(t, withOIDC, withOpenID)
	s := w.signIn(t)
	if s.User.ID != w.people[0].ID || s.Tokens.IDToken == "" {
		t.Errorf("user %+v, ID token kept: %v", s.User, s.Tokens.IDToken != "")
	}
}

func TestAbsentIDTokenIsTheNormalCase(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.OIDC, s.IDTokenDefect = true, demo.DefectAbsent }, withOpenID)
	if s := w.signIn(t); s.User.ID != w.people[0].ID {
		t.Errorf("user %+v", s.User)
	}
}

// A defective ID token must give no session, and must stop the sign-in before
// anything else is asked with the access token.
func TestDefectiveIDTokens(t *testing.T) {
	for _, defect := range append(demo.IDTokenDefects(), demo.DefectExtraAudienceParty) {
		t.Run(string(defect), func(t *testing.T) {
			w := newWorld(t, func(s *demo.Settings) { s.OIDC, s.IDTokenDefect = true, defect }, withOpenID)
			s, _, err := w.Complete(t.Context(), browser, w.authorize(t, browser, "/"))
			if !errors.Is(err, auth.ErrTenant) || s.ID != "" {
				t.Errorf("session %q, error %v; want none, and ErrTenant", s.ID, err)
			}
			if n := w.tenant.Stats().UsersMe; n != 0 && defect != demo.DefectOtherSubject {
				t.Errorf("users/me was asked %d times with the token of a refused sign-in", n)
			}
		})
	}
}
