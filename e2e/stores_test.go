package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// sessionCookie is the value of our session cookie, as the browser keeps it.
func (b *tab) sessionCookie() string {
	b.t.Helper()
	_, value, _ := strings.Cut(b.cookieHeader(), "=")
	return value
}

// cookieHeader is the session's cookie as the browser sends it.
func (b *tab) cookieHeader() string {
	b.t.Helper()
	jar, err := chromedp.CallBrowser(b.ctx, storage.GetCookies, storage.GetCookiesParams{BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID})
	must(b.t, err)
	i := slices.IndexFunc(jar.Cookies, func(c *network.Cookie) bool { return strings.TrimPrefix(c.Name, "__Host-") == "vitrine" })
	if i < 0 {
		return ""
	}
	return jar.Cookies[i].Name + "=" + jar.Cookies[i].Value
}

// Sessions that cannot be read are not sessions that ended: people keep their
// cookie, are told so in words, and go on when Redis is back.
func TestRedisAwayIsSaidAndPasses(t *testing.T) {
	p := startPortal(t)
	b := newProfile(t).newTab()
	b.open(p.url + "/")
	b.signIn(p)
	path := b.openSheet(p)
	cookie := b.sessionCookie()

	p.redis.Stop()
	p.await(http.StatusServiceUnavailable)
	b.until("the session to be unknown", `(await fetch("/api/session")).status === 503`) // what was read a moment ago may serve for a moment
	b.read(`(dispatchEvent(new Event("focus")), true)`, new(bool))                       // what coming back to the tab does
	b.untilSaid("You have not been signed out")
	b.screenshot("sheet")
	b.open(p.url + path)
	b.untilSaid("Nobody has been signed out")
	b.screenshot("page")
	b.checkAway(p.url + path)
	if b.sessionCookie() != cookie {
		t.Error("the cookie changed while Redis was away")
	}

	p.redis.Restart()
	p.await(http.StatusOK)
	b.open(p.url + path)
	b.untilDrawn()
	if b.sessionCookie() != cookie {
		t.Error("the cookie changed over the restart")
	}
	p.redis.Restart() // and once more under an open sheet
	b.until("the session to be known again", `(await fetch("/api/session")).status === 200`)
	b.selectCategory()
}

// checkAway looks at the last answer for this page.
func (b *tab) checkAway(address string) {
	b.t.Helper()
	b.look(func() {
		i := len(b.responses) - 1
		for ; i >= 0 && (b.responses[i].url != address || b.responses[i].kind != network.ResourceTypeDocument); i-- {
		}
		if i < 0 {
			b.t.Fatalf("no answer for %s", address)
		}
		headers := map[string]string{}
		for _, h := range b.headers {
			if h.id == b.responses[i].id && !h.sent {
				headers[h.name] = h.value
			}
		}
		if status := b.responses[i].status; status != http.StatusServiceUnavailable || headers["retry-after"] == "" || headers["set-cookie"] != "" {
			b.t.Errorf("answered %d, Retry-After %q, Set-Cookie %q; want 503 with Retry-After and no cookie", status, headers["retry-after"], headers["set-cookie"])
		}
	})
}
