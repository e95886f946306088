package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// openApp is an app that a page has open, under a name of its own in the page.
type openApp struct {
	*tab
	name string
}

// event is what a library told of its socket.
type event struct {
	Name   string
	Code   int
	Reason string
}

// appState is what the engine says of the app.
type appState struct {
	Title    string
	Rows     [][]string
	Selected []string
}

// openApp opens the app by one of the page's two libraries.
func (b *tab) openApp(library, options string) openApp {
	b.t.Helper()
	a := openApp{b, fmt.Sprintf("app%d", time.Now().UnixNano())}
	b.read(fmt.Sprintf(`(async () => { mashup.work.%s = await mashup.%s(%s); return true; })()`, a.name, library, options), new(bool))
	return a
}

// ask evaluates an expression on the page's work with the app.
func (a openApp) ask(expression string, into any) {
	a.t.Helper()
	a.read("mashup.work."+a.name+"."+expression, into)
}

func (a openApp) state() (s appState) {
	a.t.Helper()
	a.ask("state()", &s)
	return s
}

func (a openApp) events() (list []event) {
	a.t.Helper()
	a.ask("events", &list)
	return list
}

// untilTold waits for an event of this name, and returns the last one.
func (a openApp) untilTold(name string) event {
	a.t.Helper()
	defer func() {
		if a.t.Failed() {
			a.t.Logf("the library told of %+v", a.events())
		}
	}()
	a.until("the event "+name, fmt.Sprintf(`mashup.work.%s.events.some((e) => e.Name === %q)`, a.name, name))
	var list []event
	for _, e := range a.events() {
		if e.Name == name {
			list = append(list, e)
		}
	}
	return list[len(list)-1]
}

// selectSecond selects the second category, and sees the figures follow.
func (a openApp) selectSecond() (value string) {
	a.t.Helper()
	before := a.state()
	if before.Title != "Sales Overview" || len(before.Rows) < 4 || len(before.Selected) > 0 {
		a.t.Fatalf("the app opened as %+v", before)
	}
	value = before.Rows[1][0]
	var selected bool
	a.ask("select("+quote(value)+")", &selected)
	after := a.state()
	if !selected || len(after.Rows) != 1 || !slices.Equal(after.Rows[0], before.Rows[1]) || !slices.Equal(after.Selected, []string{"Category: " + value}) {
		a.t.Errorf("selected %q: %v, and the app is %+v", value, selected, after)
	}
	return value
}

// end leaves nothing of the app behind for the next test.
func (a openApp) end() {
	a.t.Helper()
	a.ask("leave().then(() => true)", new(bool))
}

// opened counts the engine sockets that the tab asked for.
func (b *tab) opened() (n int) {
	b.look(func() {
		for _, r := range b.requests {
			if strings.Contains(r.url, "/qlik/app/") {
				n++
			}
		}
	})
	return n
}

// close makes the tenant close everybody's sockets.
func (s *site) close(code int, reason string) {
	s.t.Helper()
	if s.tenantItself.CloseSockets("", "", code, reason) == 0 {
		s.t.Fatal("no socket was open")
	}
}

// testEngine: openAppSession of @qlik/api.
func testEngine(t *testing.T, s *site) {
	viewer := s.visitor(t, s.tenantItself.Viewer())
	b := viewer.mashup(t, s, "engine.html")
	t.Run("a selection reaches a hypercube", func(t *testing.T) {
		a := b.in(t).openApp("withAPI", "")
		a.selectSecond()
		a.end()
	})
	t.Run("a portal that restarts is resumed from, with selections", func(t *testing.T) { testDrain(b.in(t), s) })
	t.Run("an engine that terminates is resumed from", func(t *testing.T) { testTermination(b.in(t), s) })
	t.Run("an app that is not there is said so", func(t *testing.T) { testAppNotFound(b.in(t)) })
	b.checkOnlyPortal(s)
	t.Run("a session that ended is not resumed from", func(t *testing.T) { testEndedSession(t, s, viewer, "withAPI", "suspended") })
}

// testDrain: one process stops for an update, and the front sends everybody to
// the other one.
func testDrain(b *tab, s *site) {
	a := b.openApp("withAPI", `{ ttlSeconds: 60, identity: "drained" }`)
	value := a.selectSecond()
	s.serving.Store(s.processes[1].url)
	s.processes[0].stop()
	if e := a.untilTold("suspended"); e.Code != 4003 || e.Reason != "server is restarting" {
		b.t.Errorf("the library was told %+v", e)
	}
	a.untilTold("resumed")
	if after := a.state(); !slices.Equal(after.Selected, []string{"Category: " + value}) || len(after.Rows) != 1 {
		b.t.Errorf("after the restart the app is %+v, want %q selected", after, value)
	}
	a.end()
}

// testTermination: the engine takes the session with it, so selections go.
func testTermination(b *tab, s *site) {
	a := b.openApp("withAPI", `{ identity: "terminated" }`)
	a.selectSecond()
	s.close(4003, "engine terminating")
	if e := a.untilTold("suspended"); e.Code != 4003 || e.Reason != "engine terminating" {
		b.t.Errorf("the library was told %+v", e)
	}
	a.untilTold("resumed")
	a.ask("start(mashup.work."+a.name+".doc).then(() => true)", new(bool)) // its objects went, too
	if after := a.state(); after.Title != "Sales Overview" || len(after.Rows) < 4 {
		b.t.Errorf("after the engine's end the app is %+v", after)
	}
	a.end()
}

func testAppNotFound(b *tab) {
	const appID = "00000000-0000-4000-8000-000000000000"
	var f struct {
		Said, Reason string
		Code         int
	}
	b.read(`mashup.failure(() => mashup.qlik.qix.openAppSession({ appId: "`+appID+`" }).getDoc())`, &f)
	if !strings.HasPrefix(f.Said, "Failed to open app "+appID) || !strings.HasSuffix(f.Said, ": App not found") || f.Code != 4204 {
		b.t.Errorf("the library says %+v", f)
	}
}

// testEndedSession: the person signs out in another tab.
func testEndedSession(t *testing.T, s *site, p *profile, library, name string) {
	b := p.mashup(t, s, "engine.html")
	a := b.openApp(library, "")
	other := p.in(t).newTab()
	other.open(s.url + "/logout")
	other.click(byText("main button", "Sign out"))
	if e := a.untilTold(name); e.Code != 4006 || e.Reason != "session ended" {
		t.Errorf("the library was told %+v", e)
	}
	other.untilSaid("You are signed out")
	sockets := b.opened()
	time.Sleep(300 * time.Millisecond) // a library that resumes begins at once
	if again := b.opened() - sockets; again != 0 || sockets != 1 {
		t.Errorf("%d sockets, and %d more after the end", sockets, again)
	}
	b.look(func() {
		for _, r := range b.requests {
			if strings.Contains(r.url, "user-locale") {
				t.Error("the library asked whether it may resume")
			}
		}
	})
	// Browsers tell scripts nothing of an upgrade that was refused.
	var refused event
	b.read(`mashup.lost(`+quote(s.appID)+`)`, &refused)
	if refused.Code != 1006 {
		t.Errorf("a socket without a session closed with %+v", refused)
	}
}
