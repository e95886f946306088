package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"vitrine/config"
	"vitrine/demo"
	"vitrine/handlers"
	"vitrine/store"
)

// runtimeFolder holds what the demo tenant serves as its browser runtime,
// inside the browser libraries that `make assets` builds.
const runtimeFolder = "nebula"

// demoTenant is the stand-in tenant of demo mode, on its own port.
type demoTenant struct {
	*demo.Tenant
	url    string
	server *http.Server
}

// startDemo starts the demo tenant, registers us there, and completes c as if
// an admin had. With a storage, users stay signed in over a restart.
func startDemo(c *config.Config, vendor fs.FS, storage *store.DemoStorage, logger *slog.Logger) (*demoTenant, error) {
	c.TenantURL, c.ClientID, c.ClientSecret = c.DemoURL, "vitrine-demo", config.Secret(rand.Text())
	browserRuntime, err := fs.Sub(vendor, runtimeFolder)
	if err != nil {
		return nil, fmt.Errorf("open browser runtime: %w", err)
	}
	provider, err := demoIdentityProvider(c)
	if err != nil {
		return nil, err
	}
	options := demo.Options{
		URL: c.DemoURL, ClientID: c.ClientID, ClientSecret: c.ClientSecret.Reveal(),
		RedirectURIs: []string{c.PublicURL + "/login/callback"}, Runtime: browserRuntime,
		IdentityProviders: []demo.IdentityProvider{provider}, FrameOrigins: []string{strings.SplitAfter(c.PublicURL, "://")[1]},
		Logger: logger.With("part", "demo tenant"),
	}
	if storage != nil {
		options.Storage = storage
	}
	tenant, err := demo.New(options)
	if err != nil {
		return nil, fmt.Errorf("make demo tenant: %w", err)
	}
	listener, err := listen("DEMO_ADDR", c.DemoAddr)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: tenant, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	go func() { _ = server.Serve(listener) }()
	return &demoTenant{Tenant: tenant, url: c.DemoURL, server: server}, nil
}

// demoIdentityProvider is what an admin would have made of `vitrine keygen jwt`,
// and of a web integration for the portal.
func demoIdentityProvider(c *config.Config) (demo.IdentityProvider, error) {
	if c.WebIntegrationID == "" {
		c.WebIntegrationID = demo.WebIntegrationID
	}
	if c.JWTKey == nil {
		key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
		if err != nil {
			return demo.IdentityProvider{}, fmt.Errorf("make key for JWTs: %w", err)
		}
		c.JWTKey, c.JWTKeyID, c.JWTIssuer = key, "demo", c.PublicURL
	}
	public, err := x509.MarshalPKIXPublicKey(c.JWTKey.Public())
	if err != nil {
		return demo.IdentityProvider{}, fmt.Errorf("encode key for JWTs: %w", err)
	}
	encoded := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	return demo.IdentityProvider{Issuer: c.JWTIssuer, KeyID: c.JWTKeyID, PEM: string(encoded)}, nil
}

func (t *demoTenant) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = t.Close()
	_ = t.server.Shutdown(ctx)
}

// info is what pages say of the demo; nil with a real tenant.
func (t *demoTenant) info() *handlers.DemoInfo {
	if t == nil {
		return nil
	}
	info := &handlers.DemoInfo{TenantURL: t.url}
	for _, person := range t.People() {
		info.People = append(info.People, handlers.DemoPerson{
			Name: person.Name, Email: person.Email, Password: person.Password, Role: person.Role, Sees: person.Sees,
		})
	}
	return info
}

// welcome tells whoever started the demo what to do next.
func (p program) welcome(c config.Config, t *demoTenant) {
	var b strings.Builder
	fmt.Fprintf(&b, "\nVitrine %s, with a demo tenant\n\n  Portal        %s\n  Demo tenant   %s\n\nOpen the portal and sign in as\n", version(), c.PublicURL, t.url)
	for _, person := range t.People() {
		fmt.Fprintf(&b, "  %-22s %-26s password %s\n  %-22s %s\n", person.Name+",", person.Email, person.Password, person.Role, person.Sees)
	}
	b.WriteString("\nTo use a real tenant set QLIK_TENANT_URL, QLIK_CLIENT_ID, QLIK_CLIENT_SECRET, SESSION_KEYS and REDIS_URL,\nand register " +
		"PUBLIC_URL/login/callback as the redirect URL of a Web client; the README shows it step by step.\n\n")
	_, _ = fmt.Fprint(p.out, b.String())
}
