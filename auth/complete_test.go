package auth_test

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/demo"
)

func TestSignIn(t *testing.T) {
	w := newWorld(t, nil)
	s, returnTo, err := w.Complete(t.Context(), browser, w.authorize(t, browser, "/apps/1?x=y"))
	if err != nil {
		t.Fatal(err)
	}
	if returnTo != "/apps/1?x=y" {
		t.Errorf("returnTo=%q", returnTo)
	}
	if s.User.ID != w.people[0].ID || s.User.Name != w.people[0].Name {
		t.Errorf("user %+v, want %+v", s.User, w.people[0])
	}
	if s.Tokens.RefreshToken == "" || s.Tokens.Expiry.Sub(w.clock.Now()) != 6*time.Hour {
		t.Errorf("token expires %v, has refresh token: %v", s.Tokens.Expiry, s.Tokens.RefreshToken != "")
	}
	loaded, err := w.Session(t.Context(), s.ID)
	if err != nil || loaded.User.ID != s.User.ID || loaded.Tokens.AccessToken != s.Tokens.AccessToken {
		t.Errorf("loaded %v, %v", loaded.User, err)
	}
}

func TestAuthorizationRequestIsWhatTheTenantWants(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.OIDC = true }, withOpenID)
	one, err := w.Begin(t.Context(), browser, "/")
	if err != nil {
		t.Fatal(err)
	}
	two, _ := w.Begin(t.Context(), browser, "/")
	first, second := queryOf(t, one), queryOf(t, two)
	for name, want := range map[string]string{
		"response_type": "code", "client_id": clientID, "redirect_uri": redirectURI,
		"scope": "openid user_default offline_access", "code_challenge_method": "S256",
	} {
		if got := first.Get(name); got != want {
			t.Errorf("%s=%q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if value := first.Get(name); len(value) < 32 || value == second.Get(name) {
			t.Errorf("%s=%q, then %q; want two long random values", name, value, second.Get(name))
		}
	}
	if !strings.HasPrefix(one, w.tenant.URL+"/oauth/authorize?") {
		t.Errorf("authorization endpoint %q", one)
	}
}

func queryOf(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// Each row spoils one thing of a good authorization response.
func TestDefectiveResponsesGiveNoSession(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(*auth.AuthorizationResponse)
		from  string // the browser that brings it
		want  error
	}{
		{"no state", func(r *auth.AuthorizationResponse) { r.State = "" }, browser, auth.ErrInvalidRequest},
		{"unknown state", func(r *auth.AuthorizationResponse) { r.State += "x" }, browser, auth.ErrInvalidRequest},
		{"state of another browser", func(*auth.AuthorizationResponse) {}, "browser-2", auth.ErrInvalidRequest},
		{"no browser", func(*auth.AuthorizationResponse) {}, "", auth.ErrInvalidRequest},
		{"another issuer", func(r *auth.AuthorizationResponse) { r.Issuer = "https://evil.example" }, browser, auth.ErrInvalidRequest},
		{"neither code nor error", func(r *auth.AuthorizationResponse) { r.Code = "" }, browser, auth.ErrInvalidRequest},
		{"the person said no", func(r *auth.AuthorizationResponse) { r.Error = "access_denied" }, browser, auth.ErrAccessDenied},
		{"login required", func(r *auth.AuthorizationResponse) { r.Error = "login_required" }, browser, auth.ErrAccessDenied},
		{"error beside a code", func(r *auth.AuthorizationResponse) { r.Error = "unauthorized_client" }, browser, auth.ErrAccessDenied},
		{"tenant has a fault", func(r *auth.AuthorizationResponse) { r.Error = "server_error" }, browser, auth.ErrTenant},
		{"tenant is busy", func(r *auth.AuthorizationResponse) { r.Error = "temporarily_unavailable" }, browser, auth.ErrTenant},
		{"code the tenant does not know", func(r *auth.AuthorizationResponse) { r.Code = "made-up" }, browser, auth.ErrTenant},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, nil)
			resp := w.authorize(t, browser, "/")
			tt.spoil(&resp)
			s, _, err := w.Complete(t.Context(), tt.from, resp)
			if !errors.Is(err, tt.want) || s.ID != "" {
				t.Errorf("session %q, error %v; want none, and %v", s.ID, err, tt.want)
			}
			if strings.Contains(err.Error(), resp.Code) && resp.Code != "" {
				t.Errorf("the error tells the code: %v", err)
			}
		})
	}
}

func TestPromisedIssuerMustCome(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.IssuerParameter = true })
	resp := w.authorize(t, browser, "/")
	if resp.Issuer != w.tenant.URL {
		t.Fatalf("iss=%q, want the tenant", resp.Issuer)
	}
	without := resp
	without.Issuer = ""
	if _, _, err := w.Complete(t.Context(), browser, without); !errors.Is(err, auth.ErrInvalidRequest) {
		t.Errorf("without the promised iss: %v", err)
	}
	if _, _, err := w.Complete(t.Context(), browser, w.authorize(t, browser, "/")); err != nil {
		t.Errorf("with iss: %v", err)
	}
}

func TestReplayFindsTheReturnPathAndAsksNothing(t *testing.T) {
	w := newWorld(t, nil)
	resp := w.authorize(t, browser, "/apps")
	if _, _, err := w.Complete(t.Context(), browser, resp); err != nil {
		t.Fatal(err)
	}
	asked := w.tenant.Stats().TokenRequests["authorization_code"]
	for range 2 { // however often
		s, returnTo, err := w.Complete(t.Context(), browser, resp)
		if !errors.Is(err, auth.ErrReplayed) || !errors.Is(err, auth.ErrInvalidRequest) || returnTo != "/apps" || s.ID != "" {
			t.Errorf("replay: session %q, returnTo %q, error %v", s.ID, returnTo, err)
		}
	}
	if _, returnTo, err := w.Complete(t.Context(), "browser-2", resp); errors.Is(err, auth.ErrReplayed) || returnTo != "" || !errors.Is(err, auth.ErrInvalidRequest) {
		t.Errorf("replay by another browser: returnTo %q, error %v", returnTo, err)
	}
	if now := w.tenant.Stats().TokenRequests["authorization_code"]; now != asked {
		t.Errorf("replays led to %d token requests", now-asked)
	}
}

// Tabs that are restored, and browsers that repeat a request, bring one response
// several times at once.
func TestConcurrentCallbacksExchangeOneCode(t *testing.T) {
	w := newWorld(t, nil)
	resp := w.authorize(t, browser, "/apps")
	var wg sync.WaitGroup
	var sessions atomic.Int64
	for i := range 24 {
		from := []string{browser, "browser-2", ""}[i%3]
		wg.Go(func() {
			_, returnTo, err := w.Complete(t.Context(), from, resp)
			switch {
			case from == browser && err == nil:
				sessions.Add(1)
			case from == browser && (!errors.Is(err, auth.ErrReplayed) || returnTo != "/apps"):
				t.Errorf("its own browser: returnTo %q, error %v", returnTo, err)
			case from != browser && (!errors.Is(err, auth.ErrInvalidRequest) || errors.Is(err, auth.ErrReplayed)):
				t.Errorf("browser %q: %v", from, err)
			}
		})
	}
	wg.Wait()
	if n, asked := sessions.Load(), w.tenant.Stats().TokenRequests["authorization_code"]; n != 1 || asked != 1 {
		t.Errorf("%d sessions and %d token requests, want 1 and 1", n, asked)
	}
}

func TestRefusalSpendsTheStateOfItsBrowserOnly(t *testing.T) {
	w := newWorld(t, nil)
	resp := w.authorize(t, browser, "/")
	refusal := resp
	refusal.Code, refusal.Error = "", "access_denied"
	if _, _, err := w.Complete(t.Context(), "browser-2", refusal); !errors.Is(err, auth.ErrInvalidRequest) {
		t.Errorf("another browser: %v", err)
	}
	if _, _, err := w.Complete(t.Context(), browser, refusal); !errors.Is(err, auth.ErrAccessDenied) {
		t.Errorf("its own browser: %v, want access denied", err)
	}
	if _, _, err := w.Complete(t.Context(), browser, resp); !errors.Is(err, auth.ErrReplayed) {
		t.Errorf("a code after the refusal: %v, want a used state", err)
	}
	if asked := w.tenant.Stats().TokenRequests["authorization_code"]; asked != 0 {
		t.Errorf("%d token requests, want none", asked)
	}
}

func TestTokenAnswersOfAllKinds(t *testing.T) {
	for _, tt := range []struct {
		name    string
		setting func(*demo.Settings)
		want    time.Duration
	}{
		{"expires_in as number", func(s *demo.Settings) { s.ExpiresAs = demo.ExpiresNumber }, 6 * time.Hour},
		{"expires_in as text", func(s *demo.Settings) { s.ExpiresAs = demo.ExpiresString }, 6 * time.Hour},
		{"only expires_at", func(s *demo.Settings) { s.ExpiresAs = demo.ExpiresAt }, 6 * time.Hour},
		{"no word of expiry", func(s *demo.Settings) { s.ExpiresAs = demo.ExpiresNever }, 5 * time.Minute},
		{"upper-case bearer", func(s *demo.Settings) { s.TokenType = "BEARER" }, 6 * time.Hour},
		{"no metadata", func(s *demo.Settings) { s.NoMetadata = true }, 6 * time.Hour},
		{"client by body only", func(s *demo.Settings) { s.ClientAuth = demo.ClientAuthBody }, 6 * time.Hour},
		{"consent asked", func(s *demo.Settings) { s.Consent = demo.ConsentRequired }, 6 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, tt.setting)
			if got := w.signIn(t).Tokens.Expiry.Sub(w.clock.Now()); got < tt.want-time.Second || got > tt.want {
				t.Errorf("lifetime %v, want %v", got, tt.want)
			}
		})
	}
}

func TestGrantedScopeIsRemembered(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.GrantedScope = "user_default" })
	if got := w.signIn(t).Tokens.Scope; got != "user_default" {
		t.Errorf("scope=%q, want what was granted", got)
	}
}

func TestClientByBasic(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.ClientAuth = demo.ClientAuthBasic }, func(o *auth.Options) { o.ClientAuthBasic = true })
	if err := w.End(t.Context(), w.signIn(t).ID); err != nil {
		t.Error(err)
	}
}

func TestTenantFaultsAtSignIn(t *testing.T) {
	for _, tt := range []struct {
		name    string
		setting func(*demo.Settings)
		want    error
	}{
		{"token of another type", func(s *demo.Settings) { s.TokenType = "mac" }, auth.ErrTenant},
		{"too many tokens", func(s *demo.Settings) { s.TooManyTokens = true }, auth.ErrAccessDenied},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, nil)
			resp := w.authorize(t, browser, "/")
			w.tenant.Configure(tt.setting)
			if s, _, err := w.Complete(t.Context(), browser, resp); !errors.Is(err, tt.want) || s.ID != "" {
				t.Errorf("session %q, error %v; want %v", s.ID, err, tt.want)
			}
		})
	}
}

func TestMetadataOfAnotherIssuerIsRefused(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.WrongIssuerMetadata = true })
	if _, err := w.Begin(t.Context(), browser, "/"); !errors.Is(err, auth.ErrTenant) {
		t.Errorf("error %v, want ErrTenant", err)
	}
}

func TestTwentyTabsSignInSideBySide(t *testing.T) {
	w := newWorld(t, nil)
	var responses []auth.AuthorizationResponse
	for range 20 {
		responses = append(responses, w.authorize(t, browser, "/"))
	}
	ids := map[string]bool{}
	for i := range responses {
		s, _, err := w.Complete(t.Context(), browser, responses[len(responses)-1-i])
		if err != nil {
			t.Fatalf("tab %d: %v", i, err)
		}
		ids[s.ID] = true
	}
	if len(ids) != 20 {
		t.Errorf("%d different session IDs, want 20", len(ids))
	}
}
