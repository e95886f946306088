package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"

// signInAs signs in with a browser that calls itself so.
func (b *browser) signInAs(t *testing.T, userAgent string) {
	t.Helper()
	back := b.authorize(t, "/", b.portal.tenant.Viewer())
	if got := b.get(t, back, "User-Agent", userAgent); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("callback: %d", got.StatusCode)
	}
}

// handles returns the handles of the sessions a page lists.
func handles(t *testing.T, page string) []string {
	t.Helper()
	var found []string
	for _, button := range parsePage(t, page).all(t, `section button[name="end"]`) {
		found = append(found, attribute(button, "value"))
	}
	return found
}

func TestPersonSeesAndEndsTheirSessions(t *testing.T) {
	p := newPortal(t, nil)
	here, there, stranger := p.newBrowser(t), p.newBrowser(t), p.newBrowser(t)
	here.signInAs(t, firefox)
	there.signInAs(t, "curl/8")
	stranger.signIn(t, "/", p.tenant.Analyst())

	page := here.get(t, mySessionsPath)
	if !strings.Contains(page.body, "Firefox on Windows") || !strings.Contains(page.body, "127.0.0.1") || strings.Count(page.body, "This one") != 1 {
		t.Errorf("the page lacks device, address or mark:\n%s", page.body)
	}
	list := handles(t, page.body)
	if len(list) != 2 {
		t.Fatalf("%d sessions listed, want 2", len(list))
	}
	theirs := handles(t, stranger.get(t, mySessionsPath).body)
	here.do(t, http.MethodPost, mySessionsPath, url.Values{"end": theirs}, "Origin", p.URL)
	if got := stranger.get(t, "/api/session"); got.StatusCode != 200 {
		t.Error("a session of somebody else was ended")
	}
	if got := here.do(t, http.MethodPost, mySessionsPath, url.Values{"end": {"others"}}, "Origin", p.URL); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != mySessionsPath {
		t.Errorf("end others: %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
	if got := there.get(t, "/api/session"); got.StatusCode != 401 {
		t.Errorf("the other session: %d, want 401", got.StatusCode)
	}
	if got := here.get(t, "/api/me/sessions"); got.StatusCode != 200 || strings.Count(got.body, `"handle"`) != 1 || !strings.Contains(got.body, `"current":true`) {
		t.Errorf("list: %d %s", got.StatusCode, got.body)
	}
	if got := here.do(t, http.MethodPost, mySessionsPath, url.Values{"end": {"all"}}, "Origin", p.URL); got.Header.Get("Location") != signedOutPath {
		t.Errorf("end all leads to %q", got.Header.Get("Location"))
	}
	if got := here.get(t, "/api/session"); got.StatusCode != 401 {
		t.Errorf("this session: %d, want 401", got.StatusCode)
	}
}

// The tokens of a session that was ended from elsewhere can be opened by its
// own cookie only, so they are revoked when that browser comes again.
func TestTokensOfASessionEndedElsewhereAreRevoked(t *testing.T) {
	p := newPortal(t, nil)
	here, there := p.newBrowser(t), p.newBrowser(t)
	here.signIn(t, "/", p.tenant.Viewer())
	there.signIn(t, "/", p.tenant.Viewer())
	here.do(t, http.MethodPost, mySessionsPath, url.Values{"end": {"others"}}, "Origin", p.URL)
	there.get(t, "/api/session")
	results, err := p.rp.Deliver(t.Context())
	if err != nil || len(results) != 1 || results[0].Fault != nil {
		t.Errorf("delivered %v, %v; want one", results, err)
	}
	if n := p.tenant.Stats().Revocations; n != 2 {
		t.Errorf("%d tokens revoked, want 2", n)
	}
}

func TestSessionsOfOthersCannotBeEndedByOtherSites(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	b.signIn(t, "/", p.tenant.Viewer())
	if got := b.do(t, http.MethodPost, mySessionsPath, url.Values{"end": {"all"}}, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); got.StatusCode != http.StatusForbidden {
		t.Errorf("cross-site: %d, want 403", got.StatusCode)
	}
	if b.get(t, "/api/session").StatusCode != 200 {
		t.Error("signed out by another site")
	}
}

func TestBackChannelLogoutAnswers(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	b.signIn(t, "/", p.tenant.Viewer())
	other := p.newBrowser(t) // the tenant has no cookie and no origin
	for name, form := range map[string]url.Values{"nothing": {}, "nonsense": {"logout_token": {"x"}}, "two": {"logout_token": {"x", "y"}}} {
		if got := other.do(t, http.MethodPost, "/logout/backchannel", form); got.StatusCode != http.StatusBadRequest || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, want 400", name, got.StatusCode)
		}
	}
	token := p.tenant.LogoutToken(p.tenant.Viewer().ID, "logout+jwt", nil)
	if got := other.do(t, http.MethodPost, "/logout/backchannel", url.Values{"logout_token": {token}}); got.StatusCode != http.StatusOK || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("good token: %d", got.StatusCode)
	}
	if got := b.get(t, "/api/session"); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the session lives: %d", got.StatusCode)
	}
	if strings.Contains(p.log.String(), token) {
		t.Error("the logout token can be read in the log")
	}
}
