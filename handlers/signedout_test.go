package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The tenant still knows who has signed out here, so that a sign-in which
// starts by itself would show everything again at the back button.
func TestBackButtonAfterSignOutDoesNotSignIn(t *testing.T) {
	p := newPortal(t, nil)
	b := p.newBrowser(t)
	b.signIn(t, "/", p.tenant.Viewer())
	b.do(t, http.MethodPost, "/logout", url.Values{}, "Origin", p.URL)
	navigation := []string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}

	back := b.get(t, "/apps?q=1", navigation...).Header.Get("Location")
	if back != "/?signed_out=1&return_to=%2Fapps%3Fq%3D1" {
		t.Fatalf("back leads to %q, want the signed-out page", back)
	}
	if page := b.get(t, back, navigation...); !strings.Contains(page.body, `href="/login?return_to=%2Fapps%3Fq%3D1"`) {
		t.Errorf("the signed-out page does not lead on: %s", page.body)
	}
	b.get(t, "/login?return_to=%2Fapps", navigation...)
	if next := b.get(t, "/apps", navigation...).Header.Get("Location"); next != "/login?return_to=%2Fapps" {
		t.Errorf("after asking to sign in, a page leads to %q", next)
	}
}
