package e2e

import "testing"

// signIn goes from wherever the tab is signed out to where it then leads.
func (b *tab) signIn(p *portal) {
	b.t.Helper()
	b.click(byText("a.button", "Sign in"))
	b.until("the tenant's login page", `location.origin === "`+p.tenant.url+`" && document.querySelector("form")`)
	b.click(byText("button", "Sign in as Vera Lindqvist"))
	b.until("to be back at the portal", `location.origin === "`+p.url+`" && document.readyState === "complete"`)
}

func TestSignInOpenSheetSelectSignOut(t *testing.T) {
	p := startPortal(t)
	b := newProfile(t).newTab()
	b.open(p.url + "/")
	b.screenshot("1-signed-out")
	b.signIn(p)
	b.screenshot("2-home")
	b.click(byText("a.card-link", "Sales Overview"))
	b.until("the app's sheets", `/^\/apps\/[^/]+$/.test(location.pathname) && document.querySelector("#sheets")`)
	b.screenshot("3-app")
	b.click(byText("a.card-link", "Overview"))
	b.until("the charts", `$all("canvas").length > 3 && !document.querySelector("[data-skeleton]")`)
	b.screenshot("4-sheet")
	var html string
	b.read(`(() => { const f = (r, d) => [...r.children].map((e) => "  ".repeat(d) + e.tagName + "." + e.className + "#" + e.id + " " + JSON.stringify(e.dataset) + (e.children.length ? "" : e.textContent.slice(0,40)) + "\n" + f(e, d+1) + (e.shadowRoot ? "shadow\n" + f(e.shadowRoot, d+1) : "")).join(""); return f(document.querySelector("[data-frame]"), 0).slice(0, 25000); })()`, &html)
	t.Log(html)
	b.look(func() {
		t.Logf("%q\n%q", b.complains, b.failures)
		for _, r := range b.responses {
			t.Log(r)
		}
	})
}
