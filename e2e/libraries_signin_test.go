package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// testSignIn: what the libraries do when nobody is signed in, and when nobody
// can tell.
func testSignIn(t *testing.T, s *site) {
	viewer := s.visitor(t, s.tenantItself.Viewer())
	b := viewer.mashup(t, s, "api.html")
	t.Run("sessions that cannot be read are said so", func(t *testing.T) { testStoreAway(b.in(t), s) })
	t.Run("auth.logout leads to our page", func(t *testing.T) { testLibraryLogout(b.in(t), s) })
	t.Run("without a session the library rejects", func(t *testing.T) { testNobody(t, s, viewer) })
	t.Run("in cookie mode the page signs in by itself", func(t *testing.T) { testCookieMode(t, s, viewer) })
}

func testStoreAway(b *tab, s *site) {
	if got := b.refusal(`users.getMyUser()`); got.Status != 0 {
		b.t.Fatalf("before Redis goes away: %+v", got)
	}
	s.redis.Stop()
	s.await(http.StatusServiceUnavailable)
	// What was known a moment ago may be served for a moment.
	b.until("the relay to refuse", `(await fetch("/qlik/api/v1/user-locale")).status === 503`)
	got := b.refusal(`users.getMyUser({ noCache: true })`)
	if got.Status != 503 || got.Said != "503" || got.Code == "" || got.Title == "" || got.Trace == "" {
		b.t.Errorf("while Redis is away: %+v", got)
	}
	s.redis.Restart()
	s.await(http.StatusOK)
	if got = b.refusal(`users.getMyUser({ noCache: true })`); got.Status != 0 || got.Answer == "" {
		b.t.Errorf("when Redis is back: %+v", got)
	}
}

// testLibraryLogout: the library goes to /logout, where signing out takes a
// click: a GET that ends a session could be sent by anybody.
func testLibraryLogout(b *tab, s *site) {
	b.read(`QlikMain.import("auth@v1").then(({ logout }) => (logout(), true))`, new(bool))
	b.until("our page", `location.pathname === "/logout" && document.readyState === "complete"`)
	if status := b.session(); status != http.StatusOK {
		b.t.Errorf("the session answers %d before the click", status)
	}
	b.click(byText("main button", "Sign out"))
	b.untilSaid("You are signed out")
	if status := b.session(); status != http.StatusUnauthorized {
		b.t.Errorf("the session answers %d after the click", status)
	}
}

// testNobody: in mode none the page stays where it is, and has to tell.
func testNobody(t *testing.T, s *site, p *profile) {
	b := p.mashup(t, s, "api.html")
	got := b.refusal(`users.getMyUser()`)
	if got.Trace == "" {
		t.Error("no trace ID")
	}
	if got.Trace = ""; got != (refusal{Status: 401, Code: "HTTP-401", Title: "Unauthorized", Said: "401"}) {
		t.Errorf("got %+v", got)
	}
	if !strings.HasSuffix(b.at(), "/mashup/api.html") {
		t.Errorf("the page went to %s", b.at())
	}
}

// testCookieMode: in mode cookie the library navigates to /qlik/login, which is
// our own sign-in, and comes back signed in. The tenant still knows the person.
func testCookieMode(t *testing.T, s *site, p *profile) {
	b := p.in(t).newTab()
	b.open(s.url + "/mashup/cookie.html?from=a+link#part")
	b.untilSaid("Hello, Vera Lindqvist")
	if got := b.at(); got != s.url+"/mashup/cookie.html?from=a+link#part" {
		t.Errorf("the page came back as %s", got)
	}
	asked := false
	b.look(func() {
		for _, r := range b.requests {
			asked = asked || strings.HasPrefix(r.url, s.url+"/qlik/login?qlik-web-integration-id=Zk3-demo-web-integration&returnto=")
		}
	})
	if !asked {
		t.Error("the library did not ask for /qlik/login")
	}
	b.checkNoSecrets(s.portal)
}
