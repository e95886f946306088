package demo

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"vitrine/demo/admin"
	"vitrine/demo/faults"
	"vitrine/demo/oauth"
	"vitrine/demo/rest"
	"vitrine/demo/state"
	"vitrine/demo/web"
	"vitrine/demo/wire"
)

// Options configure a Tenant. Everything but URL may be left out.
type Options struct {
	URL                    string // public base URL, "http://localhost:8090"; also the issuer
	ClientID, ClientSecret string // of the Web client that is registered from the start
	RedirectURIs           []string
	IdentityProviders      []state.IdentityProvider // whose JWTs begin cookie sessions
	FrameOrigins           []string                 // "portal.example.com": on the CSP list as frameAncestors
	Runtime                fs.FS                    // built browser runtime: main.js and its chunks
	Now                    func() time.Time
	Logger                 *slog.Logger
	Settings               state.Settings // the zero value stands for DefaultSettings
	Storage                state.Storage  // keeps tokens and cookie sessions over a restart; nil: they end with the tenant
}

// The client that is registered when Options name none.
const (
	DefaultClientID     = "8f2c4a1d9e6b47c0a5d3f1e2b4c6d8f0"
	DefaultClientSecret = "demo-secret-for-loopback-only-5d1f0c7b9a3e"
	DefaultRedirectURI  = "http://localhost:8080/login/callback"
)

// Tenant plays one Qlik Cloud tenant. It implements http.Handler and keeps
// everything in memory; see Options.Storage for what may outlive it.
type Tenant struct {
	state   *state.State
	auth    *oauth.Server
	faults  *faults.Injector
	sockets *socketTable
	handler http.Handler
}

// New prepares a tenant; serve it as an http.Handler and Close it.
func New(o Options) (*Tenant, error) {
	base, err := url.Parse(o.URL)
	if err != nil || base.Host == "" || base.Path != "" || base.RawQuery != "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("demo tenant: URL %q is not an absolute http or https URL without path and trailing slash", o.URL)
	}
	if err := o.fill(); err != nil {
		return nil, fmt.Errorf("demo tenant: %w", err)
	}
	st, err := newState(o)
	if err != nil {
		return nil, fmt.Errorf("demo tenant: %w", err)
	}
	guard := oauth.NewGuard(st)
	if err := guard.Restore(); err != nil {
		return nil, fmt.Errorf("demo tenant: read what was kept: %w", err)
	}
	auth, err := oauth.NewServer(guard)
	if err != nil {
		return nil, fmt.Errorf("demo tenant: %w", err)
	}
	t := &Tenant{state: st, auth: auth, faults: &faults.Injector{State: st}, sockets: newSocketTable(guard)}
	st.Ended = t.sockets.closeEnded
	t.handler = t.faults.Handler(t.routes(guard, o.Runtime))
	go t.sockets.watch()
	return t, nil
}

// fill replaces what was left out by its default.
func (o *Options) fill() error {
	o.ClientID, o.ClientSecret = cmp.Or(o.ClientID, DefaultClientID), cmp.Or(o.ClientSecret, DefaultClientSecret)
	if o.RedirectURIs == nil {
		o.RedirectURIs = []string{DefaultRedirectURI}
	}
	if len(o.RedirectURIs) > 5 { // the limit of the real registry
		return errors.New("the max number of redirect URIs is 5")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Settings == (state.Settings{}) {
		o.Settings = state.DefaultSettings()
	}
	return nil
}

// newState registers what the options name.
func newState(o Options) (*state.State, error) {
	st := state.NewState(o.Settings, o.Now)
	st.URL, st.Log, st.ClientID, st.ClientSecret, st.Storage = o.URL, o.Logger, o.ClientID, o.ClientSecret, o.Storage
	st.AddOwnClient(o.RedirectURIs)
	for _, origin := range o.FrameOrigins {
		if err := st.AddFrameOrigin(origin); err != nil {
			return nil, err
		}
	}
	for _, p := range o.IdentityProviders {
		if err := st.AddProvider(p); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// routes is the whole outside of the tenant but for the faults.
func (t *Tenant) routes(guard *oauth.Guard, runtime fs.FS) http.Handler {
	mux := http.NewServeMux()
	t.auth.Register(mux)
	web.NewSite(t.auth, runtime).Register(mux)
	rest.New(guard).Register(mux)
	admin.New(guard).Register(mux)
	t.registerControl(mux)
	mux.HandleFunc("/app/", t.sockets.serve)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { wire.Fail(w, wire.ErrNotFound) })
	return wire.Traced(wire.CORS(t.state.URL, guard.ListsOrigin, mux))
}

// ServeHTTP implements http.Handler.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) { t.handler.ServeHTTP(w, r) }

// Close ends every engine socket.
func (t *Tenant) Close() error {
	t.sockets.close()
	return nil
}

// Configure changes switches while the tenant runs. The function must not call
// the tenant.
func (t *Tenant) Configure(change func(*state.Settings)) { t.state.Configure(change) }

// Inject adds a fault and returns the function that takes it away again.
func (t *Tenant) Inject(f faults.Fault) (remove func()) { return t.faults.Inject(f) }

// RotateKeys makes a new signing key. The one before it stays in the JWKS, the
// ones before that go.
func (t *Tenant) RotateKeys() error { return t.auth.RotateKeys() }

// LogoutToken signs a logout token for a user, by ID, as a provider of OpenID
// Connect Back-Channel Logout 1.0 would send it. change replaces claims, or
// removes those that are nil; typ is the type in its header.
func (t *Tenant) LogoutToken(subject, typ string, change map[string]any) string {
	return t.auth.LogoutToken(subject, typ, change)
}

// People lists the users one can sign in as.
func (t *Tenant) People() []state.Person { return t.state.People() }

// Stats returns the counters as they are now.
func (t *Tenant) Stats() state.Stats {
	s := t.state.Stats()
	s.OpenSockets = t.sockets.count()
	return s
}

// EndSessions ends the tenant's own browser sessions of a user (by ID or
// e-mail, "" for all), as when they expire, and returns how many.
func (t *Tenant) EndSessions(person string) (ended int) { return t.auth.EndAll(t.userID(person)) }

// CloseSockets closes the engine sockets of a user (by ID or e-mail, "" for
// all) on an app ("" for all) with a close code, and returns how many.
func (t *Tenant) CloseSockets(person, appID string, code int, reason string) int {
	return t.sockets.engine.CloseSockets(func(viewer, app string) bool {
		userID := t.userID(person)
		return (userID == "" || userID == viewer) && (appID == "" || appID == app)
	}, code, reason)
}

func (t *Tenant) userID(person string) string {
	if p := t.state.UserByEmail(person); p != nil {
		return p.ID
	}
	return person
}
