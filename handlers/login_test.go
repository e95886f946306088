package handlers

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/store"
)

func TestSignInLeadsBack(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	person := p.tenant.Viewer()
	if got := b.signIn(t, "/apps?sort=name", person).Header.Get("Location"); got != "/apps?sort=name" {
		t.Errorf("led to %q", got)
	}
	session := b.get(t, "/api/session")
	var info struct {
		Authenticated bool
		User          struct{ ID, Name, Email string }
		ExpiresAt     time.Time `json:"expires_at"`
	}
	if err := json.Unmarshal([]byte(session.body), &info); err != nil || !info.Authenticated {
		t.Fatalf("session: %s (%v)", session.body, err)
	}
	if info.User.ID != person.ID || info.User.Email != person.Email || time.Until(info.ExpiresAt) < 25*time.Minute {
		t.Errorf("session says %+v", info)
	}
	if got := session.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control=%q", got)
	}
}

// TestSignInRedirects: addresses go out as bytes that every browser and proxy
// takes, and nothing that comes with them may run or be framed.
func TestSignInRedirects(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	start := b.get(t, "/login?return_to=%2Fapps%3Fq%3DZ%C3%BCrich")
	end := b.get(t, p.tenant.Authorize(t, start.Header.Get("Location"), p.tenant.Viewer()))
	if got := end.Header.Get("Location"); !strings.EqualFold(got, "/apps?q=Z%C3%BCrich") {
		t.Errorf("led to %q", got)
	}
	for _, a := range []answer{start, end} {
		if a.StatusCode/100 != 3 || a.Header.Get("Content-Security-Policy") != nothingAllowed[0] || a.Header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%d with %v", a.StatusCode, a.Header)
		}
	}
}

func TestSignInCookies(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	start := b.get(t, "/login")
	end := b.get(t, p.tenant.Authorize(t, start.Header.Get("Location"), p.tenant.Viewer()))
	for _, tt := range []struct {
		resp  answer
		names []string
	}{{start, []string{browserCookie}}, {end, []string{sessionCookie, bounceCookie}}} {
		cookies := tt.resp.Cookies()
		if len(cookies) != len(tt.names) {
			t.Fatalf("cookies %v, want %v", cookies, tt.names)
		}
		for i, c := range cookies {
			if !strings.HasPrefix(c.Name, tt.names[i]) {
				t.Errorf("cookie %s, want %s", c.Name, tt.names[i])
			}
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Raw) > 512 {
				t.Errorf("%s: %s", c.Name, c.Raw)
			}
			if strings.Contains(c.Raw, "eyJ") {
				t.Errorf("%s holds a token", c.Name)
			}
		}
	}
}

func TestHTTPSCookiesBelongToThisHostOnly(t *testing.T) {
	h := &Handlers{secure: true}
	if name := h.cookieName(sessionCookie); name != "__Host-vitrine" {
		t.Errorf("cookie is called %s", name)
	}
	if o := h.cookieOptions(); !o.Secure || !o.HttpOnly || o.Path != "/" || o.Domain != "" {
		t.Errorf("options %+v", o)
	}
}

func TestEverySignInGetsAnewID(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	b.signIn(t, "/", p.tenant.Viewer())
	first := b.cookie(t, sessionCookie)
	b.signIn(t, "/", p.tenant.Viewer())
	if second := b.cookie(t, sessionCookie); second == first || second == "" {
		t.Error("the session ID stayed the same over a sign-in")
	}
}

// Each row is a callback that must not sign anyone in.
func TestBadCallbacks(t *testing.T) {
	for _, tt := range []struct {
		name   string
		spoil  func(t *testing.T, b *browser, q url.Values)
		status int
	}{
		{"missing state", func(_ *testing.T, _ *browser, q url.Values) { q.Del("state") }, 400},
		{"unknown state", func(_ *testing.T, _ *browser, q url.Values) { q.Set("state", "made.up") }, 400},
		{"state twice", func(_ *testing.T, _ *browser, q url.Values) { q.Add("state", q.Get("state")) }, 400},
		{"code twice", func(_ *testing.T, _ *browser, q url.Values) { q.Add("code", "another") }, 400},
		{"another browser", func(t *testing.T, b *browser, _ url.Values) { *b = *b.portal.newBrowser(t) }, 400},
		{"another browser with a sign-in of its own", func(t *testing.T, b *browser, _ url.Values) {
			*b = *b.portal.newBrowser(t)
			b.get(t, "/login")
		}, 400},
		{"person said no", func(_ *testing.T, _ *browser, q url.Values) { q.Del("code"); q.Set("error", "access_denied") }, 403},
		{"tenant has a fault", func(_ *testing.T, _ *browser, q url.Values) { q.Del("code"); q.Set("error", "server_error") }, 502},
		{"unknown code", func(_ *testing.T, _ *browser, q url.Values) { q.Set("code", "made-up") }, 502},
		{"token endpoint is broken", func(_ *testing.T, b *browser, _ url.Values) {
			b.portal.tenant.Inject(demo.Fault{Path: "/oauth/token", Kind: demo.FaultMalformed})
		}, 502},
		{"users/me is broken", func(_ *testing.T, b *browser, _ url.Values) {
			b.portal.tenant.Inject(demo.Fault{Path: "/api/v1/users", Kind: demo.FaultStatus, Status: 500})
		}, 502},
		{"store is away", func(_ *testing.T, b *browser, _ url.Values) { b.portal.redis.SetError("LOADING") }, 503},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPortal(t, nil)
			b := p.newBrowser(t)
			back, err := url.Parse(b.authorize(t, "/", p.tenant.Viewer()))
			if err != nil {
				t.Fatal(err)
			}
			q := back.Query()
			tt.spoil(t, b, q)
			got := b.get(t, callbackPath+"?"+q.Encode())
			if got.StatusCode != tt.status || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
				t.Errorf("status %d, %s; want a page with %d", got.StatusCode, got.Header.Get("Content-Type"), tt.status)
			}
			if b.cookie(t, sessionCookie) != "" || got.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("cookie set, or answer cacheable (%s)", got.Header.Get("Cache-Control"))
			}
			if (tt.status == 503) != (got.Header.Get("Retry-After") != "") {
				t.Errorf("Retry-After=%q", got.Header.Get("Retry-After"))
			}
			if code := q.Get("code"); code != "" && strings.Contains(got.body+p.log.String(), code) {
				t.Error("the code can be read in the page or the log")
			}
		})
	}
}

func TestReplayedCallbackLeadsBackWhileTheSessionLives(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	back := b.authorize(t, "/apps", p.tenant.Viewer())
	b.get(t, back)
	for range 2 {
		if got := b.get(t, back); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/apps" {
			t.Errorf("replay: %d to %q", got.StatusCode, got.Header.Get("Location"))
		}
	}
	if n := p.tenant.Stats().TokenRequests["authorization_code"]; n != 1 {
		t.Errorf("%d token requests, want 1", n)
	}
	b.do(t, http.MethodPost, "/logout", url.Values{}, "Origin", p.URL)
	if got := b.get(t, back); got.StatusCode != http.StatusBadRequest {
		t.Errorf("replay after sign-out: %d, want 400", got.StatusCode)
	}
}

func TestTabsOfANewBrowserSignInSideBySide(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	// No tab has a cookie when it starts: all ask before any is answered.
	var wg sync.WaitGroup
	starts := make([]answer, 20)
	for i := range starts {
		wg.Go(func() { starts[i] = p.newBrowser(t).get(t, "/login?return_to=/apps") })
	}
	wg.Wait()
	home, _ := url.Parse(p.URL)
	for _, start := range starts {
		b.Jar.SetCookies(home, start.Cookies())
	}
	for i, start := range starts {
		back := p.tenant.Authorize(t, start.Header.Get("Location"), p.tenant.Viewer())
		if got := b.get(t, back); got.StatusCode != http.StatusSeeOther {
			t.Errorf("tab %d: %d", i, got.StatusCode)
		}
	}
}

func TestOnlyNavigationsStartASignIn(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	for _, tt := range []struct {
		name   string
		header []string
		status int
	}{
		{"a link", []string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 302},
		{"a client that says nothing", nil, 302},
		{"fetch", []string{"Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}, 401},
		{"a frame", []string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 401},
		{"an image", []string{"Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, 401},
		{"a script of an old browser", []string{"X-Requested-With", "XMLHttpRequest"}, 401},
		{"a client of JSON", []string{"Accept", "application/json"}, 401},
	} {
		for _, path := range []string{"/login", "/apps"} {
			got := b.get(t, path, tt.header...)
			if got.StatusCode != tt.status {
				t.Errorf("%s of %s: %d, want %d", tt.name, path, got.StatusCode, tt.status)
			}
			if tt.status == 401 && !strings.Contains(got.body, `"error":{"code":"sign_in_needed"`) {
				t.Errorf("%s of %s: %s", tt.name, path, got.body)
			}
		}
	}
	if got := b.get(t, "/apps/1?x=y").Header.Get("Location"); got != "/login?return_to=%2Fapps%2F1%3Fx%3Dy" {
		t.Errorf("led to %q", got)
	}
}

func TestSignInLog(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	b.signIn(t, "/", p.tenant.Viewer())
	back, err := url.Parse(b.authorize(t, "/", p.tenant.Viewer()))
	if err != nil {
		t.Fatal(err)
	}
	q := back.Query()
	q.Set("error", "access_denied")
	b.get(t, callbackPath+"?"+q.Encode())
	if err := p.db.WriteSignIns(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := p.db.SignIns(t.Context(), store.SignInFilter{})
	if err != nil || len(entries) != 2 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	if failed, good := entries[0], entries[1]; failed.Result != store.SignInDenied || failed.UserID != "" ||
		good.Result != store.SignInSucceeded || good.UserID != p.tenant.Viewer().ID || good.Address != "127.0.0.1" {
		t.Errorf("entries %+v", entries)
	}
}

func TestSignInWithoutDatabase(t *testing.T) {
	p := newPortal(t, nil)
	_ = p.db.Close()
	b := p.newBrowser(t)
	b.signIn(t, "/", p.tenant.Viewer())
	if got := b.get(t, "/apps"); got.StatusCode != http.StatusOK {
		t.Errorf("apps without database: %d", got.StatusCode)
	}
}

func TestDisabledPersonIsToldSo(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	if got := b.get(t, b.authorize(t, "/", p.tenant.Disabled())); got.StatusCode != http.StatusForbidden {
		t.Errorf("status %d, want 403", got.StatusCode)
	}
}

func TestThirdBounceIsExplained(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	home, _ := url.Parse(p.URL)
	lose := func() { // what a front does that drops the session cookie
		b.Jar.SetCookies(home, []*http.Cookie{{Name: sessionCookie, Path: "/", MaxAge: -1}})
	}
	for i := range bounceLimit {
		if got := b.get(t, "/apps"); got.StatusCode != http.StatusFound {
			t.Fatalf("bounce %d: %d", i+1, got.StatusCode)
		}
		b.signIn(t, "/apps", p.tenant.Viewer())
		lose()
	}
	got := b.get(t, "/apps")
	if got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.body, "Signing in does not hold") || got.Header.Get("Location") != "" {
		t.Errorf("fourth redirect: %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
	b.signIn(t, "/apps", p.tenant.Viewer())
	if got := b.get(t, "/apps"); got.StatusCode != http.StatusOK || b.cookie(t, bounceCookie) != "" {
		t.Errorf("after the button: %d, cookie %q", got.StatusCode, b.cookie(t, bounceCookie))
	}
}

func TestPlantedCookieNeverOpensASession(t *testing.T) {
	p := newPortal(t, nil)
	planted := []*http.Cookie{{Name: sessionCookie, Value: "planted-by-somebody-else", Path: "/"}}
	u, _ := url.Parse(p.URL)
	victim, other := p.newBrowser(t), p.newBrowser(t)
	victim.Jar.SetCookies(u, planted)
	victim.signIn(t, "/", p.tenant.Viewer())
	other.Jar.SetCookies(u, planted)
	for _, path := range []string{sessionPath, "/api/me/sessions"} {
		if got := other.get(t, path, "Accept", "application/json"); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
}
