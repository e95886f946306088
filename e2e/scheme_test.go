package e2e

import (
	"testing"
	"time"
)

// wears lists what of Qlik's charts has the ink or the first colour of the data
// of this scheme (static/nebula/themes.js).
const wears = `((scheme) => {
	const inks = { light: ["85, 96, 90", "22, 32, 27"], dark: ["163, 174, 168", "232, 237, 234"] }[scheme];
	const [red, green, blue] = { light: [0, 116, 60], dark: [76, 195, 138] }[scheme];
	const name = (e) => e.tagName + " of " + e.closest("[data-object-id]")?.dataset.objectId + " " + e.textContent.slice(0, 12);
	return $all(".vn *").filter((e) => {
		if (e.tagName === "CANVAS") {
			const pixels = e.width && e.height ? e.getContext("2d").getImageData(0, 0, e.width, e.height).data : [];
			let inked = 0;
			for (let i = 0; i < pixels.length; i += 4) if (pixels[i] === red && pixels[i + 1] === green && pixels[i + 2] === blue) inked++;
			return inked > 40;
		}
		if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) return false;
		const style = getComputedStyle(e);
		return inks.some((ink) => (e instanceof SVGElement ? style.fill : style.color).includes(ink));
	}).map(name);
})`

// untilChartsFollow waits until the charts have changed from one scheme to the
// other: they draw anew a moment after the page.
func (b *tab) untilChartsFollow(from, to string) {
	b.t.Helper()
	b.until("the charts to be "+to, wears+`(`+quote(to)+`).length > 10`)
	var left []string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err := b.try(wears+`(`+quote(from)+`)`, &left); err == nil && len(left) == 0 {
			return
		}
	}
	b.t.Fatalf("in the %s scheme this still is %s: %q", to, from, left)
}

// A scheme that comes back while the charts still take the other one over, and
// their size changes meanwhile, must not leave some of them behind.
func TestChartsFollowTheScheme(t *testing.T) {
	s := startSite(t, plain)
	visitor := s.visitor(t, s.tenantItself.Viewer())
	for _, m := range modes[:2] {
		t.Run(m.String(), func(t *testing.T) {
			b := visitor.in(t).newTab()
			b.scheme("light")
			s.openMode(b, m)
			b.untilDrawn()
			for range 8 {
				b.read(`(async () => {
					const root = document.documentElement, frame = $("[data-frame]");
					for (const [i, pause] of [10, 40, 25, 60, 15, 30, 20, 50].entries()) {
						root.dataset.theme = i % 2 ? "light" : "dark";
						frame.style.width = ["", "40%"][(i >> 1) % 2];
						await new Promise((then) => setTimeout(then, pause + 30 * Math.random()));
					}
					return true;
				})()`, new(bool))
				b.untilChartsFollow("dark", "light")
			}
		})
	}
}
