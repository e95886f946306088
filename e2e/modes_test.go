package e2e

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp/kb"
)

const (
	// firstChart is how long the first chart of a sheet may take on a machine
	// that does nothing else, and firstChartBusy on one that runs all tests.
	firstChart     = 1500 * time.Millisecond
	firstChartBusy = 10 * time.Second
	// endSaid is how long the end of a session may go unsaid.
	endSaid = 2 * time.Second
	// scriptLimit is what the page's scripts of our own may weigh, compressed.
	scriptLimit = 30 << 10
)

// TestModes runs the same table over all ways to embed a sheet. The browser
// sends cookies to frames of other sites, as far as a mode needs that.
func TestModes(t *testing.T) {
	s := startModes(t)
	for _, m := range modes {
		t.Run(m.String(), func(t *testing.T) { testMode(t, s, m) })
	}
}

// startModes is a site of which the first process leaves it to people to sign
// in at the tenant, and the second one signs tokens.
func startModes(t *testing.T) *site {
	t.Helper()
	return startSite(t, plain, signing)
}

// serve lets the process serve that suits the mode.
func (s *site) serve(m mode) {
	s.serving.Store(s.processes[0].url)
	if m.way == byToken {
		s.serving.Store(s.processes[1].url)
	}
}

func testMode(t *testing.T, s *site, m mode) {
	s.serve(m)
	visitor := s.visitorOf(t, lenient, s.tenantItself.Viewer())
	if m.way != "" {
		t.Run("the tenant gets to know the person", func(t *testing.T) { s.arrive(visitor.in(t).newTab(), m) })
	}
	b := visitor.newTab()
	s.openMode(b, m)
	d, took := s.openMode(b, m)
	t.Logf("the first chart came after %v", took.Round(time.Millisecond))
	if took > firstChart {
		t.Logf("that is longer than %v", firstChart)
	}
	if took > firstChartBusy {
		t.Errorf("the first chart came after %v", took)
	}
	type row struct {
		name string
		test func(*drawing, *site)
	}
	rows := []row{
		{"every chart is drawn", testDrawn}, {"a selection reaches the other charts", testSelected},
		{"a cut engine session comes back with selections", testCut}, {"offline and online", testOffline},
		{"keyboard alone", testKeyboard},
		{"no rule of axe is broken", testAxe}, {"the sign-in session ends", testEnded},
	}
	if m.way != byToken { // the scripts are the same, however the cookie came
		rows = slices.Insert(rows, len(rows)-1, row{"scripts of our own are light", testWeight})
	}
	for _, row := range rows {
		if !t.Run(row.name, func(t *testing.T) { row.test(d.in(t), s) }) {
			d, _ = s.openMode(b, m) // the next one begins afresh
		}
		d.refind(s)
	}
}

func testDrawn(d *drawing, _ *site) {
	d.untilDrawn()
	d.page.screenshot("drawn")
	d.page.checkComplaints()
}

func testSelected(d *drawing, _ *site) {
	d.choose()
	d.page.screenshot("selected")
}

// testCut: the engine ends its session, which is known to nobody any more.
func testCut(d *drawing, s *site) {
	if !strings.Contains(d.page.at(), "select=") {
		d.choose()
	}
	for _, cut := range []struct {
		code   int
		reason string
	}{{4003, "engine terminating"}, {4200, "engine proxy"}} {
		d.page.watchDot()
		s.close(cut.code, cut.reason)
		d.page.until("the page to notice", `dotStates.includes("warn")`)
		d.page.until("the connection to be back", `$("[data-session-dot]").dataset.state === "ok" && !document.querySelector("[data-scrim] .scrim")`)
		d.refind(s)
		d.untilChosen()
	}
}

// watchDot keeps what the sign of the session says from now on: what a page is
// quick to mend it says for a moment only.
func (b *tab) watchDot() {
	b.t.Helper()
	b.read(`(() => {
		const dot = $("[data-session-dot]");
		window.dotStates = [];
		new MutationObserver(() => dotStates.push(dot.dataset.state)).observe(dot, { attributeFilter: ["data-state"] });
		return true;
	})()`, new(bool))
}

func testOffline(d *drawing, s *site) {
	d.page.online(false)
	d.page.untilSaid("You are offline")
	d.page.screenshot("offline")
	d.page.online(true)
	d.page.until("the message to go", `!document.body.innerText.includes("You are offline")`)
	d.page.until("all to be well", `$("[data-session-dot]").dataset.state === "ok"`)
	d.refind(s)
	d.untilDrawn()
}

func testAxe(d *drawing, _ *site) { d.page.checkPage("sheet") }

// testWeight opens the sheet in a tab whose cache is empty.
func testWeight(d *drawing, s *site) {
	b := d.page
	must(b.t, call(b.ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}))
	defer func() {
		must(b.t, call(b.ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: false}))
	}()
	seen := 0
	b.look(func() { seen = len(b.responses) })
	s.openMode(b, d.mode)
	total, most := 0, []string{}
	b.look(func() {
		ours := map[network.RequestID]bool{}
		for _, r := range b.responses[seen:] {
			if strings.HasPrefix(r.url, s.url+"/static/") && strings.Contains(r.url, "/js/") {
				ours[r.id] = true
				most = append(most, r.url[strings.LastIndex(r.url, "/")+1:])
			}
		}
		for _, h := range b.headers {
			if ours[h.id] && !h.sent && h.name == "content-length" {
				length, _ := strconv.Atoi(h.value)
				total += length
				delete(ours, h.id) // the browser tells headers twice
			}
		}
	})
	b.t.Logf("%d bytes in %d scripts of our own", total, len(most))
	if total > scriptLimit || total < 1<<10 {
		b.t.Errorf("scripts of our own weigh %d bytes, want at most %d: %q", total, scriptLimit, most)
	}
}

// testKeyboard goes through the page with Tab, in and out of the drawing, and
// selects there and uses what has a key. Of Qlik's charts only list boxes take
// selections by key; the table view has the numbers of all.
func testKeyboard(d *drawing, s *site) {
	b := d.page
	path := s.sheetPath(d.mode) + "&select=Category%2CFootwear"
	s.navigate(b, path)
	*d = *s.find(b, d.mode)
	d.untilChosen()
	d.untilDrawn() // or Tab passes by where something is still to come
	var stops []string
	entered, left, selected := false, false, false
	for range 150 {
		b.press(kb.Tab)
		f := b.focus()
		stops = append(stops, f.Name)
		if !f.Inside && !f.Body && !f.Visible {
			b.t.Errorf("one cannot see that %q has the focus", f.Name)
		}
		switch {
		case d.tables && f.Name == "Footwear":
			b.press(kb.Enter)
			d.doc.until("the selection to go", `!(`+d.salesNow()+`.includes(`+quote(chosen)+`))`)
			b.press(kb.Enter)
			d.untilChosen()
			selected = true
		case !selected && f.Drawing && d.atRegion():
			d.chooseByKeys()
			selected = true
		}
		entered = entered || f.Drawing
		if left = entered && !f.Drawing && !f.Body; left {
			break
		}
	}
	if !entered || !left || !selected {
		b.t.Fatalf("Tab came into the drawing: %v, to a value to select: %v, and out of it: %v: %q", entered, selected, left, stops)
	}
	b.press("m")
	b.until("the list of modes", `document.querySelector("#modes:popover-open") && document.activeElement.dataset.mode === `+quote(d.name))
	b.press("\x1b")
	b.until("the list to close", `!document.querySelector("#modes:popover-open") && !document.activeElement.closest("#modes")`)
	b.press("t")
	b.until("the table view, with the selection", `document.querySelector("main table") && location.search.includes("view=table") && location.search.includes("select=") && document.readyState === "complete"`)
	b.press("t")
	b.until("the charts again", `document.querySelector("[data-frame]") && document.readyState === "complete"`)
	*d = *s.find(b, d.mode)
	d.untilChosen()
}

// testEnded: the person signs out in another tab.
func testEnded(d *drawing, s *site) {
	other := (&profile{t: d.page.t, ctx: d.page.ctx, id: d.page.profileID()}).newTab()
	other.open(s.url + "/logout")
	other.read(`(document.querySelector('main form[action="/logout"]').submit(), true)`, new(bool))
	start := time.Now()
	d.page.untilSaid("Your session has ended")
	took := time.Since(start)
	d.page.t.Logf("the end was said after %v", took.Round(time.Millisecond))
	if took > endSaid {
		d.page.t.Errorf("the end was said after %v, want %v", took, endSaid)
	}
	d.page.screenshot("ended")
	d.page.until("nothing left of what may no longer be seen", `!document.querySelector("[data-frame] *")`)
	d.page.click(byText("[role=alertdialog] a", "Sign in again"))
	d.page.until("to be back at the sheet", `location.pathname === "`+strings.Split(s.sheetPath(d.mode), "?")[0]+`" && !document.querySelector("[role=alertdialog]")`)
}
