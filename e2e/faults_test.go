package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// startSheet is a person with an open sheet.
func startSheet(t *testing.T) (p *portal, profile *profile, b *tab, path string) {
	t.Helper()
	p, profile = startPortal(t), newProfile(t)
	b = profile.newTab()
	b.open(p.url + "/")
	b.signIn(p)
	return p, profile, b, b.openSheet(p)
}

func TestSessionEndsElsewhereWhileSheetIsOpen(t *testing.T) {
	p, profile, b, path := startSheet(t)
	other := profile.newTab()
	other.open(p.url + "/logout")
	other.click(byText("main button", "Sign out"))
	other.untilSaid("You are signed out")

	b.untilSaid("Your session has ended")
	b.screenshot("ended")
	var left string
	b.read(`$all("*").map((e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("")).join(" ")`, &left)
	if strings.Contains(left, "Footwear") || strings.Contains(left, "M€") {
		t.Errorf("what may no longer be seen is still there: %s", left)
	}
	var focused bool
	b.read(`document.activeElement.getAttribute("role") === "alertdialog"`, &focused)
	if !focused {
		t.Error("the message did not get the focus")
	}
	b.click(byText("[role=alertdialog] a", "Sign in again"))
	b.until("to be back at the sheet", `location.href === "`+p.url+path+`" && !document.querySelector("[role=alertdialog]")`)
	b.untilDrawn() // the tenant still knew them: no password was asked
}

func TestNetworkAwayIsSaidAndPasses(t *testing.T) {
	_, _, b, _ := startSheet(t)
	b.online(false)
	b.untilSaid("You are offline")
	b.screenshot("offline")
	b.online(true)
	b.until("the message to go", `!document.body.innerText.includes("You are offline")`)
	b.selectCategory()
}

func (b *tab) online(on bool) {
	b.t.Helper()
	conditions := network.OverrideNetworkStateParams{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1}
	must(b.t, call(b.ctx, network.OverrideNetworkState, conditions))
	must(b.t, call(b.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1}},
	}))
}

func TestRuntimeThatDoesNotLoadIsSaid(t *testing.T) {
	p, _, b, path := startSheet(t)
	must(t, call(b.ctx, network.SetBlockedURLs, network.SetBlockedURLsParams{
		URLPatterns: []*network.BlockPattern{{URLPattern: p.tenant.url + "/qlik-embed/main.js", Block: true}},
	}))
	b.open(p.url + path)
	b.untilSaid("Qlik does not answer")
	b.screenshot("no-runtime")
	b.click(byText("[role=alertdialog] a", "Table view"))
	b.untilSaid("Footwear") // the numbers come over the server
}

func TestTenantGoneIsSaid(t *testing.T) {
	p, _, b, path := startSheet(t)
	p.tenant.close()
	b.untilSaid("The connection to Qlik was lost")
	b.screenshot("sheet-open")
	b.open(p.url + path)
	b.untilSaid("The tenant did not answer as it should")
	b.screenshot("sheet-new")
	b.open(p.url + "/")
	b.until("home to say that apps cannot be listed", `document.querySelector("h1") && document.body.innerText.length > 100`)
	b.screenshot("home")
	p.tenant.reopen()
	b.open(p.url + path)
	b.untilDrawn()
}

// An engine that refuses the app must not leave an empty frame either.
func TestEngineThatCutsSocketsIsSaid(t *testing.T) {
	p, _, b, path := startSheet(t)
	p.control("POST", "/faults", `{"path":"/app/","kind":"socket-cut","delay":"1ms"}`)
	b.open(p.url + path)
	b.until("words", `/connection|not answer|could not|longer than usual/i.test($all("*").map((e) => e.shadowRoot ? "" : [...e.childNodes].filter((n) => n.nodeType === 3 && e.checkVisibility()).map((n) => n.data).join("")).join(" "))`)
	b.screenshot("engine-cuts")
}
