package e2e

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"vitrine/demo"
)

// closeCodes are codes that an engine, its proxy or a front closes with although
// the sheet is not gone for good: 1006 is a connection that breaks without a close
// frame, 1005 a close frame without a code.
func closeCodes(m mode) []int {
	if m.way == "" && !m.tables { // Qlik's library, and our own connection
		return []int{1000, 1001, 1005, 1006, 1011, 4000, 4006}
	}
	return []int{1000, 1006, 4000} // static/tests has all codes
}

// modesToClose are all modes once, and enigma.js at the tenant itself.
func modesToClose() []mode {
	direct := inTables.as("enigma", byHand)
	direct.address += "&via=tenant"
	list := []mode{direct}
	for _, m := range modes {
		if m.way != byToken { // the scripts are those of a sign-in by hand
			list = append(list, m)
		}
	}
	return list
}

// TestModesReconnectAfterEveryClose: the page notices that a socket of the
// engine was closed, whatever the code, and reconnects with the selections.
func TestModesReconnectAfterEveryClose(t *testing.T) {
	s := startModes(t)
	for _, m := range modesToClose() {
		t.Run(m.String(), func(t *testing.T) {
			s.serve(m)
			visitor := s.visitorOf(t, lenient, s.tenantItself.Viewer())
			for _, code := range closeCodes(m) {
				t.Run(strconv.Itoa(code), func(t *testing.T) {
					b := visitor.in(t).newTab()
					defer func() { _ = chromedp.Cancel(b.ctx) }()
					testClose(s.openChosen(b, m), s, code)
				})
			}
		})
	}
}

// openChosen opens the sheet with Footwear selected.
func (s *site) openChosen(b *tab, m mode) *drawing {
	b.t.Helper()
	s.navigate(b, s.sheetPath(m)+"&select=Category%2CFootwear")
	d := s.find(b, m)
	d.untilChosen()
	b.until("the sign of the session to be green", connected)
	return d
}

const connected = `$("[data-session-dot]").dataset.state === "ok" && !document.querySelector("[data-scrim] .scrim")`

func testClose(d *drawing, s *site, code int) {
	d.page.watchDot()
	s.cut(code)
	d.page.until("the page to notice", `dotStates.includes("warn")`)
	d.page.until("the connection to be back", connected)
	d.refind(s)
	d.untilChosen()
}

// cut ends the sockets of the engine with a close code, or without one.
func (s *site) cut(code int) {
	s.t.Helper()
	if code == 1006 {
		s.tenant.close()
		s.tenant.reopen()
		return
	}
	s.close(code, "")
}

// TestModesCoverAnOutage: an engine that closes its sockets with 1000 and takes
// no new ones is as much of an outage as one that breaks off.
func TestModesCoverAnOutage(t *testing.T) {
	s := startModes(t)
	for _, m := range modesToClose() {
		t.Run(m.String(), func(t *testing.T) {
			s.serve(m)
			b := s.visitorOf(t, lenient, s.tenantItself.Viewer()).newTab()
			d := s.openChosen(b, m)
			end := s.tenantItself.Inject(demo.Fault{Path: "/app/", Kind: demo.FaultStatus, Status: 503})
			defer end()
			s.cut(1000)
			b.until("the cover", `$("[data-scrim] h2")?.textContent.includes("The connection to Qlik was lost") && $("[data-frame]").inert`)
			b.screenshot("covered")
			end()
			b.until("the connection to be back", connected+` && !$("[data-frame]").inert`)
			d.refind(s)
			d.untilChosen()
		})
	}
}

// TestOwnClosesAreNotCovered: a socket that the page or a library in it closes
// is not lost, and the end of the session has a message of its own.
func TestOwnClosesAreNotCovered(t *testing.T) {
	s := startModes(t)
	for _, m := range modesToClose() {
		t.Run(m.String(), func(t *testing.T) {
			s.serve(m)
			visitor := s.visitorOf(t, lenient, s.tenantItself.Viewer())
			b := visitor.newTab()
			s.openChosen(b, m)
			b.watchWords()
			if m.name == "qlik-embed" { // closes its socket some seconds after its last element went
				b.read(`($all("qlik-embed").forEach((e) => e.remove()), true)`, new(bool))
				s.untilOpenSockets(0)
			}
			other := visitor.newTab()
			other.open(s.url + "/logout")
			other.click(byText("main button", "Sign out"))
			b.untilSaid("Your session has ended")
			var said []string
			b.read(`saidWords`, &said)
			if len(said) != 1 || !strings.HasPrefix(said[0], "Your session has ended") {
				t.Errorf("the page said %q", said)
			}
		})
	}
}

// watchWords keeps what the page says from now on.
func (b *tab) watchWords() {
	b.t.Helper()
	b.read(`(() => {
		const words = $("[data-announce]");
		window.saidWords = [];
		new MutationObserver(() => words.textContent && saidWords.push(words.textContent)).observe(words, { childList: true });
		return true;
	})()`, new(bool))
}

func (s *site) untilOpenSockets(want int) {
	s.t.Helper()
	var open int
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		if open = s.tenantItself.Stats().OpenSockets; open == want {
			return
		}
	}
	s.t.Fatalf("%d sockets are open at the tenant, want %d", open, want)
}
