package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// mode is a way to embed a sheet, and how to find the sheet's parts in it.
type mode struct {
	name    string
	way     string // how the tenant comes to know the person, where it must
	address string // what stands in the page's address
	object  string // selector of the element of an object, by its ID
	figure  string // selector in there of the number of a KPI
	label   string // selector in there of the names that a chart has
	framed  bool   // all of that is in a frame of the tenant's
	tables  bool   // charts are tables, and names are buttons
}

func (m mode) String() string { return strings.TrimSuffix(m.name+"-"+m.way, "-") }

var (
	drawnHere = mode{object: `.vn-cell[data-object-id="%s"]`, figure: "output", label: "text[data-label]"}
	inBoxes   = mode{object: `[id="qlik-%s"]`, figure: "output", label: "text[data-label]"}
	inTables  = mode{object: `.data:has([id="data-%s"])`, figure: "td.number", label: "button.value", tables: true}
)

// as is a mode that finds its parts like another one.
func (m mode) as(name, way string) mode {
	m.name, m.way, m.address = name, way, "embed="+name
	m.framed = name == "iframe"
	return m
}

// modes: those that need a cookie of the tenant's with both ways to get it.
var modes = []mode{
	drawnHere.as("qlik-embed", ""), drawnHere.as("nebula", ""), drawnHere.as("iframe", byHand), drawnHere.as("iframe", byToken),
	inBoxes.as("capability", byHand), inBoxes.as("capability", byToken), inTables.as("enigma", ""),
}

const (
	byHand  = "by hand"
	byToken = "by token"
)

// drawing is a sheet on a page.
type drawing struct {
	mode
	page *tab // ours
	doc  *tab // where the charts are: ours, or the tenant's frame in it
}

func (s *site) sheetPath(m mode) string {
	return "/apps/" + s.appID + "/sheets/sales-overview?" + m.address
}

// openMode opens the sheet and waits for its first chart, which took this long.
// What was selected in this tab may still be.
func (s *site) openMode(b *tab, m mode) (d *drawing, took time.Duration) {
	b.t.Helper()
	start := time.Now()
	s.navigate(b, s.sheetPath(m))
	d = s.find(b, m)
	return d, time.Since(start)
}

// find waits for the first chart on the page.
func (s *site) find(b *tab, m mode) *drawing {
	b.t.Helper()
	d := &drawing{mode: m, page: b, doc: b}
	if m.framed {
		d.doc = b.frame(s.tenant.url + "/single/")
	}
	d.doc.until("the first chart", `$all(`+quote(d.partOf("sales-by-category", m.label))+`).length > 0`)
	return d
}

// in is the same drawing for a test inside of the one that opened it.
func (d *drawing) in(t *testing.T) *drawing {
	inner := *d
	inner.page, inner.doc = d.page.in(t), d.doc.in(t)
	return &inner
}

func (m mode) partOf(object, part string) string { return fmt.Sprintf(m.object, object) + " " + part }

// frame waits for a frame of this tab at this address, and goes into it. A
// frame of another site is a page of its own to the browser.
func (b *tab) frame(address string) *tab {
	b.t.Helper()
	parent := string(chromedp.FromContext(b.ctx).Target.TargetID)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		all, err := chromedp.Targets(b.ctx)
		must(b.t, err)
		for _, candidate := range all {
			ours := candidate.ParentFrameID == "" || string(candidate.ParentFrameID) == parent
			if candidate.Type != "iframe" || !ours || !strings.HasPrefix(candidate.URL, address) {
				continue
			}
			ctx, leave := chromedp.NewContext(b.ctx, chromedp.WithTargetID(candidate.TargetID), chromedp.WithDetachOnCancel())
			b.t.Cleanup(leave)
			if err := chromedp.Do(ctx); err != nil {
				continue // it went while we looked
			}
			return &tab{t: b.t, ctx: ctx, traffic: record(ctx, b.t)}
		}
	}
	b.t.Fatalf("no frame at %s", address)
	return nil
}

// untilDrawn waits until every object of the sheet shows something.
func (d *drawing) untilDrawn() {
	d.page.t.Helper()
	for _, object := range []string{"sales-kpi-sales", "sales-by-month", "sales-by-segment", "sales-by-country", "sales-by-category", "sales-region"} {
		d.doc.until(object+" to be drawn", fmt.Sprintf(`(() => {
			const box = $(%s);
			return box && (/\d/.test(box.querySelector(%s)?.textContent ?? "") || box.querySelectorAll(%s + ", [data-n], svg path[d]").length > 0 ||
				[...box.querySelectorAll("canvas")].some((c) => %s(box, c.dataset.key) > 300));
		})()`, quote(fmt.Sprintf(d.object, object)), quote(d.figure), quote(d.label), inkOf))
	}
	d.page.until("the skeleton to go", `!document.querySelector("[data-skeleton]")`)
}

// sales is the number that the KPI shows.
func (d *drawing) sales() (text string) {
	d.page.t.Helper()
	d.doc.read(d.salesNow(), &text)
	return text
}

func (d *drawing) salesNow() string {
	return `($(` + quote(d.partOf("sales-kpi-sales", d.figure)) + `)?.textContent ?? "")`
}

// categories are the names that the chart of categories shows, or those of
// them that are selected where it goes on to show the others.
func (d *drawing) categories() string {
	selected := ""
	if d.tables {
		selected = `.filter((e) => e.dataset.state !== "X" && e.dataset.state !== "A")`
	}
	return `$all(` + quote(d.partOf("sales-by-category", d.label)) + `)` + selected + `.map((e) => e.textContent.trim()).sort().join()`
}

// choose selects Footwear in the chart of categories and waits until the KPI
// and the page's address follow.
func (d *drawing) choose() {
	d.page.t.Helper()
	all := d.sales()
	name := byText(d.partOf("sales-by-category", d.label), "Footwear")
	if d.tables {
		d.doc.click(name)
	} else {
		bars := d.doc.rectOf(`$(` + quote(d.partOf("sales-by-category", `canvas[data-key="bar"]`)) + `)`)
		label := d.doc.rectOf(name)
		at := d.origin()
		d.page.clickAt(at.X+bars.X+12, at.Y+label.Y+label.Height/2)
		d.doc.until("the KPI to follow", d.salesNow()+` !== `+quote(all))
		confirm := d.doc.rectOf(`$(` + quote(confirmation) + `)`)
		d.page.clickAt(at.X+confirm.X+confirm.Width/2, at.Y+confirm.Y+confirm.Height/2)
	}
	d.untilChosen()
	if now := d.sales(); now == all {
		d.page.t.Errorf("the KPI says %q with Footwear selected and without", now)
	}
}

// atRegion tells whether a value in the list box of regions has the focus.
func (d *drawing) atRegion() (at bool) {
	d.page.t.Helper()
	d.doc.read(`Boolean(document.activeElement.closest(`+quote(d.partOf("sales-region", ".value"))+`))`, &at)
	return at
}

// chooseByKeys selects the region that has the focus, beside Footwear, waits
// for the other charts to follow, and takes it back. Values that are selected
// come first in the list, and the first one is where Tab leads.
func (d *drawing) chooseByKeys() {
	d.page.t.Helper()
	var region string
	d.doc.read(`document.activeElement.textContent.trim()`, &region)
	d.page.press(" ")
	d.doc.until("the KPI to follow", `(`+d.salesNow()+` && !`+d.salesNow()+`.includes(`+quote(chosen)+`))`)
	d.confirmByKeys()
	d.page.until("the address to name it", `new URLSearchParams(location.search).getAll("select").includes(`+quote("Region,"+region)+`)`)
	d.doc.until("the value to keep the focus", `document.activeElement.textContent.trim() === `+quote(region))
	d.page.press(" ")
	d.untilChosen()
	d.confirmByKeys()
}

// confirmByKeys ends selecting with Enter. The list hides its button at once,
// but takes what is selected next for part of the same selection until the
// engine has ended that: then it would never ask to have it confirmed.
func (d *drawing) confirmByKeys() {
	d.page.t.Helper()
	d.doc.until("the list to be selected in", `$(`+quote(confirmation)+`)`) // or Enter has nothing to confirm
	ended := d.doc.answered("EndSelections")
	d.page.press(kb.Enter)
	d.doc.until("the selection to be confirmed", `!$(`+quote(confirmation)+`)`)
	d.doc.untilAnswered("EndSelections", ended)
}

// confirmation is the button that ends selecting in a chart.
const confirmation = `button[title="Confirm selection"], [data-testid="actions-toolbar-confirm"]`

// chosen is the sales of Footwear, rounded as the KPI does.
const chosen = "4.9"

// untilChosen waits until all shows that Footwear, and nothing else, is
// selected.
func (d *drawing) untilChosen() {
	d.page.t.Helper()
	d.doc.until("the chart to show Footwear alone", d.categories()+` === "Footwear"`)
	d.doc.until("the KPI to show the sales of Footwear", d.salesNow()+`.includes(`+quote(chosen)+`)`)
	d.page.until("the address to name it", `new URLSearchParams(location.search).getAll("select").join(";") === "Category,Footwear"`)
}

// origin is where in the window the drawing's document begins.
func (d *drawing) origin() (at rect) {
	d.page.t.Helper()
	if d.framed {
		at = d.page.rectOf(`document.querySelector("[data-frame] iframe")`)
	}
	return at
}

// refind goes into the frame anew, after the page has loaded another one.
func (d *drawing) refind(s *site) {
	d.page.t.Helper()
	if d.framed {
		d.page.until("the new frame alone", `document.querySelectorAll("[data-frame] iframe:not([data-waiting])").length === 1 && !document.querySelector("[data-frame] iframe[data-waiting]")`)
		d.doc = d.page.frame(s.tenant.url + "/single/")
	}
}
