package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/demo"
	"vitrine/qlik"
)

// The tenant ends the token early, on REST or on the engine: a page refreshes
// it once and shows what was asked for.
func TestPagesRefreshARejectedToken(t *testing.T) {
	p := newPortal(t, nil)
	first := p.newBrowser(t)
	first.signIn(t, "/", p.tenant.Analyst())
	app := firstApp(t, first, "Accounts Receivable")
	for _, tt := range []struct{ page, fault string }{
		{"/apps", "/api/v1/items"},
		{"/me", "/api/v1/users"},
		{app, "/api/v1/apps/"},
		{app, "/app/"},
	} {
		b := p.newBrowser(t) // a session of its own
		b.signIn(t, "/", p.tenant.Analyst())
		p.handlers.outlines.cache().Purge()
		before := p.tenant.Stats()
		p.tenant.Inject(demo.Fault{Path: tt.fault, Kind: demo.FaultExpired, Count: 1})
		got := b.get(t, tt.page)
		after := p.tenant.Stats()
		if got.StatusCode != http.StatusOK || strings.Contains(got.body, "no longer accepts") || after.Faults != before.Faults+1 || after.Refreshes != before.Refreshes+1 {
			t.Errorf("%s after a 401 of %s: %d, %d faults, %d refreshes", tt.page, tt.fault, got.StatusCode, after.Faults-before.Faults, after.Refreshes-before.Refreshes)
		}
	}
}

func TestSessionInfoWaitsForNoTenant(t *testing.T) {
	var later atomic.Int64 // how far the portal's clock is ahead
	p := newPortal(t, func(s *demo.Settings) { s.AccessTokenLifetime = time.Second }, func(o *auth.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	})
	b := p.newBrowser(t)
	b.signIn(t, "/", p.tenant.Viewer())
	later.Store(int64(time.Minute)) // the token has ended
	p.tenant.Inject(demo.Fault{Path: "/oauth/token", Kind: demo.FaultStatus, Status: 503})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if got := b.do(t, method, "/api/session", url.Values{}, "Origin", p.URL); got.StatusCode != http.StatusOK {
			t.Errorf("%s /api/session while the tenant is away: %d", method, got.StatusCode)
		}
	}
	if n := p.tenant.Stats().TokenRequests["refresh_token"]; n != 0 {
		t.Errorf("%d refreshes, want none", n)
	}
}

// A sign-in lasts at most 15 minutes; its cookie must outlive it, however old.
func TestBrowserCookieIsSetAtEachSignIn(t *testing.T) {
	b := newPortal(t, nil).newBrowser(t)
	names := map[string]bool{}
	for i := range 2 {
		found := false
		for _, c := range b.get(t, "/login").Cookies() {
			if strings.HasPrefix(c.Name, browserCookie) && c.MaxAge == int(browserMaxAge.Seconds()) {
				found, names[c.Name] = true, true
			}
		}
		if !found {
			t.Errorf("sign-in %d does not set the browser's cookie", i+1)
		}
	}
	if len(names) != 1 {
		t.Errorf("cookies %v, want the same one", names)
	}
}

func TestOutlinesAreBoundedByBytes(t *testing.T) {
	var o outlines
	large := outline{sheets: []qlik.Sheet{{Cells: make([]qlik.Cell, 20_000)}}}
	for i := range 200 {
		o.keep(outlineKey{"user", string(rune('a' + i))}, large)
	}
	if n := o.bytes.Load(); n > maxOutlineBytes || n <= 0 {
		t.Errorf("%d bytes, want at most %d", n, int64(maxOutlineBytes))
	}
	if _, found := o.find(outlineKey{"user", string(rune('a' + 199))}); !found {
		t.Error("the newest is not kept")
	}
	o.keep(outlineKey{"user", string(rune('a' + 199))}, outline{})
	o.cache().Purge()
	if n := o.bytes.Load(); n != 0 {
		t.Errorf("%d bytes in an empty cache", n)
	}
}
