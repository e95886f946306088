package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"vitrine/auth"
	"vitrine/config"
	"vitrine/doctor"
	"vitrine/handlers"
	"vitrine/proxy"
	"vitrine/qlik"
	"vitrine/static"
	"vitrine/store"
	"vitrine/templates"
)

// drainTime is how long requests under way may take when we are told to stop.
const drainTime = 10 * time.Second

// serve runs the portal until ctx ends.
func (p program) serve(ctx context.Context) error {
	secrets := p.secretFiles()
	c, err := p.config()
	if err != nil {
		return err
	}
	if p.getenv("GOGC") == "" {
		paceCollector()
	}
	logger := newLogger(p.errOut, c.LogLevel, c.LogFormat)
	setDefault(logger)
	for _, unknown := range config.FindUnknown(os.Environ()) {
		logger.Warn("variable is no setting of vitrine", "name", unknown.Name, "like", unknown.Like)
	}
	files, err := static.New()
	if err != nil {
		return fmt.Errorf("prepare static files: %w", err)
	}
	memory, err := openStores(ctx, c, p.migrateFirst)
	if err != nil {
		return err
	}
	defer memory.close()
	var tenant *demoTenant
	if c.Demo {
		if tenant, err = startDemo(&c, files.Vendor(), memory.demo, logger); err != nil {
			return err
		}
		defer tenant.stop()
	}
	listener, err := listen("LISTEN_ADDR", c.ListenAddr)
	if err != nil {
		return err
	}
	defer listener.Close()
	metricsListener, err := listenForMetrics(c.MetricsAddr)
	if err != nil {
		return err
	}
	portal, err := newPortal(c, memory, files, tenant, logger)
	if err != nil {
		return err
	}
	if tenant != nil {
		p.welcome(c, tenant)
	}
	logger.Info("serving", "address", listener.Addr().String(), "public_url", c.PublicURL, "tenant", c.TenantURL, "demo", tenant != nil, "version", version())
	if metricsListener != nil {
		defer serveMetrics(metricsListener, portal.metrics)()
	}
	go portal.reloadOnChange(ctx, p.config, secrets, c)
	return portal.run(ctx, listener)
}

// listen takes a port, and says in one line when it cannot.
func listen(name, address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return nil, usageErrorf("%s %s: %w; another program may use it, set %s to a free one", name, address, err, name)
	}
	return listener, nil
}

// portal is the running whole.
type portal struct {
	handler  http.Handler
	proxy    *proxy.Proxy
	auth     *auth.RelyingParty
	sessions *store.Sessions
	db       *store.DB
	logger   *slog.Logger
	handlers *handlers.Handlers
	keys     *store.KeyRing
	secret   *atomic.Pointer[config.Secret] // the client's
	keyUse   *prometheus.GaugeVec
	metrics  *prometheus.Registry
	monitor  *doctor.Monitor
	// retention is how long entries stay in the sign-in log.
	retention time.Duration
	process   string // tells this process from others at the same Redis
}

func newPortal(c config.Config, memory *stores, files *static.Files, tenant *demoTenant, logger *slog.Logger) (*portal, error) {
	asking := proxy.NewTransport() // for ourselves: what people ask goes by the relay's own
	client, err := qlik.New(c.TenantURL, &http.Client{Timeout: 20 * time.Second, Transport: asking})
	if err != nil {
		return nil, usageErrorf("QLIK_TENANT_URL: %w", err)
	}
	signingIn := qlik.NewTransport(asking) // the same by a way that costs less
	registry, count := newMetrics()
	secret := &atomic.Pointer[config.Secret]{}
	secret.Store(&c.ClientSecret)
	rp := auth.New(auth.Options{
		TenantURL: c.TenantURL, ClientID: c.ClientID,
		ClientSecret:    func() string { return secret.Load().Reveal() },
		ClientAuthBasic: c.ClientAuthBasic,
		RedirectURI:     c.PublicURL + "/login/callback", Scopes: c.Scopes,
		SessionMaxAge: c.SessionMaxAge, Store: memory.sessions, Qlik: client.Over(signingIn), Count: count,
		HTTP: &http.Client{Timeout: 15 * time.Second, Transport: signingIn},
	})
	pages, err := templates.New(files.URL)
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	relay, err := proxy.New(proxy.Options{
		TenantURL: c.TenantURL, PublicURL: c.PublicURL, Refresh: rp.Refresh, Title: handlers.RelayTitle(pages), Logger: logger,
	})
	if err != nil {
		return nil, usageErrorf("QLIK_TENANT_URL: %w", err)
	}
	keyUse := gauges(registry, rp, relay, memory.sessions)
	signer, err := jwtSigner(c)
	if err != nil {
		return nil, err
	}
	monitor := doctor.NewMonitor(logger, setUpChecks(rp, tenant)...)
	h, err := handlers.New(handlers.Deps{
		PublicURL: c.PublicURL, TenantURL: c.TenantURL, EmbedRuntimeURL: c.EmbedRuntimeURL, EmbedSources: c.EmbedSources,
		EmbedMode: c.EmbedMode, AppEmbedModes: c.AppEmbedModes, EmbedOrigins: c.EmbedOrigins, CrossSiteCookie: c.CookieSameSite == "none",
		WebIntegrationID: c.WebIntegrationID, JWT: signer,
		Auth: rp, Qlik: client.Over(rp.RefreshRejected(asking)), Sessions: memory.sessions, DB: memory.db, Proxy: relay, Templates: pages, Static: files,
		SessionKeys: memory.keys, TrustedProxies: c.TrustedProxies, Demo: tenant.info(), Metrics: registry, HideMetrics: c.MetricsAddr != "",
		RateLimit: c.RateLimit, Warnings: monitor.Warnings, Logger: logger,
	})
	if err != nil {
		return nil, err
	}
	routes, err := h.Routes()
	if err != nil {
		return nil, usageErrorf("TRUSTED_PROXIES: %w", err)
	}
	return &portal{
		handler: routes, proxy: relay, auth: rp, sessions: memory.sessions, db: memory.db, logger: logger,
		handlers: h, keys: memory.ring, secret: secret, keyUse: keyUse, metrics: registry, monitor: monitor, process: rand.Text(), retention: c.SignInLogRetention,
	}, nil
}

// setUpChecks returns what is checked at the tenant. The demo tenant was set up
// by this program.
func setUpChecks(rp *auth.RelyingParty, tenant *demoTenant) []doctor.Check {
	if tenant != nil {
		return nil
	}
	return []doctor.Check{doctor.Authorization(rp), doctor.ClientSecret(rp)}
}

// jwtSigner is nil where nobody set up a JWT identity provider.
func jwtSigner(c config.Config) (*auth.JWTSigner, error) {
	if c.JWTKey == nil {
		return nil, nil //nolint:nilnil // no signer is a good answer
	}
	signer, err := auth.NewJWTSigner(auth.JWTOptions{Key: c.JWTKey, KeyID: c.JWTKeyID, Issuer: c.JWTIssuer})
	if err != nil {
		return nil, usageErrorf("QLIK_JWT_PRIVATE_KEY: %w", err)
	}
	return signer, nil
}

// run serves until ctx ends, and then lets what is under way finish: sockets
// are asked to move first, because Shutdown knows nothing of them.
func (p *portal) run(ctx context.Context, listener net.Listener) error {
	server := newServer(p.handler, bodyTime, p.logger)
	watching, stopWatching := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWatching()
	p.watch(watching)

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	p.logger.Info("stopping", "sockets", p.proxy.Sockets.Len())
	p.proxy.Sockets.Drain()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		return fmt.Errorf("stop: requests were still under way after %v", drainTime)
	}
	p.proxy.Sockets.Wait(ending)
	if err := p.sessions.Settle(ending); err != nil {
		return fmt.Errorf("stop: tokens were not saved after %v: %w", drainTime, err)
	}
	if err := p.db.WriteSignIns(ending); err != nil {
		p.logger.Error("the sign-in log lost its last entries", "error", err.Error())
	}
	return nil
}
