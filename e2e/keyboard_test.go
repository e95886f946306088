package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// focusNow describes the element that has the focus.
type focusNow struct {
	Name    string
	Visible bool // one can see that it has the focus
	Inside  bool // of Qlik's own charts
	Drawing bool // of what a sheet draws, whoever does
	After   bool // the one that had it before comes earlier in the page
	Body    bool // nothing has it
}

const readFocus = `(() => {
	const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
	const ring = (s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
	const label = e.closest("label, .card, .recent, summary") ?? e;
	const was = window.focusedBefore;
	window.focusedBefore = e;
	return {
		Name: (e.getAttribute("aria-label") || e.textContent.trim() || e.name || e.tagName).slice(0, 40),
		Visible: box.bottom > 0 && box.top < innerHeight && (ring(style) || ring(getComputedStyle(label))),
		Inside: Boolean(e.closest("qlik-embed, .vn, iframe")), Drawing: Boolean(e.closest("[data-frame]")), Body: e === document.body,
		After: !was || was === document.body || Boolean(was.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING),
	};
})()`

func (b *tab) focus() (f focusNow) {
	b.t.Helper()
	b.read(readFocus, &f)
	return f
}

// walk presses Tab and checks each stop, until the focus has a name that
// begins with these words.
func (b *tab) walk(to string, most int) {
	b.t.Helper()
	var names []string
	for range most {
		b.press(kb.Tab)
		f := b.focus()
		names = append(names, f.Name)
		if !f.Inside && !f.Body {
			if !f.Visible {
				b.t.Errorf("one cannot see that %q has the focus", f.Name)
			}
			if !f.After {
				b.t.Errorf("the focus goes back to %q: %q", f.Name, names)
			}
		}
		if strings.HasPrefix(f.Name, to) {
			return
		}
	}
	b.t.Fatalf("Tab never came to %q: %q", to, names)
}

func TestKeyboardAlone(t *testing.T) {
	p, _, b, path := startSheet(t)
	b.open(p.url + "/")
	b.press(kb.Tab)
	if f := b.focus(); f.Name != "Skip to content" || !f.Visible {
		t.Errorf("the first stop is %+v, want the skip link", f)
	}
	b.press(kb.Enter)
	b.until("the address to name the content", `location.hash === "#main"`)
	b.press(kb.Tab)
	b.until("the focus to be in the content", `document.activeElement.closest("main")`)
	b.open(p.url + "/")
	b.walk("Show all", 30)

	b.open(p.url + path)
	b.untilDrawn()
	b.walk("Overview", 6) // the button that lists the sheets
	b.press(kb.Enter)
	b.until("the list of sheets", `document.querySelector("#sheets:popover-open") && document.activeElement.getAttribute("aria-current") === "page"`)
	b.press(kb.ArrowDown)
	b.press(kb.Enter)
	b.until("the next sheet", `location.pathname.endsWith("/sheets/sales-products") && document.querySelector("qlik-embed") && document.readyState === "complete"`)
	b.press("t")
	b.until("the table view", `location.search === "?view=table" && document.querySelector("main table") && document.readyState === "complete"`)
	b.walk("Products", 6)
	b.press("t")
	b.until("the charts again", `location.search === "" && document.querySelector("qlik-embed")`)
}
