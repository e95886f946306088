package e2e

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// looksLikeToken finds JSON Web Tokens: three parts in base64url, of which the
// first begins with {" in plain.
var looksLikeToken = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`)

// harmless is what a tab may remember: the name of its engine session, which
// opens nothing by itself.
var harmless = regexp.MustCompile(`^\{("vitrine_tab":"vitrine-[a-z0-9]{18}")?\}$`)

// reader is everything that a script in the page could read.
const reader = `({
	dom: document.documentElement.outerHTML + $all("*").map((e) => e.shadowRoot?.innerHTML ?? "").join(""),
	localStorage: JSON.stringify(localStorage), sessionStorage: JSON.stringify(sessionStorage),
	cookie: document.cookie, url: location.href, referrer: document.referrer, name: window.name,
	databases: JSON.stringify(await indexedDB.databases()), caches: JSON.stringify(await caches.keys()),
	history: JSON.stringify(history.state), globals: Object.keys(window).map((k) => typeof window[k] === "string" ? window[k] : "").join(" "),
})`

// checkNothingLeaks looks for tokens in whatever the page holds now.
func (b *tab) checkNothingLeaks(p *portal) {
	b.t.Helper()
	var held map[string]string
	b.read(reader, &held)
	secrets := p.tenant.secrets()
	if len(secrets) < 2 {
		b.t.Fatalf("the tap saw %d tokens: nothing to look for", len(secrets))
	}
	for where, text := range held {
		b.checkText(where, text, secrets)
	}
	if strings.Contains(held["cookie"], "vitrine=") {
		b.t.Errorf("scripts can read the session cookie")
	}
	if len(held["localStorage"]) > 2 {
		b.t.Errorf("localStorage holds %s", held["localStorage"])
	}
	if !harmless.MatchString(held["sessionStorage"]) {
		b.t.Errorf("sessionStorage holds %s", held["sessionStorage"])
	}
	b.checkCookies(p, secrets)
}

func (b *tab) checkText(where, text string, secrets []string) {
	b.t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			b.t.Errorf("%s holds a token of the tenant", where)
		}
	}
	if found := looksLikeToken.FindString(text); found != "" {
		b.t.Errorf("%s holds what looks like a token: %.20s…", where, found)
	}
}

// checkCookies looks at the cookies as the browser keeps them. Those of the
// tenant itself, from its own login page, are not ours to judge.
func (b *tab) checkCookies(p *portal, secrets []string) {
	b.t.Helper()
	jar, err := chromedp.CallBrowser(b.ctx, storage.GetCookies, storage.GetCookiesParams{BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID})
	must(b.t, err)
	ours := map[string]bool{}
	for _, cookie := range jar.Cookies {
		b.checkText("cookie "+cookie.Name, cookie.Value, secrets)
		if cookie.Domain != "localhost" {
			continue
		}
		kind := cookie.Name
		if strings.HasPrefix(kind, "vitrine_browser_") {
			kind = "vitrine_browser_"
		}
		ours[kind] = true
		if !cookie.HTTPOnly || cookie.SameSite != network.CookieSameSiteLax || cookie.Path != "/" {
			b.t.Errorf("cookie %s: HttpOnly %v, SameSite %q, Path %q", cookie.Name, cookie.HTTPOnly, cookie.SameSite, cookie.Path)
		}
	}
	if !ours["vitrine"] {
		b.t.Errorf("no session cookie among %v", ours)
	}
	delete(ours, "vitrine")
	delete(ours, "vitrine_browser_")
	if len(ours) > 0 {
		b.t.Errorf("cookies nobody expects: %v", ours)
	}
}

// checkTraffic looks back on all that went through the tab.
func (b *tab) checkTraffic(p *portal) {
	b.t.Helper()
	b.checkComplaints()
	b.checkNoSecrets(p)
}

// checkNoSecrets wants nothing of the tenant's in the tab, and nobody asked but
// the portal and the tenant's public pages.
func (b *tab) checkNoSecrets(p *portal) {
	b.t.Helper()
	allowed := map[string]bool{strings.TrimPrefix(p.url, "http://"): true, strings.TrimPrefix(p.tenant.url, "http://"): true}
	for host, address := range b.hosts() {
		if !allowed[host] {
			b.t.Errorf("a request went to a foreign host: %s", address)
		}
	}
	secrets := p.tenant.secrets()
	bodies, missing := b.bodies(b.ctx)
	for where, body := range bodies {
		b.checkText("body of "+where, body, secrets)
	}
	for _, body := range missing {
		if !strings.Contains(body, "/static/") { // from the cache, and ours
			b.t.Errorf("a body could not be read: %s", body)
		}
	}
	if len(bodies) < 5 {
		b.t.Errorf("only %d bodies could be read", len(bodies))
	}
	b.look(func() {
		relayed := map[network.RequestID]bool{}
		for _, r := range b.requests {
			b.checkText("address", r.url, secrets)
			relayed[r.id] = strings.Contains(r.url, "/qlik/")
			fromTenant := strings.HasPrefix(r.url, p.tenant.url)
			if fromTenant && !strings.Contains(r.url, "/oauth/authorize") && !strings.Contains(r.url, "/login") && !strings.Contains(r.url, "/qlik-embed/") {
				b.t.Errorf("the browser asked the tenant itself for %s", r.url)
			}
		}
		for _, h := range b.headers {
			b.checkText("header "+h.name, h.value, secrets)
			if h.sent && h.name == "authorization" {
				b.t.Errorf("the browser sent an Authorization header to %s", b.urlOf(h.id))
			}
			if !h.sent && h.name == "set-cookie" && relayed[h.id] {
				b.t.Errorf("the relay passed a cookie on: %s", b.urlOf(h.id))
			}
		}
		for _, f := range b.frames {
			b.checkText("a frame", f.payload, secrets)
		}
	})
}

// checkComplaints wants a silent console and no request that failed.
func (b *tab) checkComplaints() {
	b.t.Helper()
	b.look(func() {
		for _, line := range b.complains {
			known := false
			for _, noise := range libraryNoise {
				known = known || noise.MatchString(line)
			}
			if !known {
				b.t.Errorf("the console says: %s", line)
			}
		}
		for _, failure := range b.failures {
			b.t.Errorf("a request failed: %s", failure)
		}
		for _, r := range b.responses {
			if r.status >= 400 {
				b.t.Errorf("%s answered %d", r.url, r.status)
			}
		}
	})
}

func quote(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}

// libraryNoise is what Qlik's own libraries write to the console.
var libraryNoise = []*regexp.Regexp{
	// nebula.js looks for the host of @qlik/api, which it does not need.
	regexp.MustCompile(`^warning: Waiting for a host parameter pointing to a Qlik runtime system$`),
}
