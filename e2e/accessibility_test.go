package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// axeFile is the whole of axe-core, put into pages past their own policy.
const axeFile = "../node_modules/axe-core/axe.min.js"

// libraryFaults are the rules that Qlik's own charts break, inside of
// <qlik-embed>. None can be mended from outside; the table view offers the
// same numbers without them.
var libraryFaults = map[string]string{
	"aria-required-children":      "list box: rows without a grid",
	"aria-required-parent":        "list box: rows without a grid",
	"aria-valid-attr-value":       "list box: refers to IDs that do not exist",
	"aria-prohibited-attr":        "every chart: a label on a div without a role",
	"heading-order":               "titles of charts are h6",
	"label-content-name-mismatch": "legend buttons carry raw translation keys",
	"landmark-unique":             "every list box is a region of the same name",
}

// notOurs is what Qlik's libraries draw, in whichever embed mode.
const notOurs = `["qlik-embed"], [".vn"], ["iframe"]`

type violation struct {
	ID, Impact, Help string
	Nodes            []struct{ HTML, FailureSummary string }
}

// axe runs every rule over the page, inside or outside of Qlik's charts.
func (b *tab) axe(context string) (found []violation) {
	b.t.Helper()
	var loaded bool
	b.read(`"axe" in window`, &loaded)
	if !loaded {
		script, err := os.ReadFile(axeFile)
		if err != nil {
			b.t.Fatalf("read axe-core, which make assets brings: %v", err)
		}
		b.read(`(() => { `+string(script)+`; return true; })()`, &loaded)
	}
	b.read(`axe.run(`+context+`, { resultTypes: ["violations"] }).then((r) => r.violations.map((v) => ({
		ID: v.id, Impact: v.impact, Help: v.help,
		Nodes: v.nodes.slice(0, 3).map((n) => ({ HTML: n.html.slice(0, 200), FailureSummary: n.failureSummary })),
	})))`, &found)
	return found
}

// checkPage looks at the page as it stands: light and dark, wide and narrow.
func (b *tab) checkPage(name string) {
	b.t.Helper()
	for _, look := range []struct {
		scheme string
		width  int64
	}{{"light", 1280}, {"dark", 1280}, {"dark", 320}, {"light", 320}} {
		b.scheme(look.scheme)
		b.size(look.width, 900)
		b.read(`new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(() => painted(true))))`, new(bool))
		where := fmt.Sprintf("%s, %s, %d px", name, look.scheme, look.width)
		b.screenshot(fmt.Sprintf("%s-%d-%s", name, look.width, look.scheme))
		for _, v := range b.axe(`{ exclude: [` + notOurs + `] }`) {
			b.t.Errorf("%s: %s (%s): %s\n%+v", where, v.ID, v.Impact, v.Help, v.Nodes)
		}
		var over int
		b.read(`document.documentElement.scrollWidth - document.documentElement.clientWidth`, &over)
		if over > 0 {
			var widest []string
			b.read(`$all("*").filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map((e) => e.outerHTML.slice(0, 120))`, &widest)
			b.t.Errorf("%s: scrolls sideways by %d px: %q", where, over, widest)
		}
	}
	b.scheme("light")
	b.size(1280, 900)
}

func TestPagesAreAccessible(t *testing.T) {
	p := startPortal(t)
	b := newProfile(t).newTab()
	b.open(p.url + "/")
	b.checkPage("signed-out")
	b.open(p.url + "/login/callback?state=foreign&code=x")
	b.untilSaid("This sign-in cannot be completed")
	b.checkPage("400")
	b.open(p.url + "/login")
	b.untilSaid("Choose who you want to be")
	b.checkPage("tenant-login")
	b.decline(p)
	b.checkPage("403")

	p.control("PATCH", "/settings", `{"consent":"trusted"}`)
	b.open(p.url + "/login")
	b.untilSaid("Hello, Vera")
	b.checkPage("home")
	b.click(`document.querySelector("details[data-menu] summary")`)
	b.checkPage("home-menu")
	sheet := b.openSheet(p)
	for _, page := range []struct{ name, path, words string }{
		{"apps", "/apps", "Sales Overview"}, {"apps-none", "/apps?q=zzzz", "No"}, {"me", "/me", "vera@brightwater.example"},
		{"app", sheet[:strings.Index(sheet, "/sheets/")], "Products"}, {"404", "/nowhere", "no such page"},
		{"404-app", "/apps/00000000-0000-4000-8000-000000000000", "does not exist"}, {"table", sheet + "?view=table", "Footwear"},
		{"logout", "/logout", "Stay signed in"}, {"signed-out-after", "/?signed_out=1", ""},
	} {
		b.open(p.url + page.path)
		b.untilSaid(page.words)
		b.checkPage(page.name)
	}
}

// decline signs in and says no to the tenant's question.
func (b *tab) decline(p *portal) {
	b.t.Helper()
	p.control("PATCH", "/settings", `{"consent":"required"}`)
	b.click(byText("button", "Sign in as Vera Lindqvist"))
	b.untilSaid("Approve access")
	b.checkPage("tenant-consent")
	b.click(byText("button", "Decline"))
	b.untilSaid("You were not signed in")
}

func TestSheetIsAccessible(t *testing.T) {
	p, _, b, path := startSheet(t)
	b.checkPage("sheet")
	b.untilChartsFollow("dark", "light") // which checkPage went through
	inside := 0
	for _, v := range b.axe(`{ include: ["qlik-embed"] }`) {
		reason, known := libraryFaults[v.ID]
		if !known {
			t.Errorf("the charts break a rule that nobody listed: %s: %s %+v", v.ID, v.Help, v.Nodes)
		}
		t.Logf("known fault of Qlik's charts: %s (%s): %s", v.ID, v.Impact, reason)
		inside++
	}
	if inside == 0 {
		t.Error("Qlik's charts break no rule any more: let the gate look inside")
	}
	b.press("?")
	b.until("the list of keys", `document.querySelector("#keys:popover-open")`)
	b.checkPage("sheet-keys")
	b.open(p.url + path)
	b.untilDrawn()
	b.online(false)
	b.untilSaid("You are offline")
	b.checkPage("sheet-offline")
}
