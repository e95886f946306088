package handlers

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"vitrine/auth"
	"vitrine/demo"
	"vitrine/demo/demotest"
	"vitrine/proxy"
	"vitrine/qlik"
	"vitrine/static"
	"vitrine/store"
	"vitrine/templates"
)

// portal is the whole web face before a demo tenant, as a server.
type portal struct {
	*httptest.Server
	tenant *demotest.Server
	redis  *miniredis.Miniredis
	db     *store.DB
	rp     *auth.RelyingParty
	ring   *store.KeyRing
	log    *logBuffer

	handlers *Handlers
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newPortal starts a portal. Its tenant behaves as settings say; nil means as
// an ordinary one.
func newPortal(t testing.TB, settings func(*demo.Settings), change ...func(*auth.Options)) *portal {
	t.Helper()
	p := &portal{Server: httptest.NewUnstartedServer(nil), redis: miniredis.RunT(t), log: &logBuffer{}}
	base := "http://" + p.Listener.Addr().String()
	p.tenant = demotest.New(t, func(o *demo.Options) { o.RedirectURIs = []string{base + callbackPath} })
	if settings != nil {
		p.tenant.Configure(settings)
	}
	p.Config.Handler = p.routes(t, base, change)
	p.Start()
	t.Cleanup(p.Close)
	return p
}

func (p *portal) routes(t testing.TB, base string, change []func(*auth.Options)) http.Handler {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	key := bytes.Repeat([]byte("k"), 32)
	ring, err := store.NewKeyRing(key)
	must(err)
	client, err := store.OpenRedis("redis://" + p.redis.Addr())
	must(err)
	t.Cleanup(func() { _ = client.Close() })
	p.db, err = store.OpenDB(context.Background(), "sqlite::memory:")
	must(err)
	t.Cleanup(func() { _ = p.db.Close() })
	_, _, err = p.db.Migrate(context.Background())
	must(err)
	tenant, err := qlik.New(p.tenant.URL, nil)
	must(err)
	sessions := store.NewSessions(store.SessionsOptions{Redis: client, Keys: ring})
	o := auth.Options{
		TenantURL: p.tenant.URL, ClientID: p.tenant.ClientID, ClientSecret: func() string { return p.tenant.ClientSecret },
		RedirectURI: base + callbackPath, Scopes: []string{"user_default", "offline_access"}, Store: sessions, Qlik: tenant,
	}
	for _, c := range change {
		c(&o)
	}
	p.rp = auth.New(o)
	logger := slog.New(slog.NewJSONHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	relay, err := proxy.New(proxy.Options{TenantURL: p.tenant.URL, PublicURL: base, Refresh: p.rp.Refresh, Logger: logger})
	must(err)
	files, err := static.New()
	must(err)
	pages, err := templates.New(files.URL)
	must(err)
	h, err := New(Deps{
		PublicURL: base, TenantURL: p.tenant.URL, EmbedRuntimeURL: p.tenant.URL,
		Auth: p.rp, Qlik: tenant.Over(p.rp.RefreshRejected(http.DefaultTransport)), Sessions: sessions, DB: p.db, Proxy: relay, Templates: pages, Static: files,
		SessionKeys: [][]byte{key}, RateLimit: 20, Logger: logger,
	})
	must(err)
	routes, err := h.Routes()
	must(err)
	p.handlers, p.ring = h, ring
	return routes
}

// browser is a client with cookies that follows no redirects by itself.
type browser struct {
	*http.Client
	portal *portal
}

func (p *portal) newBrowser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	// Tests look for English words, whatever the user's locale.
	address, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(address, []*http.Cookie{{Name: languageCookie, Value: "en", Path: "/"}})
	return &browser{portal: p, Client: &http.Client{
		Jar: jar, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response whose body has been read.
type answer struct {
	*http.Response
	body string
}

// do sends a request to a path of the portal, or to an absolute address.
// header holds names and values in turn.
func (b *browser) do(t testing.TB, method, address string, form url.Values, header ...string) answer {
	t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.portal.URL + address
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(context.Background(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, string(content)}
}

func (b *browser) get(t testing.TB, address string, header ...string) answer {
	t.Helper()
	return b.do(t, http.MethodGet, address, nil, header...)
}

// authorize goes to the tenant and returns the address it sends back to.
func (b *browser) authorize(t testing.TB, returnTo string, person demo.Person) string {
	t.Helper()
	start := b.get(t, "/login?return_to="+url.QueryEscape(returnTo))
	if start.StatusCode != http.StatusFound {
		t.Fatalf("/login: %d %s", start.StatusCode, start.body)
	}
	return b.portal.tenant.Authorize(t, start.Header.Get("Location"), person)
}

// signIn goes the whole way and returns where it ended.
func (b *browser) signIn(t testing.TB, returnTo string, person demo.Person) answer {
	t.Helper()
	end := b.get(t, b.authorize(t, returnTo, person))
	if end.StatusCode != http.StatusSeeOther {
		t.Fatalf("callback: %d %s\n%s", end.StatusCode, end.body, b.portal.log)
	}
	return end
}

// cookie returns the value of the cookie of this name, or "".
func (b *browser) cookie(t testing.TB, name string) string {
	t.Helper()
	u, _ := url.Parse(b.portal.URL)
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}
