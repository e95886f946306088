package auth_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/demo"
)

func TestTokenIsRefreshedEarly(t *testing.T) {
	for _, tt := range []struct {
		lifetime, after time.Duration
		due             bool
	}{
		{6 * time.Hour, 6*time.Hour - 61*time.Second, false},
		{6 * time.Hour, 6*time.Hour - 30*time.Second, true},
		{100 * time.Second, 89 * time.Second, false},
		{100 * time.Second, 95 * time.Second, true},
		{100 * time.Second, time.Hour, true},
	} {
		w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = tt.lifetime })
		before := w.signIn(t)
		w.clock.Add(tt.after)
		after, err := w.Session(t.Context(), before.ID)
		if err != nil {
			t.Fatal(err)
		}
		if refreshed := after.Tokens.AccessToken != before.Tokens.AccessToken; refreshed != tt.due || after.ID != before.ID {
			t.Errorf("token of %v after %v: refreshed=%v, want %v; ID stays: %v", tt.lifetime, tt.after, refreshed, tt.due, after.ID == before.ID)
		}
	}
}

func TestManyRequestsMakeOneRefresh(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = time.Minute })
	s := w.signIn(t)
	other := auth.New(w.Options) // another process with the same store
	w.clock.Add(time.Hour)
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			rp := []*auth.RelyingParty{w.RelyingParty, other}[i%2]
			if _, err := rp.Session(t.Context(), s.ID); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := w.tenant.Stats(); got.TokenRequests["refresh_token"] != 1 || got.RefreshReuses != 0 {
		t.Errorf("%d refresh requests, %d reuses; want 1 and 0", got.TokenRequests["refresh_token"], got.RefreshReuses)
	}
}

func TestRefreshSurvivesTheBrowserThatLeft(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = time.Minute })
	s := w.signIn(t)
	w.clock.Add(time.Hour)
	remove := w.tenant.Inject(demo.Fault{Path: "/oauth/token", Kind: demo.FaultSlow, Delay: 100 * time.Millisecond})
	ctx, leave := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer leave()
	if _, err := w.Session(ctx, s.ID); err == nil {
		t.Fatal("the browser did not leave early")
	}
	remove()
	if _, err := w.Session(t.Context(), s.ID); err != nil {
		t.Errorf("the next request: %v", err)
	}
	if got := w.tenant.Stats(); got.Refreshes != 1 || got.RefreshReuses != 0 {
		t.Errorf("%d refreshes, %d reuses; want 1 and 0: the rotated token was saved", got.Refreshes, got.RefreshReuses)
	}
}

func TestRotationOffKeepsTheRefreshToken(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime, s.Rotation = time.Minute, false })
	s := w.signIn(t)
	for range 3 {
		w.clock.Add(time.Hour)
		if _, err := w.Session(t.Context(), s.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// Only the tenant's final no ends a session.
func TestFaultsOfTheTenantKeepTheSession(t *testing.T) {
	for _, fault := range []demo.Fault{
		{Kind: demo.FaultStatus, Status: 500}, {Kind: demo.FaultStatus, Status: 503}, {Kind: demo.FaultStatus, Status: 429},
		{Kind: demo.FaultReset}, {Kind: demo.FaultMalformed}, {Kind: demo.FaultTruncated}, {Kind: demo.FaultHTML}, {Kind: demo.FaultEmpty},
	} {
		fault.Path = "/oauth/token"
		t.Run(string(fault.Kind)+" "+http.StatusText(fault.Status), func(t *testing.T) {
			w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = 100 * time.Second })
			s := w.signIn(t)
			remove := w.tenant.Inject(fault)
			w.clock.Add(95 * time.Second) // due, and still good
			if got, err := w.Session(t.Context(), s.ID); err != nil || got.Tokens.AccessToken != s.Tokens.AccessToken {
				t.Errorf("while the old token serves: %v", err)
			}
			w.clock.Add(time.Minute) // dead
			if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrTenant) || errors.Is(err, auth.ErrNoSession) {
				t.Errorf("with a dead token: %v, want ErrTenant", err)
			}
			remove()
			if _, err := w.Session(t.Context(), s.ID); err != nil {
				t.Errorf("after the fault: %v", err)
			}
		})
	}
}

func TestFinalNoEndsTheSession(t *testing.T) {
	for _, form := range []demo.ErrorForm{demo.ErrorQlik, demo.ErrorRFC6749} {
		w := newWorld(t, func(s *demo.Settings) {
			s.AccessTokenLifetime, s.RefreshTokenLifetime, s.ErrorForm = time.Minute, 10*time.Minute, form
		})
		s := w.signIn(t)
		w.clock.Add(time.Hour)
		if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrNoSession) {
			t.Errorf("%s: %v, want ErrNoSession", form, err)
		}
		if _, found, err := w.Store.PeekSession(t.Context(), s.ID); found || err != nil {
			t.Errorf("%s: the session is still there", form)
		}
	}
}

func TestWrongClientSecretKeepsTheSession(t *testing.T) {
	secret := clientSecret
	w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = time.Minute }, func(o *auth.Options) { o.ClientSecret = func() string { return secret } })
	s := w.signIn(t)
	w.clock.Add(time.Hour)
	secret = "stale"
	if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrTenant) {
		t.Errorf("with a stale secret: %v, want ErrTenant", err)
	}
	secret = clientSecret
	if _, err := w.Session(t.Context(), s.ID); err != nil {
		t.Errorf("after an admin mended it: %v", err)
	}
}

func TestWithoutRefreshTokenTheTokenIsTheEnd(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = 100 * time.Second }, func(o *auth.Options) { o.Scopes = []string{"user_default"} })
	s := w.signIn(t)
	w.clock.Add(95 * time.Second)
	if _, err := w.Session(t.Context(), s.ID); err != nil {
		t.Errorf("while the token serves: %v", err)
	}
	w.clock.Add(10 * time.Second)
	if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("after it: %v, want ErrNoSession", err)
	}
}

func TestMaxAgeEndsTheSession(t *testing.T) {
	w := newWorld(t, nil, func(o *auth.Options) { o.SessionMaxAge = time.Hour })
	s := w.signIn(t)
	w.clock.Add(time.Hour)
	if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("error %v, want ErrNoSession", err)
	}
}

func TestEndDeletesFirstAndRevokesBoth(t *testing.T) {
	w := newWorld(t, nil)
	s := w.signIn(t)
	if err := w.End(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("after sign-out: %v", err)
	}
	if n := w.tenant.Stats().Revocations; n != 2 {
		t.Errorf("%d revocations, want 2", n)
	}
	if _, err := w.Qlik.Me(t.Context(), s.Tokens.AccessToken); err == nil {
		t.Error("the access token still works")
	}
	if err := w.End(t.Context(), s.ID); err != nil {
		t.Errorf("a second sign-out: %v", err)
	}
}

func TestEndWithTheTenantAwayStillEnds(t *testing.T) {
	w := newWorld(t, nil)
	s := w.signIn(t)
	w.tenant.Inject(demo.Fault{Path: "/oauth/revoke", Kind: demo.FaultStatus, Status: 500})
	if err := w.End(t.Context(), s.ID); !errors.Is(err, auth.ErrTenant) {
		t.Errorf("error %v, want ErrTenant", err)
	}
	if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("the session lives on: %v", err)
	}
}

func TestOutboxTellsTheTenantWhenItIsBack(t *testing.T) {
	w := newWorld(t, nil)
	s := w.signIn(t)
	remove := w.tenant.Inject(demo.Fault{Path: "/oauth/revoke", Kind: demo.FaultStatus, Status: 503})
	if err := w.End(t.Context(), s.ID); !errors.Is(err, auth.ErrTenant) {
		t.Fatalf("error %v, want ErrTenant", err)
	}
	if results, err := w.Deliver(t.Context()); err != nil || len(results) != 0 {
		t.Errorf("tried again at once: %v, %v", results, err)
	}
	w.clock.Add(time.Minute)
	if results, err := w.Deliver(t.Context()); err != nil || len(results) != 1 || results[0].Fault == nil {
		t.Errorf("while the tenant is away: %v, %v", results, err)
	}
	remove()
	w.clock.Add(time.Minute)
	if results, err := w.Deliver(t.Context()); err != nil || len(results) != 1 || results[0].Fault != nil || results[0].UserID != s.User.ID {
		t.Errorf("when it is back: %v, %v", results, err)
	}
	w.clock.Add(time.Hour)
	if results, _ := w.Deliver(t.Context()); len(results) != 0 {
		t.Errorf("told again: %v", results)
	}
	if _, err := w.Qlik.Me(t.Context(), s.Tokens.AccessToken); err == nil {
		t.Error("the access token still works")
	}
}

func TestRefreshesAreSpreadWithinTheWindow(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = 1000 * time.Second })
	var sessions []auth.Session
	for range 12 {
		sessions = append(sessions, w.signIn(t))
	}
	var asked []int
	for range 32 { // from the beginning of the window of a minute to its middle
		for _, s := range sessions {
			if _, err := w.Session(t.Context(), s.ID); err != nil {
				t.Fatal(err)
			}
		}
		asked = append(asked, w.tenant.Stats().Refreshes)
		w.clock.Add(time.Second)
		if len(asked) == 1 {
			w.clock.Add(939 * time.Second)
		}
	}
	if first, last := asked[1], asked[len(asked)-1]; first > 4 || last != 12 {
		t.Errorf("refreshes by the second: %v; want them spread", asked)
	}
}

func TestTenantsRetryAfterIsObeyed(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = time.Minute })
	s := w.signIn(t)
	w.clock.Add(time.Hour)
	w.tenant.Inject(demo.Fault{Path: "/oauth/token", Kind: demo.FaultStatus, Status: 429, RetryAfter: 13, Count: 1})
	for range 5 {
		if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrTenant) {
			t.Fatalf("error %v, want ErrTenant", err)
		}
		w.clock.Add(2 * time.Second)
	}
	if n := w.tenant.Stats().TokenRequests["refresh_token"]; n > 1 {
		t.Errorf("the tenant was asked %d times before its time", n)
	}
	w.clock.Add(4 * time.Second)
	if _, err := w.Session(t.Context(), s.ID); err != nil {
		t.Errorf("after its time: %v", err)
	}
}

func TestClockDifferenceIsMeasured(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.ExpiresAs = demo.ExpiresAt })
	if off := w.ClockDifference(); off != 0 {
		t.Errorf("%v before anyone was asked", off)
	}
	// The tenant's Date is the real clock; ours goes half a minute slow.
	w.clock.Add(-30 * time.Second)
	w.signIn(t)
	if off := w.ClockDifference(); off < 28*time.Second || off > 40*time.Second {
		t.Errorf("the tenant is %v ahead, want about 30s", off)
	}
}
