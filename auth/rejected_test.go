package auth_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/demo"
)

// A path that always answers 401 reports every token as rejected.
func TestRejectedTokenIsRefreshedOnce(t *testing.T) {
	w := newWorld(t, nil)
	s := w.signIn(t)
	other := auth.New(w.Options) // another process with the same store
	reject := func() {
		t.Helper()
		for i := range 20 {
			rp := []*auth.RelyingParty{w.RelyingParty, other}[i%2]
			var err error
			if s, err = rp.Session(t.Context(), s.ID); err != nil {
				t.Fatal(err)
			}
			if s, err = rp.Refresh(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
	}
	reject()
	if n := w.tenant.Stats().Refreshes; n > 2 {
		t.Errorf("%d refreshes by two processes, want one each at most", n)
	}
	var counts []int
	for range 6 { // one request a minute, by one process
		w.clock.Add(time.Minute)
		s, _ = w.Session(t.Context(), s.ID)
		if _, err := w.Refresh(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, w.tenant.Stats().Refreshes)
	}
	if n := counts[5] - counts[0]; n > 2 {
		t.Errorf("refreshes minute by minute: %v; want a growing pause", counts)
	}
	// The tenant ends the token during the pause.
	if _, err := w.Qlik.Me(t.Context(), s.Tokens.AccessToken); err != nil {
		s, _ = w.Session(t.Context(), s.ID)
	}
	remove := w.tenant.Inject(demo.Fault{Path: "/api/v1/users/me", Kind: demo.FaultExpired})
	defer remove()
	before := w.tenant.Stats().Refreshes
	fresh, err := w.Refresh(t.Context(), s)
	if err != nil || fresh.Tokens.AccessToken == s.Tokens.AccessToken || w.tenant.Stats().Refreshes != before+1 {
		t.Errorf("a token that has ended was not refreshed at once: %v", err)
	}
}

func TestOnlyAnInvalidGrantIsFinal(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		final  bool
	}{
		{400, `{"error":"invalid_grant"}`, true},
		{401, `{"errors":[{"code":"OAUTH-13","title":"Invalid refresh token"}]}`, true},
		{403, `{"errors":[{"code":"OAUTH-33","title":"Too many tokens"}]}`, false},
		{403, `{"error":"access_denied"}`, false},
		{400, `{"error":"invalid_client"}`, false},
		{401, `{"error":"invalid_client"}`, false},
		{400, `{"error":"unauthorized_client"}`, false},
		{400, `{"error":"invalid_request"}`, false},
		{400, `{"error":"slow_down"}`, false},
		{401, `{"errors":[{"code":"OAUTH-22","title":"Invalid client_secret"}]}`, false},
	} {
		g := &gateway{body: tt.body}
		w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = time.Minute }, func(o *auth.Options) { o.HTTP = &http.Client{Transport: g} })
		s := w.signIn(t)
		w.clock.Add(time.Hour)
		g.says(tt.status, http.Header{"Content-Type": {"application/json"}})
		if _, err := w.Session(t.Context(), s.ID); errors.Is(err, auth.ErrNoSession) != tt.final {
			t.Errorf("%d %s: %v; final: %v", tt.status, tt.body, err, tt.final)
		}
	}
}

func TestRetryAfterIsCapped(t *testing.T) {
	for status, limit := range map[int]time.Duration{503: time.Minute, 429: 5 * time.Minute} {
		w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = time.Minute })
		s := w.signIn(t)
		w.clock.Add(time.Hour)
		w.tenant.Inject(demo.Fault{Path: "/oauth/token", Kind: demo.FaultStatus, Status: status, RetryAfter: 86400, Count: 1})
		if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrTenant) {
			t.Fatalf("error %v, want ErrTenant", err)
		}
		w.clock.Add(limit + time.Second)
		if _, err := w.Session(t.Context(), s.ID); err != nil {
			t.Errorf("%d with Retry-After of a day, after %v: %v", status, limit, err)
		}
	}
}

func TestFaultOfUsersMeIsNoIdentity(t *testing.T) {
	for status, want := range map[int]error{
		401: auth.ErrAccessDenied, 403: auth.ErrAccessDenied,
		400: auth.ErrTenant, 429: auth.ErrTenant, 500: auth.ErrTenant, 503: auth.ErrTenant,
		404: nil, 405: nil, 501: nil,
	} {
		w := newWorld(t, withOIDC, withOpenID)
		resp := w.authorize(t, browser, "/")
		w.tenant.Inject(demo.Fault{Path: "/api/v1/users/me", Kind: demo.FaultStatus, Status: status})
		s, _, err := w.Complete(t.Context(), browser, resp)
		if !errors.Is(err, want) || (s.ID != "") != (want == nil) {
			t.Errorf("users/me answers %d: session %v, error %v; want %v", status, s.ID != "", err, want)
		}
	}
	w := newWorld(t, withOIDC, withOpenID)
	resp := w.authorize(t, browser, "/")
	w.tenant.Inject(demo.Fault{Path: "/api/v1/users/me", Kind: demo.FaultReset})
	if _, _, err := w.Complete(t.Context(), browser, resp); !errors.Is(err, auth.ErrTenant) {
		t.Errorf("users/me breaks off: %v, want ErrTenant", err)
	}
}

func TestIDTokenOfTheWrongTypeIsABrokenAnswer(t *testing.T) {
	g := &gateway{body: `{"access_token":"a","token_type":"bearer","expires_in":60,"id_token":{"sub":"x"}}`}
	w := newWorld(t, withOIDC, withOpenID, func(o *auth.Options) { o.HTTP = &http.Client{Transport: g} })
	resp := w.authorize(t, browser, "/")
	g.says(200, http.Header{"Content-Type": {"application/json"}})
	if _, _, err := w.Complete(t.Context(), browser, resp); !errors.Is(err, auth.ErrTenant) || !strings.Contains(err.Error(), "id_token") {
		t.Errorf("error %v, want ErrTenant that names id_token", err)
	}
}

// countKeys counts requests for the tenant's signing keys.
type countKeys struct{ n atomic.Int32 }

func (k *countKeys) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "jwks.json") || strings.Contains(r.URL.Path, "jwks") {
		k.n.Add(1)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestForgedLogoutTokensFetchTheKeysOnce(t *testing.T) {
	keys := &countKeys{}
	w := newWorld(t, withOIDC, withOpenID, func(o *auth.Options) { o.HTTP = &http.Client{Transport: keys} })
	s := w.signIn(t)
	forger := newWorld(t, withOIDC, withOpenID) // a tenant with other keys
	before := keys.n.Load()
	for range 20 {
		forged := forger.tenant.LogoutToken(w.people[0].ID, logoutType, map[string]any{"iss": w.tenant.URL})
		if err := w.BackChannelLogout(t.Context(), forged); !errors.Is(err, auth.ErrInvalidRequest) {
			t.Fatalf("forged token: %v", err)
		}
	}
	if n := keys.n.Load() - before; n != 1 {
		t.Errorf("20 forged logout tokens: %d requests for the keys, want 1", n)
	}
	// A rotation is picked up, for sign-ins even at once.
	if err := w.tenant.RotateKeys(); err != nil {
		t.Fatal(err)
	}
	w.signIn(t)
	w.clock.Add(time.Minute)
	if err := w.BackChannelLogout(t.Context(), w.tenant.LogoutToken(w.people[0].ID, logoutType, nil)); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
	if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("the session lives: %v", err)
	}
}
