package e2e

import (
	"fmt"
	"strings"
	"time"
)

// chart names the cell of one object of the sheet.
func chart(object string) string {
	return fmt.Sprintf(`$('.vn-cell[data-object-id="%s"]')`, object)
}

// kpi reads the figure that a KPI shows.
func (b *tab) kpi(object string) (text string) {
	b.t.Helper()
	b.read(chart(object)+`?.querySelector("output")?.textContent ?? ""`, &text)
	return text
}

// ink counts the pixels of the marks (not of axes or grid lines) of a chart
// that is drawn on canvases.
const inkOf = `((cell, layer) => {
	const canvas = [...(cell?.querySelectorAll("canvas") ?? [])].find((c) => c.dataset.key === layer);
	if (!canvas?.width || !canvas.height) return 0;
	const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
	let inked = 0;
	for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > 40) inked++;
	return inked;
})`

func ink(object, layer string) string { return fmt.Sprintf(`%s(%s, %q)`, inkOf, chart(object), layer) }

// pixels is the picture of a layer, to tell whether it changed.
func pixels(object, layer string) string {
	return fmt.Sprintf(`[...%s.querySelectorAll("canvas")].find((c) => c.dataset.key === %q).toDataURL()`, chart(object), layer)
}

// untilDrawn waits until every chart of the demo's overview has marks in it.
func (b *tab) untilDrawn() {
	b.t.Helper()
	for object, layer := range map[string]string{"sales-by-segment": "slices", "sales-by-country": "bar", "sales-by-category": "bar", "sales-by-month": "line"} {
		if layer == "line" {
			b.until(object+" to be drawn", fmt.Sprintf(`(() => {
				const cell = %s;
				return cell.querySelector("svg path[d]:not(defs *)") || [...cell.querySelectorAll("canvas")].some((c) => %s(cell, c.dataset.key) > 300);
			})()`, chart(object), inkOf))
			continue
		}
		b.until(object+" to be drawn", ink(object, layer)+` > 300`)
	}
	b.until("the KPI to have a figure", `/\d/.test(`+chart("sales-kpi-sales")+`?.querySelector("output")?.textContent)`)
	b.until("the list of regions", chart("sales-region")+`.textContent.includes("Europe")`)
	b.until("the skeleton to go", `!document.querySelector("[data-skeleton]")`)
}

// openSheet goes to the overview of the demo's first app, by the address of
// the app with this name on home.
func (b *tab) openSheet(p *portal) (path string) {
	b.t.Helper()
	b.read(`new URL(`+byText("a.card-link", "Sales Overview")+`.href).pathname + "/sheets/sales-overview"`, &path)
	b.open(p.url + path)
	b.untilDrawn()
	return path
}

// untilSent waits until the browser sent an engine request with these words.
func (b *tab) untilSent(method, words string) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		for _, payload := range b.sent(method) {
			if strings.Contains(payload, words) {
				return
			}
		}
	}
	b.t.Fatalf("the browser never sent %s with %s, only %q", method, words, b.sent(method))
}

// untilAnswered waits until more engine requests with this method have their
// answer than had it before.
func (b *tab) untilAnswered(method string, before int) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if b.answered(method) > before {
			return
		}
	}
	b.t.Fatalf("the engine never answered %s", method)
}
