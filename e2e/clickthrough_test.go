package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// signIn goes from a page with a sign-in button to where it then leads.
func (b *tab) signIn(p *portal) {
	b.t.Helper()
	b.click(byText("a.button", "Sign in"))
	b.until("the tenant's login page", `location.origin === "`+p.tenant.url+`" && document.querySelector("form")`)
	b.click(byText("button", "Sign in as Vera Lindqvist"))
	b.until("to be back at the portal", `location.origin === "`+p.url+`" && document.readyState === "complete"`)
}

func TestSignInOpenSheetSelectSignOut(t *testing.T) {
	p := startPortal(t)
	b := newProfile(t).newTab()
	b.open(p.url + "/")
	b.screenshot("1-signed-out")
	b.signIn(p)
	b.untilSaid("Hello, Vera")
	b.screenshot("2-home")
	b.checkNothingLeaks(p)

	b.click(byText("a.card-link", "Sales Overview"))
	b.until("the app's sheets", `/^\/apps\/[^/]+$/.test(location.pathname) && document.querySelector("#sheets")`)
	b.screenshot("3-app")
	b.checkNothingLeaks(p)
	b.click(byText("a.card-link", "Overview"))
	b.untilDrawn()
	b.screenshot("4-sheet")
	b.checkNothingLeaks(p)
	b.selectCategory()
	b.checkNothingLeaks(p)

	b.signOut(p)
	b.goBack(p)
	b.checkTraffic(p)
	if status := b.session(); status != 401 {
		t.Errorf("the session answers %d after sign-out", status)
	}
}

// session is the status of the session, asked from the page.
func (b *tab) session() (status int) {
	b.t.Helper()
	b.read(`fetch("/api/session").then((answer) => answer.status)`, &status)
	return status
}

// selectCategory clicks into the foot of the bar of Footwear, and sees the other
// charts follow: at once, before the selection is confirmed.
func (b *tab) selectCategory() {
	b.t.Helper()
	all := b.kpi("sales-kpi-sales")
	var pie string
	b.read(pixels("sales-by-segment", "slices"), &pie)

	label := b.rectOf(chart("sales-by-category") + `.querySelector('text[data-label="Footwear"]')`)
	bars := b.rectOf(chart("sales-by-category") + `.querySelector('canvas[data-key="bar"]')`)
	b.clickAt(bars.X+12, label.Y+label.Height/2)
	b.untilSent("BeginSelections", "/qHyperCubeDef")
	b.untilSent("SelectHyperCubeValues", "/qHyperCubeDef")
	b.until("the KPI to follow", chart("sales-kpi-sales")+`.querySelector("output").textContent !== "`+all+`"`)
	b.until("the pie to follow", pixels("sales-by-segment", "slices")+` !== `+quote(pie))
	b.screenshot("5-selecting")

	b.click(`$('button[title="Confirm selection"], [data-testid="actions-toolbar-confirm"]')`)
	b.untilSent("EndSelections", "[true]")
	b.until("the bar to count the selection", `document.querySelector("[data-selections-toggle]").dataset.count === "1"`)
	b.until("the chart to keep what was chosen", chart("sales-by-category")+`.querySelectorAll("text[data-label]").length === 1`)
	b.screenshot("6-selected")
	selected := b.kpi("sales-kpi-sales")
	if selected == all || selected == "" {
		b.t.Errorf("the KPI says %q with Footwear selected and %q without", selected, all)
	}

	b.click(chart("sales-region") + `.querySelector('[data-n="0"]')`)
	b.untilSent("SelectListObjectValues", "/qListObjectDef")
	b.press("\x1b")
	b.checkFrames(selected)
}

// checkFrames tells that what the KPI shows came over our own socket.
func (b *tab) checkFrames(figure string) {
	b.t.Helper()
	number, _, _ := strings.Cut(figure, " ")
	sockets, seen := map[string]bool{}, false
	b.look(func() {
		for _, f := range b.frames {
			sockets[f.url] = true
			seen = seen || !f.sent && strings.Contains(f.payload, number)
		}
	})
	for address := range sockets {
		if !strings.Contains(address, "/qlik/app/") {
			b.t.Errorf("engine frames went to %s", address)
		}
	}
	if !seen {
		b.t.Errorf("no frame carried the KPI's figure %q", figure)
	}
}

func (b *tab) signOut(p *portal) {
	b.t.Helper()
	b.click(`document.querySelector("header a.icon-button")`)
	b.until("the app", `/^\/apps\/[^/]+$/.test(location.pathname) && document.readyState === "complete" && document.querySelector("details[data-menu]")`)
	b.click(`document.querySelector("details[data-menu] summary")`)
	b.until("the menu to open", `document.querySelector("details[data-menu][open]")`)
	b.click(byText("details[data-menu] button", "Sign out"))
	b.untilSaid("You are signed out")
	b.screenshot("7-signed-out")
	p.untilNoSockets()
}

// goBack presses the browser's back button on the signed-out page. The tenant
// still knows the person, so a silent sign-in would bring everything back.
func (b *tab) goBack(p *portal) {
	b.t.Helper()
	signIns := p.stats().Authorizations
	history, err := chromedp.Run(b.ctx, chromedp.NavigationEntries())
	must(b.t, err)
	before := history.Entries[history.CurrentIndex-1]
	if !strings.Contains(before.URL, "/apps/") {
		b.t.Fatalf("the page before the signed-out one is %s, want the app", before.URL)
	}
	b.read(`(window.leaving = true)`, new(bool))
	must(b.t, chromedp.Do(b.ctx, chromedp.NavigateToHistoryEntry(before.ID)))
	b.until("the page before", `!window.leaving && document.readyState === "complete"`)
	b.untilSaid("You are signed out")
	b.screenshot("8-back")
	var text string
	b.read("document.documentElement.outerHTML", &text)
	for _, private := range []string{"Vera Lindqvist</span>", "Hello", "Sales Overview"} {
		if strings.Contains(text, private) {
			b.t.Errorf("the back button shows %q at %s", private, b.at())
		}
	}
	if again := p.stats().Authorizations - signIns; again > 0 {
		b.t.Errorf("the page signed in by itself: %d further authorizations", again)
	}
}
