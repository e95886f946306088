package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestChartsByKeys selects in a bar chart by keys alone, in every mode. Qlik's
// open-source charts know no keys themselves, so it is done in the list of the
// chart's values; the tables of the developer's page are buttons.
func TestChartsByKeys(t *testing.T) {
	s := startModes(t)
	for _, m := range modes {
		if m.way == byToken || m.tables {
			continue // as by hand; and tested with all else that has keys
		}
		t.Run(m.String(), func(t *testing.T) {
			s.serve(m)
			visitor := s.visitorOf(t, lenient, s.tenantItself.Viewer())
			if m.way != "" {
				s.arrive(visitor.in(t).newTab(), m)
			}
			d, _ := s.openMode(visitor.newTab(), m)
			d.untilDrawn()
			testChartByKeys(d)
		})
	}
}

func testChartByKeys(d *drawing) {
	b := d.page
	button := "button.vn-values-button"
	d.doc.until("the button of the chart", `$(`+quote(d.partOf("sales-by-category", button))+`)`)
	d.tabTo("the button of the chart", `$(`+quote(d.partOf("sales-by-category", button))+`)`)
	all := d.sales()
	b.press(kb.Enter)
	d.tabTo("the first value", inList)
	b.screenshot("open")
	b.press(" ")
	d.doc.until("the KPI to follow", `(`+d.salesNow()+` && `+d.salesNow()+` !== `+quote(all)+`)`)
	d.doc.until("the value to keep the focus", `document.activeElement.closest(".vn-values .value")`)
	b.press(kb.Enter)
	d.untilListIsGone(button)
	b.until("the address to name the value", `new URLSearchParams(location.search).getAll("select").some((s) => s.startsWith("Category,"))`)
	d.doc.until("the chart to show that value alone", `$all(`+quote(d.partOf("sales-by-category", d.label))+`).length === 1`)
	b.screenshot("selected")

	one := d.sales()
	b.press(kb.Enter)
	d.tabTo("the value again", inList)
	b.press(" ")
	d.doc.until("the KPI to follow", `(`+d.salesNow()+` && `+d.salesNow()+` !== `+quote(one)+`)`)
	b.press(kb.Escape)
	d.untilListIsGone(button)
	d.doc.until("Escape to take that back", d.salesNow()+` === `+quote(one))
}

const inList = `$(".vn-values[open] .value")`

func (d *drawing) untilListIsGone(button string) {
	d.page.t.Helper()
	d.doc.until("the list to close", `!$(".vn-values[open]") && !$(".vn-values .value")`)
	d.doc.until("its button to have the focus again", `document.activeElement === $(`+quote(d.partOf("sales-by-category", button))+`)`)
}

// tabTo presses Tab until this element, or one inside of it, has the focus.
func (d *drawing) tabTo(what, element string) {
	d.page.t.Helper()
	d.doc.until(what, element)
	for range 60 {
		at := false
		d.doc.read(`Boolean(`+element+`?.contains(document.activeElement))`, &at)
		if at {
			return
		}
		d.page.press(kb.Tab)
	}
	d.page.t.Fatalf("Tab never came to %s", what)
}
