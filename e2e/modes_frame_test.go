package e2e

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// iframeMode is the tenant's own page in ours.
var iframeMode = drawnHere.as("iframe", byHand)

// TestFrameHasTheTenantsMenu: what the page asks for in opt= arrives, and what
// is chosen there is known to the page.
func TestFrameHasTheTenantsMenu(t *testing.T) {
	s := startModes(t)
	b := s.visitorOf(t, lenient, s.tenantItself.Viewer()).newTab()
	s.navigate(b, s.sheetPath(iframeMode)+"&select=Category%2CFootwear")
	d := s.find(b, iframeMode)
	d.untilChosen()
	// The menu's file has no window to be saved from here: it is kept instead.
	d.doc.read(`(URL.createObjectURL = (blob) => { window.saved = blob; return "blob:none"; }, HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; }, true)`, new(bool))

	d.menu("Export data")
	d.doc.until("the file", `window.savedAs`)
	var name, text string
	d.doc.read(`window.savedAs`, &name)
	d.doc.read(`window.saved.text()`, &text)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || name != "Sales by category.csv" || len(rows) != 2 || rows[1][0] != "Footwear" || len(rows[0]) != 2 {
		t.Errorf("%q holds %q, %v", name, rows, err)
	}

	d.menu("View data")
	d.doc.until("the table", `document.querySelector("dialog.data[open] td")?.textContent === "Footwear"`)
	b.screenshot("data")
	d.clickIn(byText("dialog button", "Close"))
	d.doc.until("the table to go", `!document.querySelector("dialog.data[open]")`)

	d.menu("")
	d.doc.until("the menu to have the focus", `document.hasFocus() && document.activeElement.role === "menuitem"`)
	b.screenshot("menu")
	for _, key := range []string{kb.ArrowDown, kb.ArrowDown, kb.Enter} {
		b.press(key)
	}
	d.doc.until("the selection to go", `!document.querySelector("[role=menu]") && !`+d.salesNow()+`.includes(`+quote(chosen)+`)`)
	b.until("the address to lose it", `!location.search.includes("select=")`)
}

// menu opens the menu of the chart of categories, and chooses what has this
// name, if any.
func (d *drawing) menu(item string) {
	d.page.t.Helper()
	const there = `document.querySelectorAll("[role=menu] [role=menuitem]").length === 3`
	var open bool
	// A frame of another process gets no click before the window knows of it:
	// the first may be lost.
	for end := time.Now().Add(patience); !open && time.Now().Before(end); {
		at, label := d.origin(), d.doc.rectOf(byText(d.partOf("sales-by-category", d.label), "Footwear"))
		must(d.page.t, chromedp.Do(d.page.ctx, chromedp.MouseClickXY(at.X+label.X+5, at.Y+label.Y+5, chromedp.ButtonRight)))
		for look := 0; look < 20 && !open; look++ {
			time.Sleep(25 * time.Millisecond)
			d.doc.read(there, &open)
		}
	}
	d.doc.until("the menu", there)
	if item != "" {
		d.clickIn(byText("[role=menuitem]", item))
	}
}

// clickIn presses the mouse on something in the frame.
func (d *drawing) clickIn(element string) {
	d.page.t.Helper()
	at, place := d.origin(), d.doc.rectOf(element)
	d.page.clickAt(at.X+place.X+place.Width/2, at.Y+place.Y+place.Height/2)
}

// TestFrameFollowsThePagesLook where the app has no theme of its own, and keeps
// what is selected.
func TestFrameFollowsThePagesLook(t *testing.T) {
	s := startModes(t)
	b := s.visitorOf(t, lenient, s.tenantItself.Viewer()).newTab()
	b.open(s.url + "/me")
	b.read(`fetch("/qlik/api/v1/items?name=My%20territory").then((r) => r.json()).then((r) => r.data[0].resourceId)`, &s.appID)
	b.scheme("dark")
	s.navigate(b, s.sheetPath(iframeMode)+"&select=Category%2CFootwear")
	s.find(b, iframeMode).untilChosen()
	for _, look := range []struct{ choose, shown string }{{"", "dark"}, {"light", "light"}, {"dark", "dark"}} {
		if look.choose != "" {
			b.read(`(document.documentElement.dataset.theme = `+quote(look.choose)+`, true)`, new(bool))
			b.until("the frame's new address", `document.querySelector("[data-frame] iframe:only-child:not([data-waiting])")?.src.includes("theme=sense`+map[string]string{"light": "&", "dark": "-dark"}[look.choose]+`")`)
		}
		d := s.find(b, iframeMode)
		d.untilChosen()
		d.doc.until("the frame to be "+look.shown, `document.documentElement.dataset.theme === `+quote(look.shown))
		b.screenshot("look-" + look.shown)
	}
}
