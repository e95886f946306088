package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"vitrine/store/storetest"
)

// demoBrowser is a browser that is signed in to the portal and to its demo
// tenant.
type demoBrowser struct {
	http.Client
	portal, tenant string
}

func signInToDemo(t *testing.T, portal, tenant string) *demoBrowser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	b := &demoBrowser{Client: http.Client{Jar: jar, Timeout: 10 * time.Second}, portal: portal, tenant: tenant}
	_, page := b.get(t, portal+"/login")
	transaction := regexp.MustCompile(`name="transaction" value="([^"]*)"`).FindStringSubmatch(page)
	if transaction == nil {
		t.Fatalf("no sign-in page: %.300s", page)
	}
	resp, err := b.PostForm(tenant+"/login/form", url.Values{
		"transaction": {transaction[1]}, "email": {"vera@brightwater.example"}, "password": {"viewer"},
	})
	must(t, err)
	resp.Body.Close()
	b.expectSignedIn(t, "at first")
	return b
}

func (b *demoBrowser) get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	resp, err := b.Get(address)
	must(t, err)
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, string(content)
}

func (b *demoBrowser) expectSignedIn(t *testing.T, when string) {
	t.Helper()
	for _, address := range []string{b.portal + "/api/session", b.portal + "/qlik/api/v1/items", b.tenant + "/api/v1/users/me"} {
		if status, body := b.get(t, address); status != http.StatusOK {
			t.Fatalf("%s: GET %s: %d %.200s", when, address, status, body)
		}
	}
}

// limitTokens sets how long the tenant's next access tokens live.
func (b *demoBrowser) limitTokens(t *testing.T, lifetime time.Duration) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, b.tenant+"/_demo/settings", strings.NewReader(`{"accessTokenLifetime":"`+lifetime.String()+`"}`))
	must(t, err)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("PATCH settings: %s", resp.Status)
	}
}

// awaitRefresh makes requests until the portal has refreshed its access token
// at this process of the tenant.
func (b *demoBrowser) awaitRefresh(t *testing.T, when string) {
	t.Helper()
	var stats struct{ Refreshes int }
	for deadline := time.Now().Add(10 * time.Second); stats.Refreshes == 0; time.Sleep(50 * time.Millisecond) {
		b.expectSignedIn(t, when)
		_, body := get(t, b.tenant+"/_demo/stats")
		must(t, json.Unmarshal([]byte(body), &stats))
		if time.Now().After(deadline) {
			t.Fatalf("%s: no refresh: %s", when, body)
		}
	}
}

func TestDemoKeepsSessionsOverRestart(t *testing.T) {
	for name, signal := range map[string]os.Signal{"stopped": syscall.SIGTERM, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			server := storetest.Redis(t)
			portal, tenant, env := demoEnv(t)
			env = append(env, "REDIS_URL="+server.URL)
			c := start(t, nil, env...)
			c.waitReady(t, portal)
			restart := func() {
				must(t, c.Process.Signal(signal))
				c.exit(t, 15*time.Second)
				c = start(t, nil, env...)
				c.waitReady(t, portal)
			}

			b := signInToDemo(t, portal, tenant)
			restart()
			b.expectSignedIn(t, "after a restart")

			b.limitTokens(t, time.Second)
			other := signInToDemo(t, portal, tenant)
			other.awaitRefresh(t, "before the second restart")
			restart()
			b.expectSignedIn(t, "after the second restart")
			other.expectSignedIn(t, "after a refresh and a restart")
			other.awaitRefresh(t, "when a refresh is due after the restart")
		})
	}
}

func TestDemoNeedsItsRedisAtTheStart(t *testing.T) {
	_, _, env := demoEnv(t)
	c := start(t, nil, append(env, "REDIS_URL=redis://:hush-hush@127.0.0.1:1")...)
	if status := c.exit(t, 10*time.Second); status != exitUsage {
		t.Errorf("exit status %d, want 2", status)
	}
	if lines := strings.Split(strings.TrimSpace(c.text()), "\n"); len(lines) != 1 || !strings.HasPrefix(lines[0], "vitrine: REDIS_URL: ") || strings.Contains(lines[0], "hush-hush") {
		t.Errorf("output %q, want one line that names REDIS_URL", c.text())
	}
}
