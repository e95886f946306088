package e2e

import (
	"sync"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// A browser that restores its windows asks for many pages at once, before it
// has a single cookie of ours.
func TestTwentyTabsOfANewBrowserAllSignIn(t *testing.T) {
	const count = 20
	p := startPortal(t)
	profile := newProfile(t)
	tabs := make([]*tab, count)
	for i := range tabs {
		tabs[i] = profile.newTab()
	}
	each := func(act func(*tab) error) {
		t.Helper()
		var wg sync.WaitGroup
		for _, b := range tabs {
			wg.Go(func() {
				if err := act(b); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if t.Failed() {
			t.FailNow()
		}
	}
	each(func(b *tab) error {
		_, err := chromedp.Call(b.ctx, page.Navigate, page.NavigateParams{URL: p.url + "/apps"})
		return err
	})
	for _, b := range tabs {
		b.until("the tenant's login page", `location.origin === "`+p.tenant.url+`" && document.readyState === "complete"`)
	}
	each(func(b *tab) error {
		return b.try(`(`+byText("button", "Sign in as Vera Lindqvist")+`.click(), true)`, new(bool))
	})
	for i, b := range tabs {
		b.until("to be signed in", `location.origin === "`+p.url+`" && location.pathname === "/apps" && document.readyState === "complete"`)
		if status := b.session(); status != 200 {
			t.Errorf("tab %d: the session answers %d", i, status)
		}
		b.checkComplaints()
	}
	if exchanges := p.stats().TokenRequests["authorization_code"]; exchanges != count {
		t.Errorf("%d token requests for %d sign-ins", exchanges, count)
	}
}
