package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/store"
)

// A callback that its browser did not bring, or that is not complete, changes
// nothing: neither the state, nor how long Redis keeps it, nor the sign-in log.
func TestCallbackOfAStrangerChangesNothing(t *testing.T) {
	p := newPortal(t, nil)
	owner := p.newBrowser(t)
	back, err := url.Parse(owner.authorize(t, "/apps", p.tenant.Viewer()))
	if err != nil {
		t.Fatal(err)
	}
	stranger := p.newBrowser(t)
	stranger.get(t, "/login") // which has a cookie, and a state, of its own
	forger := p.newBrowser(t)
	home, _ := url.Parse(p.URL)
	forger.Jar.SetCookies(home, []*http.Cookie{{Name: browserCookie + auth.BrowserLabelOf(back.Query().Get("state")), Value: "made-up", Path: "/"}})
	for name, from := range map[string]*browser{
		"another browser": stranger, "forged cookie": forger, "no cookie": p.newBrowser(t), "its own browser": owner,
	} {
		for response, spoil := range map[string]func(url.Values){
			"code":          func(url.Values) {},
			"no code":       func(q url.Values) { q.Del("code") },
			"access denied": func(q url.Values) { q.Set("error", "access_denied") },
		} {
			if from == owner && response != "no code" {
				continue
			}
			q := back.Query()
			spoil(q)
			if got := from.get(t, callbackPath+"?"+q.Encode()); got.StatusCode != http.StatusBadRequest {
				t.Errorf("%s, %s: %d, want 400", name, response, got.StatusCode)
			}
		}
	}
	for _, key := range p.redis.Keys() {
		if left := p.redis.TTL(key); strings.Contains(key, ":request:") && left > 15*time.Minute {
			t.Errorf("an authorization request is kept for %v", left)
		}
	}
	if err := p.db.WriteSignIns(t.Context()); err != nil {
		t.Fatal(err)
	}
	if entries, err := p.db.SignIns(t.Context(), store.SignInFilter{}); err != nil || len(entries) > 0 {
		t.Errorf("the sign-in log has %+v, %v", entries, err)
	}
	if got := owner.get(t, back.RequestURI()); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/apps" {
		t.Errorf("its own browser: %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
}
