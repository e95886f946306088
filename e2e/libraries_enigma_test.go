package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// testEnigma: enigma.js as npm brings it.
func testEnigma(t *testing.T, s *site) {
	viewer := s.visitor(t, s.tenantItself.Viewer())
	b := viewer.mashup(t, s, "engine.html")
	t.Run("a selection reaches a hypercube", func(t *testing.T) { testDelta(b.in(t)) })
	t.Run("suspended, it is resumed by hand", func(t *testing.T) { testSuspended(b.in(t), s) })
	t.Run("close codes and reasons arrive", func(t *testing.T) { testCloseCodes(b.in(t), s) })
	b.checkOnlyPortal(s)
	t.Run("a session that ended", func(t *testing.T) { testEndedSession(t, s, viewer, "withEnigma", "closed") })
}

// testDelta uses the delta protocol, and leaves with close code 1000.
func testDelta(b *tab) {
	a := b.openApp("withEnigma", "{}")
	a.selectSecond()
	for _, method := range []string{"OpenDoc", "GetLayout", "CreateSessionObject"} {
		for _, payload := range a.sent(method) {
			if !strings.Contains(payload, `"delta":true`) {
				a.t.Errorf("%s went out without deltas: %.200s", method, payload)
			}
		}
	}
	a.end()
	if e := a.untilTold("closed"); e.Code != 1000 {
		a.t.Errorf("session.close() ended with %+v", e)
	}
}

// testSuspended: with suspendOnClose the library waits for somebody to resume,
// and finds the engine's session as it was.
func testSuspended(b *tab, s *site) {
	a := b.openApp("withEnigma", `{ suspendOnClose: true }, "/app/`+s.appID+`/identity/mine/ttl/60"`)
	value := a.selectSecond()
	s.close(4003, "engine terminating")
	if e := a.untilTold("suspended"); e.Code != 4003 || e.Reason != "engine terminating" {
		b.t.Errorf("the library was told %+v", e)
	}
	a.ask("session.resume().then(() => true)", new(bool))
	a.untilTold("resumed")
	// A tenant whose engine terminates forgets what was selected there.
	a.ask("start(mashup.work."+a.name+".doc).then(() => true)", new(bool))
	if after := a.state(); after.Title != "Sales Overview" || len(after.Rows) < 4 {
		b.t.Errorf("after the engine's end the app is %+v", after)
	}
	// A network that fails for a moment keeps the engine's session.
	a.ask("select("+quote(value)+")", new(bool))
	a.ask(`session.suspend(4000, "on purpose").then(() => true)`, new(bool))
	a.ask("session.resume().then(() => true)", new(bool))
	if after := a.state(); !slices.Equal(after.Selected, []string{"Category: " + value}) || len(after.Rows) != 1 {
		b.t.Errorf("after the pause the app is %+v, want %q selected", after, value)
	}
	a.end()
}

func testCloseCodes(b *tab, s *site) {
	for _, c := range []struct {
		code   int
		reason string
	}{{4001, "idle"}, {4003, "engine terminating"}, {4004, `{"code":"QEP-1"}`}, {4006, "authentication failed"}, {4230, "Grüße aus dem Süden"}} {
		b.t.Run(fmt.Sprint(c.code), func(t *testing.T) {
			a := b.in(t).openApp("withEnigma", "{}")
			s.close(c.code, c.reason)
			if e := a.untilTold("closed"); e.Code != c.code || e.Reason != c.reason {
				t.Errorf("the library was told %+v, want %+v", e, c)
			}
		})
	}
	b.t.Run("4204", func(t *testing.T) {
		var e event
		b.in(t).read(`mashup.lost("00000000-0000-4000-8000-000000000000")`, &e)
		if e.Code != 4204 || !strings.Contains(e.Reason, "QEP-104") {
			t.Errorf("the library was told %+v", e)
		}
	})
}
