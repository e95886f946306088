package e2e

import (
	"fmt"
	"testing"
)

// Of the page with web components: what each shows, as text.
const (
	labelsOf = `[...document.querySelectorAll("%s text[data-label]")].map((e) => e.textContent).sort().join()`
	figureOf = `(document.querySelector("%s output")?.textContent ?? "")`
)

var (
	barsAlone    = fmt.Sprintf(labelsOf, "#chart")
	barsOnSheet  = fmt.Sprintf(labelsOf, `#sheet [data-object-id=sales-by-category]`)
	salesAlone   = fmt.Sprintf(figureOf, "#kpi")
	salesOnSheet = fmt.Sprintf(figureOf, `#sheet [data-object-id=sales-kpi-sales]`)
)

// testEmbed: the web components as npm brings them, on a page whose policy
// allows nothing but the portal.
func testEmbed(t *testing.T, s *site) {
	visitor := s.visitor(t, s.tenantItself.Viewer())
	b := visitor.newTab()
	b.open(s.url + "/mashup/embed.html")
	b.untilDrawn()
	b.until("the chart alone", `(`+barsAlone+`).split(",").length === 5 && /\d/.test(`+salesAlone+`)`)
	b.until("the field", `document.querySelectorAll("#field [data-n]").length >= 4`)
	b.screenshot("drawn")
	var all string
	b.read(salesAlone, &all)
	b.sameFigures("")

	b.click(byText("#field [data-n]", "Backpacks"))
	b.until("the KPIs to follow", salesAlone+` !== `+quote(all))
	b.click(`document.querySelector('#field button[title="Confirm selection"], #field [data-testid="actions-toolbar-confirm"]')`)
	b.until("the chart to follow", barsAlone+` === "Backpacks" && `+barsOnSheet+` === "Backpacks"`)
	b.until("the selection to be named", `/Category\s+Backpacks/.test(document.querySelector("#selections").innerText)`)
	b.sameFigures(all)
	b.screenshot("selected")

	b.click(`document.querySelector('#selections button[title^="Clear all"]:not(:disabled)')`)
	b.until("all to be back", salesAlone+` === `+quote(all)+` && (`+barsAlone+`).split(",").length === 5`)
	b.sameFigures("")
	if n := b.opened(); n != 1 {
		t.Errorf("five components opened %d sockets, want one for all", n)
	}
	b.checkOnlyPortal(s)
	b.checkComplaints()
}

// sameFigures wants the KPI alone and the one on the sheet to say the same, and
// not this.
func (b *tab) sameFigures(not string) {
	b.t.Helper()
	b.until("the sheet to say the same", salesAlone+` === `+salesOnSheet)
	var alone string
	b.read(salesAlone, &alone)
	if alone == not || alone == "" {
		b.t.Errorf("the KPI says %q", alone)
	}
}
