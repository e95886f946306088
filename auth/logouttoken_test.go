package auth_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"vitrine/auth"
)

const logoutType = "logout+jwt"

func TestTenantEndsSessionsThroughTheBackChannel(t *testing.T) {
	w := newWorld(t, withOIDC, withOpenID)
	one, two := w.signIn(t), w.signIn(t)
	token := w.tenant.LogoutToken(w.people[0].ID, logoutType, nil)
	if err := w.BackChannelLogout(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	for _, s := range []auth.Session{one, two} {
		if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrNoSession) {
			t.Errorf("session lives: %v", err)
		}
	}
	three := w.signIn(t)
	if err := w.BackChannelLogout(t.Context(), token); !errors.Is(err, auth.ErrInvalidRequest) {
		t.Errorf("replay: %v, want ErrInvalidRequest", err)
	}
	if _, err := w.Session(t.Context(), three.ID); err != nil {
		t.Errorf("a replay ended a later session: %v", err)
	}
}

// awayOnce is a store that goes away when sessions are to be ended, once.
type awayOnce struct {
	auth.Store
	before bool
}

func (s *awayOnce) EndSessionsOf(ctx context.Context, subject, tenantSession string) error {
	if !s.before {
		s.before = true
		return errors.New("connection refused")
	}
	return s.Store.EndSessionsOf(ctx, subject, tenantSession)
}

func TestLogoutTokenIsUsedWhenItHasEndedSessions(t *testing.T) {
	w := newWorld(t, withOIDC, withOpenID)
	w.Store = &awayOnce{Store: w.Store}
	s := w.signIn(t)
	token := w.tenant.LogoutToken(w.people[0].ID, logoutType, nil)
	if err := w.BackChannelLogout(t.Context(), token); !errors.Is(err, auth.ErrStore) {
		t.Errorf("while the store is away: %v, want ErrStore", err)
	}
	if err := w.BackChannelLogout(t.Context(), token); err != nil {
		t.Errorf("the tenant's second try: %v", err)
	}
	if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("the session lives: %v", err)
	}
}

// Each row is a logout token with one defect.
func TestDefectiveLogoutTokensEndNothing(t *testing.T) {
	event := "http://schemas.openid.net/event/backchannel-logout"
	now := newClock().Now()
	for _, tt := range []struct {
		name, typ string
		change    map[string]any
	}{
		{"type of an ID token response", "at+jwt", nil},
		{"wrong iss", logoutType, map[string]any{"iss": "https://evil.example"}},
		{"no iss", logoutType, map[string]any{"iss": nil}},
		{"wrong aud", logoutType, map[string]any{"aud": "another-client"}},
		{"no aud", logoutType, map[string]any{"aud": nil}},
		{"extra aud", logoutType, map[string]any{"aud": []string{clientID, "another-client"}}},
		{"no iat", logoutType, map[string]any{"iat": nil}},
		{"old iat", logoutType, map[string]any{"iat": now.Add(-time.Hour).Unix()}},
		{"iat in the future", logoutType, map[string]any{"iat": now.Add(time.Hour).Unix()}},
		{"expired", logoutType, map[string]any{"exp": now.Add(-time.Hour).Unix()}},
		{"no jti", logoutType, map[string]any{"jti": nil}},
		{"nonce", logoutType, map[string]any{"nonce": "x"}},
		{"null nonce beside", logoutType, map[string]any{"nonce": ""}},
		{"no events", logoutType, map[string]any{"events": nil}},
		{"other event", logoutType, map[string]any{"events": map[string]any{"x": map[string]any{}}}},
		{"event is no object", logoutType, map[string]any{"events": map[string]any{event: "x"}}},
		{"event is null", logoutType, map[string]any{"events": map[string]any{event: nil}}},
		{"neither sub nor sid", logoutType, map[string]any{"sub": nil}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, withOIDC, withOpenID)
			s := w.signIn(t)
			token := w.tenant.LogoutToken(w.people[0].ID, tt.typ, tt.change)
			if err := w.BackChannelLogout(t.Context(), token); !errors.Is(err, auth.ErrInvalidRequest) {
				t.Errorf("error %v, want ErrInvalidRequest", err)
			}
			if _, err := w.Session(t.Context(), s.ID); err != nil {
				t.Errorf("the session ended: %v", err)
			}
		})
	}
}

func TestForgedLogoutTokensEndNothing(t *testing.T) {
	w := newWorld(t, withOIDC, withOpenID)
	s := w.signIn(t)
	good := w.tenant.LogoutToken(w.people[0].ID, logoutType, nil)
	stranger := newWorld(t, withOIDC, withOpenID)
	for name, token := range map[string]string{
		"empty": "", "not a JWT": "x.y.z", "bad signature": good[:strings.LastIndexByte(good, '.')+1] + "AAAA",
		"another tenant's key": stranger.tenant.LogoutToken(w.people[0].ID, logoutType, map[string]any{"iss": w.tenant.URL}),
		"an ID token":          s.Tokens.IDToken,
	} {
		if err := w.BackChannelLogout(t.Context(), token); !errors.Is(err, auth.ErrInvalidRequest) {
			t.Errorf("%s: %v, want ErrInvalidRequest", name, err)
		}
	}
	if _, err := w.Session(t.Context(), s.ID); err != nil {
		t.Errorf("the session ended: %v", err)
	}
}
