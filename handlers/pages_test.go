package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"vitrine/demo"
)

// signedIn starts a portal and a browser of the analyst, who sees the most.
func signedIn(t testing.TB) (*portal, *browser) {
	t.Helper()
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	b.signIn(t, "/", p.tenant.Analyst())
	return p, b
}

// firstApp returns the address of an app that is in a space.
func firstApp(t testing.TB, b *browser, name string) string {
	t.Helper()
	d := parsePage(t, b.get(t, "/apps?q="+url.QueryEscape(name)).body)
	links := d.all(t, "a.card-link")
	if len(links) == 0 {
		t.Fatalf("no app called %q", name)
	}
	return attribute(links[0], "href")
}

func TestEveryPageIsWellMade(t *testing.T) {
	_, b := signedIn(t)
	app := firstApp(t, b, "Accounts Receivable")
	titles := map[string]string{}
	for _, path := range []string{
		"/", "/apps", "/apps?q=cost", "/apps?q=nosuchname", "/apps?space=personal&sort=updated", "/me", "/me/sessions", "/logout",
		app, app + "/sheets/finance-overview", app + "/sheets/finance-overview?view=table",
		"/apps/nosuchapp", app + "/sheets/nosuchsheet", "/nosuchpage",
	} {
		t.Run(path, func(t *testing.T) {
			a := b.get(t, path)
			d := checkPage(t, a.body)
			title := textOf(d.one(t, "title"))
			if other, taken := titles[title]; taken && a.StatusCode == http.StatusOK {
				t.Errorf("title %q is that of %s, too", title, other)
			}
			titles[title] = path
			if cc := a.Header.Get("Cache-Control"); cc != "no-store" {
				t.Errorf("Cache-Control %q, want no-store", cc)
			}
		})
	}
	t.Run("signed out", func(t *testing.T) {
		p := newPortal(t, nil)
		checkPage(t, p.newBrowser(t).get(t, "/").body)
		checkPage(t, p.newBrowser(t).get(t, "/?signed_out=1").body)
		checkPage(t, p.newBrowser(t).get(t, "/logout").body)
	})
}

// The demo tenant has an app whose name is markup: it must come out as text
// wherever a name comes out.
func TestNamesOfTheTenantAreText(t *testing.T) {
	_, b := signedIn(t)
	app := firstApp(t, b, "<b>Bold")
	for _, path := range []string{
		"/", "/apps", app, app + "/sheets/sales-overview", app + "/sheets/sales-overview?view=table", "/",
		"/apps?q=" + url.QueryEscape(`"><script>alert(1)</script>`),
		"/apps?space=" + url.QueryEscape(`"><img src=x onerror=alert(1)>`),
		"/apps?page=" + url.QueryEscape(`next:"><img src=x onerror=alert(1)>`),
		"/apps/" + url.PathEscape(`"><script>alert(1)</script>`),
		app + "/sheets/" + url.PathEscape(`"><script>alert(1)</script>`),
	} {
		page := b.get(t, path).body
		d := parsePage(t, page)
		if bold := d.all(t, "b"); len(bold) > 0 {
			t.Errorf("%s: a name became an element", path)
		}
		for _, script := range d.all(t, "script") {
			if strings.Contains(textOf(script), "alert") {
				t.Errorf("%s: a name became a script", path)
			}
		}
		for _, picture := range d.all(t, "img") {
			if attribute(picture, "src") == "x" {
				t.Errorf("%s: a value became a picture", path)
			}
		}
	}
}

func TestHomeShowsWhoAndWhat(t *testing.T) {
	p, b := signedIn(t)
	d := checkPage(t, b.get(t, "/").body)
	if h1 := textOf(d.one(t, "h1")); !strings.Contains(h1, "Amir") {
		t.Errorf("heading %q does not greet the person", h1)
	}
	for _, want := range []string{"Personal", "Finance", "Operations", "Sales"} {
		if got := d.texts(t, "main h2"); !slices.Contains(got, want) {
			t.Errorf("no section %q in %q", want, got)
		}
	}
	if strings.Contains(textOf(d.Node), "People &") || len(d.all(t, ".recent")) != 0 {
		t.Error("home shows what is not the person's")
	}
	other := p.newBrowser(t)
	other.signIn(t, "/", p.tenant.Viewer())
	viewed := parsePage(t, other.get(t, "/").body)
	if got := viewed.texts(t, "main h2"); slices.Contains(got, "Finance") {
		t.Errorf("the viewer sees %q", got)
	}
}

func TestWhatWasOpenedComesBackOnHome(t *testing.T) {
	_, b := signedIn(t)
	app := firstApp(t, b, "Accounts Receivable")
	b.get(t, app)
	b.get(t, app+"/sheets/finance-overview")
	b.get(t, firstApp(t, b, "Board Report"), "Sec-Purpose", "prefetch", "Sec-Fetch-Mode", "navigate")
	d := parsePage(t, b.get(t, "/").body)
	if got := d.texts(t, ".recent strong"); !slices.Equal(got, []string{"Profit at a glance"}) {
		t.Errorf("continue with %q, want the sheet alone", got)
	}
	if href := attribute(d.one(t, ".recent"), "href"); href != app+"/sheets/finance-overview" {
		t.Errorf("continue leads to %q", href)
	}
}

func TestPageSaysWhatIsMissing(t *testing.T) {
	status := func(path string) demo.Fault {
		return demo.Fault{Path: path, Kind: demo.FaultStatus, Status: http.StatusInternalServerError}
	}
	for _, row := range []struct {
		name, text string
		breaks     func(*portal)
	}{
		{"spaces", "did not say which spaces", func(p *portal) { p.tenant.Inject(status("/api/v1/spaces")) }},
		{"favourites", "favourites could not be fetched", func(p *portal) { p.tenant.Inject(status("/api/v1/collections")) }},
		{"database", "database does not answer", func(p *portal) { _ = p.db.Close() }},
	} {
		t.Run(row.name, func(t *testing.T) {
			p, b := signedIn(t)
			row.breaks(p)
			a := b.get(t, "/")
			d := checkPage(t, a.body)
			notices := strings.Join(d.texts(t, ".notice"), " ")
			if a.StatusCode != http.StatusOK || !strings.Contains(notices, row.text) {
				t.Errorf("status %d, notices %q", a.StatusCode, notices)
			}
			if apps := d.all(t, "a.card-link"); len(apps) < 30 {
				t.Errorf("only %d apps are left", len(apps))
			}
		})
	}
	t.Run("apps", func(t *testing.T) {
		p, b := signedIn(t)
		p.tenant.Inject(status("/api/v1/items"))
		a := b.get(t, "/")
		checkPage(t, a.body)
		if a.StatusCode != http.StatusBadGateway {
			t.Errorf("status %d, want 502", a.StatusCode)
		}
	})
	t.Run("kept favourites", func(t *testing.T) {
		p, b := signedIn(t)
		star(t, b, firstApp(t, b, "Board Report"), "true")
		p.tenant.Inject(status("/api/v1/collections"))
		d := parsePage(t, b.get(t, "/").body)
		if got := d.texts(t, `section[aria-labelledby="favorites"] h3`); !slices.Equal(got, []string{"Board Report"}) {
			t.Errorf("favourites %q, want those of our copy", got)
		}
	})
}

func star(t testing.TB, b *browser, app, on string, header ...string) answer {
	t.Helper()
	header = append(header, "Sec-Fetch-Site", "same-origin")
	return b.do(t, http.MethodPost, app+"/favorite", url.Values{"favorite": {on}, "return_to": {"/apps?q=x"}}, header...)
}

func TestStarIsKeptAtTheTenant(t *testing.T) {
	p, b := signedIn(t)
	app := firstApp(t, b, "Board Report")
	if a := star(t, b, app, "true"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/apps?q=x" {
		t.Fatalf("%d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	pressed := func() string {
		d := parsePage(t, b.get(t, app).body)
		return attribute(d.one(t, "form[data-star] button"), "aria-pressed")
	}
	if pressed() != "true" {
		t.Error("the star is not there after it was set")
	}
	kept, err := p.db.Favorites(context.Background(), p.tenant.Analyst().ID)
	if err != nil || len(kept) != 1 || kept[0].Name != "Board Report" {
		t.Errorf("our copy: %v, %v", kept, err)
	}
	if a := star(t, b, app, "false", "Accept", "application/json"); a.StatusCode != http.StatusOK || a.body != `{"favorite":false}` {
		t.Errorf("for scripts: %d %s", a.StatusCode, a.body)
	}
	if pressed() != "false" {
		t.Error("the star is there after it was taken away")
	}
	if a := star(t, b, app, "perhaps"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("nonsense: %d", a.StatusCode)
	}
	if a := star(t, b, "/apps/nosuchapp", "true"); a.StatusCode != http.StatusNotFound {
		t.Errorf("unknown app: %d", a.StatusCode)
	}
}

func TestStarOfAnotherSiteIsRefused(t *testing.T) {
	_, b := signedIn(t)
	app := firstApp(t, b, "Board Report")
	a := b.do(t, http.MethodPost, app+"/favorite", url.Values{"favorite": {"true"}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	if a.StatusCode != http.StatusForbidden {
		t.Errorf("status %d, want 403", a.StatusCode)
	}
}

func TestMeTellsWhatTheTenantSays(t *testing.T) {
	p, b := signedIn(t)
	d := parsePage(t, b.get(t, "/me").body)
	text := textOf(d.one(t, "main"))
	for _, want := range []string{p.tenant.Analyst().Name, p.tenant.Analyst().Email, p.tenant.Analyst().ID, "Everyone", "Ends at the latest"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	p.tenant.Inject(demo.Fault{Path: "/api/v1/users", Kind: demo.FaultStatus})
	a := b.get(t, "/me")
	if a.StatusCode != http.StatusOK || !strings.Contains(a.body, "could not be asked") {
		t.Errorf("with the tenant away: %d", a.StatusCode)
	}
}

func TestSignedOutPageDoesNotSignIn(t *testing.T) {
	p := newPortal(t, nil)
	a := p.newBrowser(t).get(t, signedOutPath)
	d := checkPage(t, a.body)
	if a.StatusCode != http.StatusOK || len(d.all(t, `meta[http-equiv]`)) != 0 {
		t.Errorf("status %d", a.StatusCode)
	}
	if h1 := textOf(d.one(t, "h1")); h1 != "You are signed out" {
		t.Errorf("heading %q", h1)
	}
	d.one(t, `a[href="/login"]`)
	d.one(t, `a[href="`+p.tenant.URL+`/logout"]`)
}

func TestThemeIsInTheFirstPaint(t *testing.T) {
	_, b := signedIn(t)
	u, _ := url.Parse(b.portal.URL)
	for value, want := range map[string]string{"dark": "dark", "light": "light", `x"><script>`: "", "": ""} {
		b.Jar.SetCookies(u, []*http.Cookie{{Name: themeCookie, Value: url.QueryEscape(value), Path: "/"}})
		d := parsePage(t, b.get(t, "/me").body)
		if got := attribute(d.one(t, "html"), "data-theme"); got != want {
			t.Errorf("cookie %q: data-theme %q, want %q", value, got, want)
		}
	}
}

func TestErrorPageOffersAWayOn(t *testing.T) {
	p, b := signedIn(t)
	app := firstApp(t, b, "Board Report")
	a := b.get(t, app+"/sheets/nosuchsheet")
	d := checkPage(t, a.body)
	if a.StatusCode != http.StatusNotFound || attribute(d.one(t, "main a.primary"), "href") != app {
		t.Errorf("unknown sheet: %d, leads to %q", a.StatusCode, attribute(d.one(t, "main a.primary"), "href"))
	}
	if id := textOf(d.one(t, "#request-id")); id != a.Header.Get("X-Request-Id") || id == "" {
		t.Errorf("request ID %q, header %q", id, a.Header.Get("X-Request-Id"))
	}
	p.tenant.Inject(demo.Fault{Path: "/api/v1/apps", Kind: demo.FaultStatus, Status: http.StatusTooManyRequests, RetryAfter: 7})
	a = b.get(t, app)
	if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") != "7" {
		t.Errorf("rate limit: %d, Retry-After %q", a.StatusCode, a.Header.Get("Retry-After"))
	}
}
