package auth_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/demo"
	"vitrine/demo/demotest"
	"vitrine/qlik"
	"vitrine/store"
)

const (
	browser      = "browser-1"
	redirectURI  = "https://portal.example.com/login/callback"
	clientID     = "client-of-the-test"
	clientSecret = "secret-of-the-test"
)

// clock is a time that only the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now().Truncate(time.Second)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a relying party with its tenant and its store.
type world struct {
	*auth.RelyingParty
	tenant *demotest.Server
	clock  *clock
	people []demo.Person
}

// newWorld returns a world whose tenant behaves as settings say. The options of
// the relying party can be changed, too.
func newWorld(t testing.TB, settings func(*demo.Settings), options ...func(*auth.Options)) *world {
	t.Helper()
	w := &world{clock: newClock()}
	w.tenant = demotest.New(t, func(o *demo.Options) {
		o.ClientID, o.ClientSecret, o.RedirectURIs, o.Now = clientID, clientSecret, []string{redirectURI}, w.clock.Now
	})
	if settings != nil {
		w.tenant.Configure(settings)
	}
	w.people = w.tenant.People()
	o := auth.Options{
		TenantURL: w.tenant.URL, ClientID: clientID, ClientSecret: func() string { return clientSecret },
		RedirectURI: redirectURI, Scopes: []string{"user_default", "offline_access"},
		Store: newSessions(t, w.clock), Now: w.clock.Now,
	}
	var err error
	if o.Qlik, err = qlik.New(w.tenant.URL, nil); err != nil {
		t.Fatal(err)
	}
	for _, change := range options {
		change(&o)
	}
	w.RelyingParty = auth.New(o)
	return w
}

func newSessions(t testing.TB, c *clock) *store.Sessions {
	t.Helper()
	client, stop, err := store.OpenEmbeddedRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	ring, err := store.NewKeyRing([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return store.NewSessions(store.SessionsOptions{Redis: client, Keys: ring, Now: c.Now, IdleTimeout: 24 * time.Hour})
}

// withOpenID asks for an ID token.
func withOpenID(o *auth.Options) { o.Scopes = []string{"openid", "user_default", "offline_access"} }

// authorize walks the tenant's pages and returns what it sent back.
func (w *world) authorize(t testing.TB, browser, returnTo string) auth.AuthorizationResponse {
	t.Helper()
	authURL, err := w.Begin(t.Context(), browser, returnTo)
	if err != nil {
		t.Fatal(err)
	}
	return responseOf(t, w.tenant.Authorize(t, authURL, w.people[0]))
}

func responseOf(t testing.TB, callbackURL string) auth.AuthorizationResponse {
	t.Helper()
	u, err := url.Parse(callbackURL)
	if err != nil || !strings.HasPrefix(callbackURL, redirectURI+"?") {
		t.Fatalf("the tenant sent the browser to %q (%v)", callbackURL, err)
	}
	q := u.Query()
	return auth.AuthorizationResponse{
		State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"),
		Error: q.Get("error"), ErrorDescription: q.Get("error_description"),
	}
}

// signIn goes the whole way.
func (w *world) signIn(t testing.TB) auth.Session {
	t.Helper()
	s, _, err := w.Complete(t.Context(), browser, w.authorize(t, browser, "/"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
