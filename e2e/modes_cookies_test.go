package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// forgetTenant takes the tenant's cookies away, which came with signing in to
// the portal: with many tenants they do not live as long as our session.
func (s *site) forgetTenant(b *tab) {
	b.t.Helper()
	cookies, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{s.tenant.url}})
	must(b.t, err)
	if len(cookies.Cookies) == 0 {
		b.t.Fatal("the tenant has no cookie to forget")
	}
	for _, c := range cookies.Cookies {
		must(b.t, call(b.ctx, network.DeleteCookies, network.DeleteCookiesParams{Name: c.Name, Domain: c.Domain, Path: c.Path}))
	}
}

// arrive opens a sheet in a mode that needs the tenant's own session, in a
// browser that has none.
func (s *site) arrive(b *tab, m mode) {
	b.t.Helper()
	s.forgetTenant(b)
	path := s.sheetPath(m) + "&select=Category%2CFootwear"
	before := s.stats()
	s.navigate(b, path)
	if m.way == byHand {
		b.until("the tenant's login page", `location.origin === "`+s.tenant.url+`" && document.readyState === "complete"`)
		b.click(byText("button", "Sign in as Vera Lindqvist"))
	}
	b.until("to be at the sheet", `location.href === "`+s.url+path+`"`)
	d := s.find(b, m)
	d.untilChosen()
	after := s.stats()
	if signed := after.JWTSessions - before.JWTSessions; (signed == 1) != (m.way == byToken) {
		b.t.Errorf("%d sessions were begun by token", signed)
	}
	if after.Authorizations != before.Authorizations {
		b.t.Error("the portal's own sign-in was repeated")
	}
}

func (s *site) navigate(b *tab, path string) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, page.Navigate, page.NavigateParams{URL: s.url + path}); err != nil {
		b.t.Fatalf("open %s: %v", path, err)
	}
}

// TestModesWithoutThirdPartyCookies: what needs such cookies says so, and
// offers a way that needs none; everything else works.
func TestModesWithoutThirdPartyCookies(t *testing.T) {
	s := startModes(t)
	visitor := s.visitor(t, s.tenantItself.Viewer())
	for _, m := range modes {
		t.Run(m.String(), func(t *testing.T) {
			s.serve(m)
			b := visitor.in(t).newTab()
			if m.way == "" {
				s.openMode(b, m)
				b.checkFirstParty(s)
				return
			}
			s.navigate(b, s.sheetPath(m)+"&select=Category%2CFootwear")
			b.untilSaid("Your browser keeps Qlik's cookie from this page")
			if m.way == byHand {
				b.checkPage("cookies-blocked")
			}
			b.click(byText("[role=alertdialog] a", "Show it with Qlik Embed"))
			b.until("the other mode", `new URLSearchParams(location.search).get("embed") === "qlik-embed"`)
			s.find(b, modes[0]).untilChosen()
		})
	}
}

// checkFirstParty wants no cookie of the tenant's sent or taken.
func (b *tab) checkFirstParty(s *site) {
	b.t.Helper()
	b.look(func() {
		for _, h := range b.headers {
			address := b.urlOf(h.id)
			if (h.name == "cookie" || h.name == "set-cookie") && strings.HasPrefix(address, s.tenant.url) {
				b.t.Errorf("%s of %s", h.name, address)
			}
		}
	})
}
