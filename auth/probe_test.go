package auth_test

import (
	"errors"
	"testing"

	"vitrine/auth"
	"vitrine/demo"
)

// Each row is a set-up that no user could sign in with, or one that works.
func TestProbesTellWhatTheTenantRefuses(t *testing.T) {
	wrongSecret := func(o *auth.Options) { o.ClientSecret = func() string { return "wrong" } }
	rfc := func(s *demo.Settings) { s.ErrorForm = demo.ErrorRFC6749 }
	for name, tt := range map[string]struct {
		settings             func(*demo.Settings)
		option               func(*auth.Options)
		authorization, token error
	}{
		"all right":                 {},
		"all right, by Basic":       {option: func(o *auth.Options) { o.ClientAuthBasic = true }},
		"all right, in RFC's words": {settings: rfc},
		"no metadata":               {settings: func(s *demo.Settings) { s.NoMetadata = true }},
		"other redirect URI":        {option: func(o *auth.Options) { o.RedirectURI += "/" }, authorization: auth.ErrRedirectURI},
		"other client":              {option: func(o *auth.Options) { o.ClientID = "other" }, authorization: auth.ErrClientID, token: auth.ErrClientID},
		"wrong secret":              {option: wrongSecret, token: auth.ErrClientSecret},
		"wrong secret, RFC's words": {settings: rfc, option: wrongSecret, token: auth.ErrClientSecret},
		"Basic refused":             {settings: func(s *demo.Settings) { s.ClientAuth = demo.ClientAuthBody }, option: func(o *auth.Options) { o.ClientAuthBasic = true }, token: auth.ErrClientSecret},
		"tenant away":               {option: func(o *auth.Options) { o.TenantURL = "http://127.0.0.1:1" }, authorization: auth.ErrTenant, token: auth.ErrTenant},
	} {
		var options []func(*auth.Options)
		if tt.option != nil {
			options = append(options, tt.option)
		}
		w := newWorld(t, tt.settings, options...)
		if err := w.ProbeAuthorization(t.Context()); !errors.Is(err, tt.authorization) || tt.authorization == nil && err != nil {
			t.Errorf("%s: authorization: %v, want %v", name, err, tt.authorization)
		}
		if err := w.ProbeToken(t.Context()); !errors.Is(err, tt.token) || tt.token == nil && err != nil {
			t.Errorf("%s: token: %v, want %v", name, err, tt.token)
		}
	}
}

func TestProbesDisturbNobody(t *testing.T) {
	w := newWorld(t, nil)
	s := w.signIn(t)
	for range 3 {
		if err := errors.Join(w.ProbeAuthorization(t.Context()), w.ProbeToken(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Session(t.Context(), s.ID); err != nil {
		t.Errorf("session after probes: %v", err)
	}
	if stats := w.tenant.Stats(); stats.CodeReuses != 0 || stats.RefreshReuses != 0 {
		t.Errorf("the tenant saw a reuse: %+v", stats)
	}
}
