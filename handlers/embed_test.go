package handlers

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"vitrine/demo"
)

const overview = "/sheets/finance-overview"

// viewOf reads what the page tells its script.
func viewOf(t testing.TB, d document) sheetView {
	t.Helper()
	var view sheetView
	if err := json.Unmarshal([]byte(attribute(d.one(t, "[data-view]"), "data-view")), &view); err != nil {
		t.Fatal(err)
	}
	return view
}

// needLibraries is for tests of pages that say something else without them.
func needLibraries(t testing.TB, p *portal) {
	t.Helper()
	for _, mode := range embedModes {
		if mode.Library != "" && !p.handlers.Static.Has(mode.Library) {
			const reason = "the browser libraries are not there; `make assets` brings them"
			if os.Getenv("CI") == "true" {
				t.Fatal(reason)
			}
			t.Skip(reason)
		}
	}
}

func TestEachModeGetsWhatItNeedsAndNoMore(t *testing.T) {
	p, b := signedIn(t)
	needLibraries(t, p)
	app := firstApp(t, b, "Accounts Receivable")
	for mode, tt := range map[string]struct{ with, without []string }{
		"qlik-embed": {[]string{"script-src", p.tenant.URL, "'unsafe-inline'"}, []string{"'unsafe-eval'"}},
		"nebula":     {[]string{"connect-src 'self' ws://"}, []string{p.tenant.URL, "'unsafe-inline'", "'unsafe-eval'", "frame-src", "worker-src"}},
		"iframe":     {[]string{"frame-src " + p.tenant.URL}, []string{"'unsafe-inline'", "'unsafe-eval'"}},
		"capability": {[]string{"'unsafe-eval' " + p.tenant.URL}, nil},
		"enigma":     {[]string{"connect-src 'self' ws://"}, []string{"'unsafe-inline'", "'unsafe-eval'", "frame-src"}},
	} {
		a := b.get(t, app+overview+"?embed="+mode)
		d := checkPage(t, a.body)
		policy := a.Header.Get("Content-Security-Policy")
		for _, part := range append(tt.with, "script-src "+p.URL+"/static/ "+p.URL+"/qlik/qlik-embed/ 'nonce-", "frame-ancestors 'none'", "default-src 'none'", "base-uri 'none'") {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: %q is missing from %s", mode, part, policy)
			}
		}
		for _, part := range tt.without {
			if strings.Contains(policy, part) {
				t.Errorf("%s: %q is in %s", mode, part, policy)
			}
		}
		if got := viewOf(t, d); got.Mode != mode || got.SheetID != "finance-overview" || len(got.Cells) < 4 {
			t.Errorf("%s: the script is told %+v", mode, got)
		}
		if got := d.texts(t, `#modes a[aria-current="page"]`); len(got) != 1 || len(d.all(t, "#modes a")) != len(embedModes) {
			t.Errorf("%s: the switch shows %q", mode, got)
		}
		own := 0
		for _, s := range d.all(t, `script[src*="/js/mode-"]`) {
			own++
			if src := attribute(s, "src"); !strings.HasSuffix(src, "/js/mode-"+mode+".js") {
				t.Errorf("%s loads %s", mode, src)
			}
		}
		if own != 1 {
			t.Errorf("%s has %d scripts", mode, own)
		}
	}
}

// What app authors upload is on our origin, too, where the runtime is relayed.
func TestScriptsOfARelayedRuntimeAreNotTheWholeOrigin(t *testing.T) {
	p := newPolicy(Deps{PublicURL: "https://portal.test", TenantURL: "https://acme.test", EmbedRuntimeURL: "https://portal.test/qlik", EmbedSources: []string{"https://cdn.test/x"}})
	const want = "https://portal.test/qlik/qlik-embed/ https://portal.test/qlik/resources/ https://cdn.test"
	if got := p.qlikEmbed().script; got != want {
		t.Errorf("scripts come from %s, want %s", got, want)
	}
	if got := p.tenantScripts().script; got != "'unsafe-eval' https://acme.test "+want {
		t.Errorf("scripts of the Capability APIs come from %s", got)
	}
}

func TestUsualModeIsThatOfTheApp(t *testing.T) {
	p, b := signedIn(t)
	needLibraries(t, p)
	app := firstApp(t, b, "Accounts Receivable")
	p.handlers.EmbedMode = "enigma"
	if got := viewOf(t, parsePage(t, b.get(t, app+overview).body)); got.Mode != "enigma" {
		t.Errorf("mode %q, want the usual one", got.Mode)
	}
	p.handlers.AppEmbedModes = map[string]string{strings.TrimPrefix(app, "/apps/"): "nebula"}
	for query, want := range map[string]string{"": "nebula", "?embed=hologram": "nebula", "?embed=qlik-embed": "qlik-embed"} {
		d := parsePage(t, b.get(t, app+overview+query).body)
		if got := viewOf(t, d); got.Mode != want {
			t.Errorf("%q: mode %q, want %q", query, got.Mode, want)
		}
	}
}

func TestDeepLinkSurvivesSignInAndIsOnEveryLink(t *testing.T) {
	p := newPortal(t, nil)
	needLibraries(t, p)
	known := p.newBrowser(t)
	known.signIn(t, "/", p.tenant.Analyst())
	path := firstApp(t, known, "Accounts Receivable") + overview + "?embed=nebula&select=Region%2CEurope&select=City%5C%2C+State%2CParis"
	b := p.newBrowser(t)
	start := b.get(t, path)
	if start.StatusCode != http.StatusFound {
		t.Fatalf("signed out: %d", start.StatusCode)
	}
	u, err := url.Parse(start.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	end := b.signIn(t, u.Query().Get("return_to"), p.tenant.Analyst())
	if end.Header.Get("Location") != path {
		t.Fatalf("came back to %q, want %q", end.Header.Get("Location"), path)
	}
	d := checkPage(t, b.get(t, path).body)
	view := viewOf(t, d)
	if len(view.Select) != 2 || view.Select[1].Field != "City, State" || view.Select[0].Values[0] != "Europe" {
		t.Errorf("the script is told to select %+v", view.Select)
	}
	for _, selector := range []string{"a[data-view-toggle]", "#modes a", "#sheets a"} {
		for _, link := range d.all(t, selector) {
			if href := attribute(link, "href"); !strings.Contains(href, "select=Region%2CEurope") {
				t.Errorf("%s leads to %s, without the selections", selector, href)
			}
		}
	}
	if link := attribute(d.one(t, "[data-sheet-bar] [data-copy]"), "data-copy"); !strings.HasPrefix(link, p.URL) || !strings.Contains(link, "select=Region%2CEurope") {
		t.Errorf("the link to copy is %s", link)
	}
	broken := checkPage(t, b.get(t, strings.SplitN(path, "?", 2)[0]+"?select=Region&select=Year,2025").body)
	if got := viewOf(t, broken); len(got.Select) != 1 || len(broken.all(t, "[data-notice]")) != 1 {
		t.Errorf("half a link selects %+v, and says nothing", got.Select)
	}
}

func TestTableViewHasTheSelections(t *testing.T) {
	_, b := signedIn(t)
	app := firstApp(t, b, "Sales Overview")
	first := func(query string) string {
		d := checkPage(t, b.get(t, app+"/sheets/sales-overview?view=table"+query).body)
		return d.texts(t, ".figures dd")[0]
	}
	all, europe := first(""), first("&select=Region,Europe")
	if all == europe || europe == "" {
		t.Errorf("%q with nothing and %q with Europe selected", all, europe)
	}
	d := checkPage(t, b.get(t, app+"/sheets/sales-overview?view=table&select=Nosuchfield,x").body)
	if len(d.all(t, ".notice")) != 1 {
		t.Error("a field that is not there is not said to be missing")
	}
}

func TestSheetPagesRememberTheOutlineForEachPerson(t *testing.T) {
	p, b := signedIn(t)
	app := firstApp(t, b, "Accounts Receivable")
	b.get(t, app+overview)
	p.tenant.Inject(demo.Fault{Path: "/app/", Kind: demo.FaultStatus, Status: http.StatusServiceUnavailable})
	if got := parsePage(t, b.get(t, app+overview).body).all(t, "#sheets a"); len(got) < 3 {
		t.Errorf("%d sheets from memory", len(got))
	}
	other := p.newBrowser(t)
	other.signIn(t, "/", p.tenant.Admin())
	if got := parsePage(t, other.get(t, app+overview).body).all(t, "#sheets a"); len(got) != 0 {
		t.Errorf("somebody else was shown %d remembered sheets", len(got))
	}
}

func TestFramesAreForListedPagesOnly(t *testing.T) {
	p, b := signedIn(t)
	app := firstApp(t, b, "Accounts Receivable")
	frame := framePrefix + app + overview + "?embed=nebula"
	closed := b.get(t, frame)
	if !strings.Contains(closed.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || closed.Header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("by default: %v", closed.Header)
	}
	p.handlers.EmbedOrigins = []string{"https://wiki.example.com", "https://intranet.example.com"}
	p.handlers.policy = newPolicy(p.handlers.Deps)
	open := b.get(t, frame)
	d := checkPage(t, open.body)
	if !strings.Contains(open.Header.Get("Content-Security-Policy"), "frame-ancestors https://wiki.example.com https://intranet.example.com;") ||
		open.Header.Get("X-Frame-Options") != "" || open.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("with origins: %v", open.Header)
	}
	if len(d.all(t, "header")) != 0 || !viewOf(t, d).Bare {
		t.Error("the frame is not bare")
	}
	for _, path := range []string{app, app + overview, "/", "/me"} {
		if a := b.get(t, path); !strings.Contains(a.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || a.Header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s may be framed", path)
		}
	}
	for _, path := range []string{frame, "/%65mbe%64" + strings.TrimPrefix(frame, framePrefix)} {
		stranger := p.newBrowser(t).get(t, path, "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate")
		page := checkPage(t, stranger.body)
		if stranger.StatusCode != http.StatusOK || attribute(page.one(t, "[data-sign-in]"), "target") != "_blank" ||
			!strings.Contains(stranger.Header.Get("Content-Security-Policy"), "frame-ancestors https://wiki.example.com") {
			t.Errorf("%s signed out: %d %v", path, stranger.StatusCode, stranger.Header)
		}
		if way := attribute(page.one(t, `a[rel="noopener"]`), "href"); way != app+overview+"?embed=nebula" {
			t.Errorf("%s: the window of its own opens %q", path, way)
		}
	}
	checkPage(t, b.get(t, frameSignedInPath).body)
}

func TestCookieGoesToForeignSitesOnlyWhenAsked(t *testing.T) {
	for _, cross := range []bool{false, true} {
		h := &Handlers{Deps: Deps{CrossSiteCookie: cross}, secure: true}
		if got := h.cookieOptions().SameSite == http.SameSiteNoneMode; got != cross {
			t.Errorf("asked %v, got SameSite=None %v", cross, got)
		}
	}
	if h := (&Handlers{Deps: Deps{CrossSiteCookie: true}}); h.cookieOptions().SameSite != http.SameSiteLaxMode {
		t.Error("SameSite=None without Secure: browsers drop the cookie")
	}
}

// The Capability APIs let AngularJS compile the page they are in, attributes
// included: what an address or an app's author wrote must not become its code.
func TestCapabilityPageHoldsNoTemplatesForAngular(t *testing.T) {
	p, b := signedIn(t)
	needLibraries(t, p)
	app := firstApp(t, b, "Accounts Receivable")
	const evil = "{{{constructor.constructor('alert(1)')()}}}"
	a := b.get(t, app+overview+"?embed=capability&bookmark=%7B%7B1%7D%7D&select="+url.QueryEscape("Region,"+evil))
	d := checkPage(t, a.body)
	if strings.Contains(a.body, "{{") {
		t.Errorf("the page holds %.80q", a.body[strings.Index(a.body, "{{"):])
	}
	if got := viewOf(t, d); len(got.Select) != 1 || got.Select[0].Values[0] != evil || got.Bookmark != "{{1}}" {
		t.Errorf("the script is told %+v", got)
	}
	for _, selector := range []string{"title", "header", "main > h2"} {
		d.one(t, selector+"[data-ng-non-bindable]")
	}
}
