package handlers

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"vitrine/auth"
	"vitrine/proxy"
	"vitrine/qlik"
	"vitrine/static"
	"vitrine/store"
	"vitrine/templates"
)

// Deps are what the handlers work with. All are required unless said
// otherwise; addresses have no trailing slash.
type Deps struct {
	PublicURL       string
	TenantURL       string
	EmbedRuntimeURL string
	EmbedSources    []string          // further hosts the tenant's runtime loads from
	EmbedMode       string            // the usual one; "" is the first
	AppEmbedModes   map[string]string // by app ID, where it differs
	EmbedOrigins    []string          // whose pages may frame sheets
	// CrossSiteCookie lets browsers send the session cookie from frames on
	// foreign sites, where they still do such a thing.
	CrossSiteCookie bool

	WebIntegrationID string          // of the tenant; "" without one
	JWT              *auth.JWTSigner // nil without a key

	Auth      *auth.RelyingParty
	Qlik      *qlik.Client
	Sessions  *store.Sessions
	DB        *store.DB // its faults never stop a page
	Proxy     *proxy.Proxy
	Templates *templates.Set
	Static    *static.Files

	// SessionKeys also seal the cookie: the first seals, all open.
	SessionKeys    [][]byte
	TrustedProxies []string // whose X-Forwarded-For is believed; none by default
	// RateLimit is how many requests per second one address may make of each
	// route that strangers can use at our cost; 0 for no limit.
	RateLimit   int
	Demo        *DemoInfo // nil with a real tenant
	Metrics     *prometheus.Registry
	HideMetrics bool            // /metrics is served elsewhere
	Warnings    func() []string // what /readyz shows beside its checks; nil for none
	Logger      *slog.Logger
	Now         func() time.Time // default time.Now
}

// DemoInfo is what pages say of the demo tenant.
type DemoInfo struct {
	TenantURL string
	People    []DemoPerson
}

// DemoPerson is somebody one can sign in as in the demo.
type DemoPerson struct{ Name, Email, Password, Role, Sees string }

// Handlers answer all requests.
type Handlers struct {
	Deps
	cookies     *cookieStore
	secure      bool // PUBLIC_URL is https
	crossOrigin *http.CrossOriginProtection
	metrics     *metrics
	policy      policy
	outlines    outlines
	readiness   shared[readiness]
	publicFiles publicFiles
}

// New returns the handlers.
func New(d Deps) (*Handlers, error) {
	if d.Now == nil {
		d.Now = time.Now
	}
	h := &Handlers{Deps: d, secure: strings.HasPrefix(d.PublicURL, "https://"), metrics: newMetrics(d.Metrics)}
	h.cookies = &cookieStore{}
	if err := h.SetSessionKeys(d.SessionKeys); err != nil {
		return nil, err
	}
	// The standard library's guard compares Origin with Host; behind a front
	// that rewrites Host, the public origin is the one that counts.
	h.crossOrigin = http.NewCrossOriginProtection()
	if err := h.crossOrigin.AddTrustedOrigin(d.PublicURL); err != nil {
		return nil, fmt.Errorf("trust public origin: %w", err)
	}
	h.policy = newPolicy(d)
	return h, nil
}
