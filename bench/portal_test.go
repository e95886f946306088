package bench

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
	"vitrine/store/storetest"
)

const (
	portalProgram = "vitrine/cmd/vitrine"
	floorProgram  = "vitrine/bench/floor"
	tenantProgram = "vitrine/bench/tenant"
)

// portal is the program before a demo tenant in this process, with a Redis of
// its own. It may be the floor, which reads the same variables.
type portal struct {
	*child
	tenant *demotest.Server
	redis  *storetest.RedisServer
}

func startPortal(tb testing.TB, settings func(*demo.Settings), env ...string) *portal {
	tb.Helper()
	return startBefore(tb, portalProgram, settings, env...)
}

func startBefore(tb testing.TB, program string, settings func(*demo.Settings), env ...string) *portal {
	tb.Helper()
	addr := freeAddr(tb)
	p := &portal{redis: redis(tb)}
	p.tenant = demotest.New(tb, func(o *demo.Options) {
		o.RedirectURIs = []string{"http://" + addr + "/login/callback"}
		o.Settings.Tier1PerMinute, o.Settings.Tier2PerMinute = -1, -1
		if settings != nil {
			settings(&o.Settings)
		}
	})
	env = append([]string{"QLIK_CLIENT_ID=" + p.tenant.ClientID, "QLIK_CLIENT_SECRET=" + p.tenant.ClientSecret}, env...)
	p.child = start(tb, program, addr, append(settingsOf(addr, p.tenant.URL, p.redis), env...)...)
	return p
}

// redis starts a Redis that writes nothing to disk, which would only be noise.
func redis(tb testing.TB) *storetest.RedisServer {
	tb.Helper()
	return storetest.Redis(tb, "--appendonly", "no")
}

// settingsOf are the variables of a portal or a floor at addr. What is not
// among them has its default, the log too.
func settingsOf(addr, tenantURL string, redis *storetest.RedisServer) []string {
	return []string{
		"QLIK_TENANT_URL=" + tenantURL, "QLIK_CLIENT_ID=bench", "QLIK_CLIENT_SECRET=bench-secret",
		"PUBLIC_URL=http://" + addr, "REDIS_URL=" + redis.URL, "DATABASE_URL=sqlite::memory:",
		"SESSION_KEYS=" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32)),
	}
}

func newClient(tb testing.TB) *http.Client {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// get reads a whole answer and returns its size on the wire.
func get(tb testing.TB, c *http.Client, address, encoding string) (resp *http.Response, size int) {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, address, nil)
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", encoding)
	resp, err = c.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, len(body)
}

// signIn goes the whole way: /login, the tenant, and the callback. at is the
// tenant's browser, which has signed in before, so that the tenant only
// redirects.
func (p *portal) signIn(tb testing.TB, c *http.Client, at *demotest.Browser) {
	tb.Helper()
	begin, _ := get(tb, c, p.url+"/login", "identity")
	back := at.Authorize(tb, begin.Header.Get("Location"), p.tenant.Viewer())
	end, body := get(tb, c, back, "identity")
	if end.StatusCode != http.StatusSeeOther {
		tb.Fatalf("callback: %d, %d bytes", end.StatusCode, body)
	}
}

func mustParse(tb testing.TB, address string) *url.URL {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}
