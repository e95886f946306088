package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
)

// homeLimit is what home may weigh on the first view, compressed, without
// pictures of apps.
const homeLimit = 60 << 10

func TestHomeIsLight(t *testing.T) {
	p := startPortal(t)
	profile := newProfile(t)
	b := profile.newTab()
	b.open(p.url + "/")
	b.signIn(p)
	// A tab of its own, with an empty cache: all that home needs, and nothing else.
	first := profile.newTab()
	must(t, call(first.ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}))
	first.open(p.url + "/")
	first.untilSaid("Hello, Vera")
	first.until("the icon", `performance.getEntriesByType("resource").length >= 3`)
	var total float64
	first.look(func() {
		for _, r := range first.responses {
			if strings.HasSuffix(r.url, "/thumbnail") || !strings.HasPrefix(r.url, p.url) {
				continue
			}
			t.Logf("%6.0f bytes %s", first.sizes[r.id], strings.TrimPrefix(r.url, p.url))
			total += first.sizes[r.id]
		}
	})
	if total > homeLimit || total < 2<<10 {
		t.Errorf("home weighs %.0f bytes, want at most %d", total, homeLimit)
	}
}

// shiftWatch adds up how far things moved by themselves, as the browser's
// Cumulative Layout Shift does. What moves inside of Qlik's charts, whose
// titles come a moment before their bodies, is counted apart.
const shiftWatch = `
window.shifted = 0; window.shiftedInside = 0; window.moved = [];
new PerformanceObserver((list) => {
	for (const entry of list.getEntries()) {
		if (entry.hadRecentInput) continue;
		const elements = entry.sources.map((s) => s.node?.parentElement).filter(Boolean);
		if (elements.length && elements.every((e) => e.closest("qlik-embed"))) {
			shiftedInside += entry.value;
			continue;
		}
		shifted += entry.value;
		moved.push(...entry.sources.map((s) => s.node?.nodeName + "." + s.node?.className + " from " + JSON.stringify(s.previousRect) + " to " + JSON.stringify(s.currentRect)));
	}
}).observe({ type: "layout-shift", buffered: true });`

func TestNothingShifts(t *testing.T) {
	p := startPortal(t)
	b := newProfile(t).newTab()
	must(t, call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: shiftWatch}))
	b.open(p.url + "/")
	b.signIn(p)
	for _, width := range []int64{1280, 320} {
		b.size(width, 900)
		b.open(p.url + "/")
		b.until("the pictures in view", `[...document.images].filter((i) => i.getBoundingClientRect().top < innerHeight).every((i) => i.complete)`)
		b.untilStill("home")
		b.openSheet(p)
		b.untilStill("the sheet")
	}
}

// untilStill waits for two quiet frames, so that a late shift is not missed.
func (b *tab) untilStill(what string) {
	b.t.Helper()
	var shift struct {
		Shifted, Inside float64
		Moved           []string
	}
	b.read(`(async () => {
		for (let i = 0; i < 20; i++) await new Promise((painted) => requestAnimationFrame(painted));
		return { Shifted: shifted, Inside: shiftedInside, Moved: moved };
	})()`, &shift)
	if shift.Inside != 0 {
		b.t.Logf("inside of Qlik's charts things moved by %v", shift.Inside)
	}
	if shift.Shifted != 0 {
		b.t.Errorf("%s moved by %v: %q", what, shift.Shifted, shift.Moved)
	}
}
