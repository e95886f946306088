package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Options configure a Tenant. Everything but URL may be left out.
type Options struct {
	URL                    string // public base URL, "http://localhost:8090"; also the issuer
	ClientID, ClientSecret string // of the Web client that is registered from the start
	RedirectURIs           []string
	IdentityProviders      []IdentityProvider // whose JWTs begin cookie sessions
	FrameOrigins           []string           // "portal.example.com": on the CSP list as frameAncestors
	Runtime                fs.FS              // built browser runtime: main.js and its chunks
	Now                    func() time.Time
	Logger                 *slog.Logger
	Settings               Settings // the zero value stands for DefaultSettings
}

// The client that is registered when Options name none.
const (
	DefaultClientID     = "8f2c4a1d9e6b47c0a5d3f1e2b4c6d8f0"
	DefaultClientSecret = "demo-secret-for-loopback-only-5d1f0c7b9a3e"
	DefaultRedirectURI  = "http://localhost:8080/login/callback"
)

// Tenant plays one Qlik Cloud tenant. It implements http.Handler and keeps
// everything in memory.
type Tenant struct {
	url          string // without a trailing slash
	clientID     string // of the program itself; clients has the rest of it
	clientSecret string
	runtime      fs.FS
	now          func() time.Time
	log          *slog.Logger

	handler      http.Handler
	engine       *qix
	content      *content
	keys         *keyring
	clients      shelf[client]
	bots         shelf[*person]
	newcomers    shelf[*person] // made by JWT sessions
	providers    shelf[jwtProvider]
	usedJWTs     usedTokens
	integrations shelf[webIntegration]
	cspEntries   shelf[cspEntry]
	authSettings authSettingsBox
	reports      shelf[*report]
	audits       auditLog
	grants       *grantTable
	browsers     *browserTable
	limits       *rateLimiter
	faults       *faultList
	favourites   *favouriteTable
	sockets      *socketTable
	thumbnails   sync.Map // app ID → PNG
	stats        counters
	stop         chan struct{}
	stopOnce     sync.Once

	settingsMu sync.RWMutex
	settings   Settings
}

// New prepares a tenant; serve it as an http.Handler and Close it.
func New(o Options) (*Tenant, error) {
	base, err := url.Parse(o.URL)
	if err != nil || base.Host == "" || base.Path != "" || base.RawQuery != "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("demo tenant: URL %q is not an absolute http or https URL without path and trailing slash", o.URL)
	}
	orDefault(&o.ClientID, DefaultClientID)
	orDefault(&o.ClientSecret, DefaultClientSecret)
	if o.RedirectURIs == nil {
		o.RedirectURIs = []string{DefaultRedirectURI}
	}
	// The limit of the real registry: whoever needs a sixth learns it here.
	if len(o.RedirectURIs) > 5 {
		return nil, errors.New("demo tenant: the max number of redirect URIs is 5")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Settings == (Settings{}) {
		o.Settings = DefaultSettings()
	}
	o.Settings.fill()
	keys, err := newKeyring()
	if err != nil {
		return nil, fmt.Errorf("demo tenant: %w", err)
	}
	t := &Tenant{
		url: o.URL, clientID: o.ClientID, clientSecret: o.ClientSecret,
		runtime: o.Runtime, now: o.Now, log: o.Logger, settings: o.Settings,
		content: newContent(o.Now()), keys: keys, grants: newGrantTable(), browsers: newBrowserTable(),
		limits: newRateLimiter(), faults: &faultList{}, favourites: newFavouriteTable(), sockets: newSocketTable(),
		stop: make(chan struct{}),
	}
	t.clients.add(ownClient(o))
	t.authSettings.current = defaultAuthSettings(t.content.tenantID)
	t.integrations.add(t.ownIntegration(o.RedirectURIs))
	for _, origin := range o.FrameOrigins {
		if err := t.addFrameOrigin(origin); err != nil {
			return nil, fmt.Errorf("demo tenant: %w", err)
		}
	}
	for _, p := range o.IdentityProviders {
		if _, err := t.registerProvider(jwtProvider{Protocol: "jwtAuth", Provider: "external", Description: "Portal",
			Options: jwtOptions{p.Issuer, []staticKey{{p.KeyID, p.PEM}}}}); err != nil {
			return nil, fmt.Errorf("demo tenant: identity provider: %w", err)
		}
	}
	t.engine = newQIX(t.content, o.Now, o.Logger)
	t.handler = t.faultable(t.routes())
	go t.watchSockets()
	return t, nil
}

// ServeHTTP implements http.Handler.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) { t.handler.ServeHTTP(w, r) }

// Close ends every engine socket.
func (t *Tenant) Close() error {
	t.stopOnce.Do(func() { close(t.stop) })
	t.engine.close()
	return nil
}

// Configure changes switches while the tenant runs. The function must not call
// the tenant.
func (t *Tenant) Configure(change func(*Settings)) {
	t.settingsMu.Lock()
	defer t.settingsMu.Unlock()
	change(&t.settings)
	t.settings.fill()
}

// RotateKeys makes a new signing key. The one before it stays in the JWKS, the
// ones before that go.
func (t *Tenant) RotateKeys() error { return t.keys.rotate() }

// config is one consistent view of the switches.
func (t *Tenant) config() Settings {
	t.settingsMu.RLock()
	defer t.settingsMu.RUnlock()
	return t.settings
}

// host is the tenant's own host name, as in "localhost:8090".
func (t *Tenant) host() string {
	_, host, _ := strings.Cut(t.url, "://")
	return host
}
