package auth_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"vitrine/auth"
	"vitrine/demo"
)

// FuzzIDToken judges whatever a tenant may send in place of an ID token. None
// of it was signed for this nonce, so none may hold.
func FuzzIDToken(f *testing.F) {
	w := newWorld(f, func(s *demo.Settings) { s.OIDC = true }, withOpenID)
	s, _, err := w.Complete(f.Context(), browser, w.authorize(f, browser, "/"))
	if err != nil {
		f.Fatal(err)
	}
	good := s.Tokens.IDToken
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for _, token := range []string{
		good, "", "..", "a.b.c", strings.TrimRight(good, "abc") + "x", strings.Replace(good, ".", "..", 1),
		part(`{"alg":"none"}`) + "." + part(`{"sub":"x"}`) + ".",
		part(`{"alg":"ES384"}`) + "." + part(`{"aud":{},"exp":"x","iat":null}`) + "." + part("signature"),
		part(`{"alg":"HS256","kid":"../../x"}`) + "." + strings.Split(good, ".")[1] + "." + part("signature"),
	} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if subject, err := w.VerifyIDToken(t.Context(), token, s.Tokens.AccessToken, "another nonce"); err == nil {
			t.Fatalf("%q holds for %q", token, subject)
		}
	})
}

// FuzzState takes whatever stands in a callback's state.
func FuzzState(f *testing.F) {
	w := newWorld(f, nil)
	for _, state := range []string{"", ".", "x.0123abcd", strings.Repeat("a", 4000), "a\x00.ffffffff", "..", "x.0123ABCD"} {
		f.Add(state)
	}
	f.Fuzz(func(t *testing.T, state string) {
		if label := auth.BrowserLabelOf(state); label != "" && (len(label) != 8 || strings.Trim(label, "0123456789abcdef") != "") {
			t.Fatalf("label %q", label)
		}
		s, _, err := w.Complete(t.Context(), browser, auth.AuthorizationResponse{State: state, Code: "x"})
		if err == nil || s.ID != "" {
			t.Fatalf("%q signs in", state)
		}
	})
}
