package e2e

import (
	"encoding/pem"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// intranet is somebody else's web server, whose pages show sheets of ours.
type intranet struct{ url string }

// startIntranet serves at /, in a frame, the address that the query names.
func startIntranet(t *testing.T) intranet {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Intranet</title><h1>Our figures</h1>
<iframe src="%s" title="Sales" allow="fullscreen; clipboard-write; storage-access" style="width: 100%%; height: 760px; border: 0"></iframe>`,
			html.EscapeString(r.URL.Query().Get("show")))
	}))
	t.Cleanup(server.Close)
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	return intranet{"https://intranet.test:" + port}
}

func startForeign(t *testing.T) (*site, intranet) {
	t.Helper()
	i := startIntranet(t)
	s := startSiteAt(t, "https://portal.test", []string{strings.TrimPrefix(i.url, "https://")}, func(s *site) []string {
		return append(trusting(s), "EMBED_ORIGINS="+i.url, "SESSION_COOKIE_SAMESITE=none")
	})
	return s, i
}

// trusting has the program take the certificate of the test's servers.
func trusting(s *site) []string {
	authority := filepath.Join(s.t.TempDir(), "authority.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: testTLS().Certificates[0].Certificate[0]})
	must(s.t, os.WriteFile(authority, block, 0o600))
	return []string{"SSL_CERT_FILE=" + authority}
}

// show opens the intranet's page with a sheet of ours in this mode.
func (i intranet) show(b *tab, s *site, m mode) {
	b.t.Helper()
	b.open(i.url + "/?show=" + url.QueryEscape(s.url+"/embed"+s.sheetPath(m)+"&select=Category%2CFootwear"))
}

func TestFramesOnForeignSites(t *testing.T) {
	s, i := startForeign(t)
	visitor := s.visitorOf(t, lenient, s.tenantItself.Viewer())
	for _, m := range modes {
		if m.way == byToken {
			continue
		}
		t.Run(m.String(), func(t *testing.T) {
			b := visitor.in(t).newTab()
			i.show(b, s, m)
			ours := b.frame(s.url + "/embed/")
			drawnInFrame(s, ours, m)
			b.screenshot("drawn")
			if m.name == "nebula" {
				ours.testEndedInFrame(visitor.in(t).newTab(), s, m)
			}
		})
	}
}

// testEndedInFrame: the person signs out in another tab, and in again.
func (ours *tab) testEndedInFrame(other *tab, s *site, m mode) {
	ours.t.Helper()
	other.open(s.url + "/logout")
	other.read(`(document.querySelector('main form[action="/logout"]').submit(), true)`, new(bool))
	start := time.Now()
	ours.untilSaid("Your session has ended")
	if took := time.Since(start); took > endSaid {
		ours.t.Errorf("the end was said after %v, want %v", took, endSaid)
	}
	var way string
	ours.read(`(() => { const a = document.querySelector("[role=alertdialog] a"); return a.target === "_blank" ? a.href : "" })()`, &way)
	other.until("to be signed out", `document.readyState === "complete" && location.pathname !== "/logout"`)
	other.open(way)
	other.until("to be signed in", `location.pathname === "/embed/signed-in" || document.querySelector("button")`)
	if strings.HasPrefix(other.at(), s.tenant.url) {
		other.click(byText("button", "Sign in as "+s.tenantItself.Viewer().Name))
	}
	other.untilSaid("You are signed in")
	ours.read(`dispatchEvent(new Event("focus"))`, new(bool)) // as on the way back to the frame
	drawnInFrame(s, ours, m)
}

// TestFramesOnForeignSitesWithoutThirdPartyCookies: the frame says why nothing
// is there, and offers what still works.
func TestFramesOnForeignSitesWithoutThirdPartyCookies(t *testing.T) {
	s, i := startForeign(t)
	visitor := s.visitor(t, s.tenantItself.Viewer())
	b := visitor.newTab()
	i.show(b, s, modes[1])
	ours := b.frame(s.url + "/embed/")
	ours.untilSaid("Your browser keeps the sign-in from frames on other sites")
	b.screenshot("blocked")
	i.click(b, ours, `$("[data-allow]")`)
	ours.untilSaid("The browser did not allow it") // a browser without a window asks nobody
	b.screenshot("refused")

	var href string
	ours.read(`$("a[rel=noopener]").href`, &href)
	own := visitor.newTab()
	own.open(href)
	s.find(own, modes[1]).untilChosen()
}

// drawnInFrame waits for the sheet with what the frame's address selects.
func drawnInFrame(s *site, ours *tab, m mode) *drawing {
	ours.t.Helper()
	d := s.find(ours, m)
	d.untilChosen()
	return d
}

// click presses the mouse on something in the frame of the intranet's page.
func (i intranet) click(b, frame *tab, element string) {
	b.t.Helper()
	outer, inner := b.rectOf(`$("iframe")`), frame.rectOf(element)
	b.clickAt(outer.X+inner.X+inner.Width/2, outer.Y+inner.Y+inner.Height/2)
}

// TestFramesOnForeignSitesWithPermission: somebody who once gave the portal
// access to its cookies there (Storage Access API) signs in beside the frame,
// and the sheet is in the frame, sockets included.
func TestFramesOnForeignSitesWithPermission(t *testing.T) {
	s, i := startForeign(t)
	s.visitor(t, s.tenantItself.Viewer()) // somebody else, who knows the app's ID
	person := permitting.firstProfile(t)
	b := person.newTab()
	i.show(b, s, modes[1])
	ours := b.frame(s.url + "/embed/")
	ours.untilSaid("Sign in to see this sheet")
	ours.until("the permission to be in use", `document.hasStorageAccess() && document.readyState === "complete"`)

	var href string
	ours.read(`$("[data-sign-in]").href`, &href)
	own := person.newTab()
	own.open(href)
	own.click(byText("button", "Sign in as "+s.tenantItself.Viewer().Name))
	own.untilSaid("You are signed in")
	own.screenshot("signed-in")
	own.click(`$("main h1")`)
	ours.read(`dispatchEvent(new Event("focus"))`, new(bool)) // as on the way back to the frame
	drawnInFrame(s, ours, modes[1])

	again := person.newTab()
	i.show(again, s, modes[0])
	drawnInFrame(s, again.frame(s.url+"/embed/"), modes[0])
	again.screenshot("drawn again")
}
