package e2e

import (
	"fmt"
	"testing"

	"vitrine/demo"
)

// Qlik's real libraries, not a line of them changed, in pages that somebody put
// beside the portal: in testdata/mashup, in all the ways such pages use them.
// What is looked at is what the libraries report and what is on the screen.

// TestLibraries shares one portal, because starting one takes longer than most
// of the tests. The last ones stop a process or Redis, and bring the latter
// back.
func TestLibraries(t *testing.T) {
	s := startSite(t, plain, plain)
	t.Run("@qlik/api", func(t *testing.T) { testAPI(t, s) })
	t.Run("web components", func(t *testing.T) { testEmbed(t, s) })
	t.Run("enigma.js", func(t *testing.T) { testEnigma(t, s) })
	t.Run("openAppSession", func(t *testing.T) { testEngine(t, s) })
	t.Run("signing in and out", func(t *testing.T) { testSignIn(t, s) })
}

// onOwnPage uses the library in a page of the portal itself, whose policy
// allows only what comes from its own origin.
const onOwnPage = `(async () => {
	const { auth, users, qix } = await import("/static/any/vendor/qlik-api/index.js");
	auth.setDefaultHostConfig({ host: location.origin + "/qlik", authType: "none" });
	const session = qix.openAppSession({ appId: %q });
	const { qTitle } = await (await session.getDoc()).getAppLayout();
	await session.close({ websocketCloseDelay: 0 });
	return { Me: (await users.getMyUser()).data.email, Title: qTitle };
})()`

// testOwnPage also sees the portal's whole policy hold: nothing complains.
func testOwnPage(b *tab, s *site, person demo.Person) {
	b.open(s.url + "/me")
	var got struct{ Me, Title string }
	b.read(fmt.Sprintf(onOwnPage, s.appID), &got)
	if got.Me != person.Email || got.Title != "Sales Overview" {
		b.t.Errorf("got %+v", got)
	}
	b.checkOnlyPortal(s)
	b.checkComplaints()
}
