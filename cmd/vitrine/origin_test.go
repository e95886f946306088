package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

// testKeys is a value of SESSION_KEYS.
const testKeys = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// front sends what is not for the tenant to where the portal listens, with
// the Host of the browser, as a front that ends TLS does.
type front struct{ tenant, portal string }

func (f front) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != f.tenant {
		r = r.Clone(r.Context())
		r.Host = r.URL.Host
		r.URL.Scheme, r.URL.Host = "http", f.portal
	}
	return http.DefaultTransport.RoundTrip(r)
}

// Whatever the spelling of PUBLIC_URL, the browser's Origin has one: a socket
// and a relayed POST of our own pages must pass.
func TestOriginOfTheBrowserPassesInEverySpelling(t *testing.T) {
	for publicURL, origin := range map[string]string{
		"https://localhost:443":       "https://localhost",
		"http://localhost:80":         "http://localhost",
		"https://Portal.LOCALHOST/":   "https://portal.localhost",
		"https://bücher.example":      "https://xn--bcher-kva.example",
		"https://bücher.example:8443": "https://xn--bcher-kva.example:8443",
	} {
		t.Run(publicURL, func(t *testing.T) {
			tenant := demotest.New(t, func(o *demo.Options) {
				o.RedirectURIs = []string{origin + "/login/callback", publicURL + "/login/callback"}
			})
			addr := freeAddr(t)
			c := start(t, nil, "QLIK_TENANT_URL="+tenant.URL, "QLIK_CLIENT_ID="+tenant.ClientID, "QLIK_CLIENT_SECRET="+tenant.ClientSecret,
				"PUBLIC_URL="+publicURL, "LISTEN_ADDR="+addr, "SESSION_KEYS="+testKeys)
			c.waitReady(t, "http://"+addr)
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			browser := &http.Client{
				Jar: jar, Transport: front{strings.TrimPrefix(tenant.URL, "http://"), addr}, Timeout: 10 * time.Second,
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			}
			begun, err := browser.Get(origin + "/login")
			if err != nil {
				t.Fatal(err)
			}
			begun.Body.Close()
			back, err := url.Parse(tenant.Authorize(t, begun.Header.Get("Location"), tenant.Viewer()))
			if err != nil {
				t.Fatal(err)
			}
			ended, err := browser.Get(origin + back.RequestURI())
			if err != nil {
				t.Fatal(err)
			}
			ended.Body.Close()
			if ended.StatusCode != http.StatusSeeOther {
				t.Fatalf("callback: %d\n%s", ended.StatusCode, c.text())
			}
			checkSocketAndPost(t, browser, origin)
		})
	}
}

func checkSocketAndPost(t *testing.T, browser *http.Client, origin string) {
	t.Helper()
	items, err := browser.Get(origin + "/qlik/api/v1/items?resourceType=app&limit=1")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(items.Body)
	items.Body.Close()
	_, rest, _ := strings.Cut(string(body), `"resourceId":"`)
	appID, _, _ := strings.Cut(rest, `"`)
	conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(origin, "http")+"/qlik/app/"+appID,
		&websocket.DialOptions{HTTPClient: browser, HTTPHeader: http.Header{"Origin": {origin}}})
	if err != nil {
		t.Errorf("socket: %v", err)
	} else {
		defer conn.CloseNow()
		if _, first, err := conn.Read(t.Context()); err != nil || !strings.Contains(string(first), "SESSION_CREATED") {
			t.Errorf("first frame %s, %v", first, err)
		}
	}
	post, err := http.NewRequestWithContext(t.Context(), http.MethodPost, origin+"/qlik/api/v1/nothing", nil)
	if err != nil {
		t.Fatal(err)
	}
	post.Header.Set("Origin", origin)
	resp, err := browser.Do(post)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound { // the tenant's answer
		t.Errorf("POST: %d, want 404", resp.StatusCode)
	}
}
