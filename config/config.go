package config

import (
	"crypto"
	"encoding/base64"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// Config is everything the environment says. The README's table lists the same
// variables in the same order.
type Config struct {
	Demo            bool   // the program brings its own tenant, see DEMO_MODE
	TenantURL       string // empty in demo mode
	ClientID        string
	ClientSecret    Secret
	ClientAuthBasic bool
	Scopes          []string

	PublicURL   string // no trailing slash
	ListenAddr  string
	MetricsAddr string // empty: /metrics is served at ListenAddr

	RedisURL    Secret // empty: embedded
	DatabaseURL Secret // empty: sqlite:vitrine.db, in memory in demo mode

	SessionKeys        [][]byte
	SessionIdleTimeout time.Duration
	SessionMaxAge      time.Duration
	SignInLogRetention time.Duration // at least seven days

	LogLevel  string
	LogFormat string // json, text, or empty: text on a terminal

	DemoAddr string
	DemoURL  string // what browsers use for DemoAddr

	EmbedRuntimeURL string // empty: the tenant
	EmbedSources    []string
	EmbedMode       string            // the usual mode of a sheet; empty: the first
	AppEmbedModes   map[string]string // by app ID, where it differs
	EmbedOrigins    []string          // whose pages may frame sheets
	CookieSameSite  string            // lax or none

	WebIntegrationID string
	JWTIssuer        string
	JWTKeyID         string
	JWTKey           crypto.Signer // nil: no JWT sign-in at the tenant

	TrustedProxies []string
	RateLimit      int // requests per second, address and limited route; 0: no limit
}

// Load reads the environment through getenv (os.Getenv) and files through
// readFile (os.ReadFile). embedModes are the ways to embed a sheet that there
// are. The error is a [Faults] that lists everything wrong.
func Load(getenv func(string) string, readFile func(string) ([]byte, error), embedModes []string) (Config, error) {
	r := &reader{getenv: getenv, readFile: readFile}
	c := r.config(embedModes)
	if len(r.faults) > 0 {
		return Config{}, Faults(r.faults)
	}
	return c, nil
}

// config reads all settings.
func (r *reader) config(embedModes []string) Config {
	c := Config{
		TenantURL:          r.origin("QLIK_TENANT_URL", "", "https://acme.eu.qlikcloud.com"),
		ClientID:           r.text("QLIK_CLIENT_ID", ""),
		ClientSecret:       r.clientSecret("QLIK_CLIENT_SECRET"),
		ClientAuthBasic:    r.choice("QLIK_CLIENT_AUTH", "body", "body", "basic") == "basic",
		Scopes:             r.words("QLIK_SCOPES", "user_default offline_access"),
		PublicURL:          r.origin("PUBLIC_URL", "http://localhost:8080", "https://portal.example.com"),
		ListenAddr:         r.address("LISTEN_ADDR", ":8080"),
		MetricsAddr:        r.address("METRICS_ADDR", ""),
		RedisURL:           r.connectionURL("REDIS_URL"),
		DatabaseURL:        r.connectionURL("DATABASE_URL"),
		SessionKeys:        r.keys("SESSION_KEYS"),
		SessionIdleTimeout: r.duration("SESSION_IDLE_TIMEOUT", 30*time.Minute, time.Minute),
		SessionMaxAge:      r.duration("SESSION_MAX_AGE", 12*time.Hour, time.Minute),
		SignInLogRetention: r.duration("SIGN_IN_LOG_RETENTION", 400*24*time.Hour, 7*24*time.Hour),
		LogLevel:           r.choice("LOG_LEVEL", "info", "debug", "info", "warn", "error"),
		LogFormat:          r.choice("LOG_FORMAT", "", "json", "text"),
		DemoAddr:           r.address("DEMO_ADDR", "localhost:8090"),
		DemoURL:            r.origin("DEMO_URL", "", "http://localhost:8090"),
		EmbedRuntimeURL:    r.baseURL("QLIK_EMBED_RUNTIME_URL", "", "https://acme.eu.qlikcloud.com"),
		EmbedSources:       r.origins("QLIK_EMBED_SOURCES"),
		EmbedOrigins:       r.origins("EMBED_ORIGINS"),
		CookieSameSite:     r.choice("SESSION_COOKIE_SAMESITE", "lax", "lax", "none"),
		WebIntegrationID:   r.text("QLIK_WEB_INTEGRATION_ID", ""),
		JWTIssuer:          r.text("QLIK_JWT_ISSUER", ""),
		JWTKeyID:           r.text("QLIK_JWT_KEY_ID", ""),
		JWTKey:             r.privateKey("QLIK_JWT_PRIVATE_KEY"),
		TrustedProxies:     r.networks("TRUSTED_PROXIES"),
		RateLimit:          r.count("RATE_LIMIT", 20),
	}
	c.EmbedMode, c.AppEmbedModes = r.embedModes("QLIK_EMBED_MODE", embedModes)
	r.proxies()
	r.together(&c, r.choice("DEMO_MODE", "auto", "auto", "on", "off"))
	return c
}

// Faults lists what is wrong with the environment, a line each.
type Faults []string

func (f Faults) Error() string { return strings.Join(f, "\n") }

// together checks what single variables cannot know of one another, and fills
// in what follows from others.
func (r *reader) together(c *Config, demoMode string) {
	named := c.TenantURL != "" || r.faulty("QLIK_TENANT_URL")
	c.Demo = r.demoMode(c, demoMode, named)
	if named || demoMode == "off" {
		r.tenantNeeds(c)
	}
	if c.SessionMaxAge < c.SessionIdleTimeout {
		r.fault("SESSION_MAX_AGE", fmt.Sprintf("(%v) is shorter than SESSION_IDLE_TIMEOUT (%v)", c.SessionMaxAge, c.SessionIdleTimeout))
	}
	r.embedding(c)
	if c.DemoURL == "" {
		_, port, _ := net.SplitHostPort(c.DemoAddr)
		c.DemoURL = "http://localhost:" + port
	}
	if c.EmbedRuntimeURL == "" {
		c.EmbedRuntimeURL = c.TenantURL
		if c.Demo {
			c.EmbedRuntimeURL = c.DemoURL
		}
	}
	if len(c.EmbedSources) == 0 && !c.Demo {
		// Qlik's runtime loads its modules from there; the tenant's page says so.
		c.EmbedSources = []string{"https://cdn.qlikcloud.com"}
	}
	slices.Sort(r.faults)
}

func (r *reader) keys(name string) [][]byte {
	var keys [][]byte
	value := r.secret(name).Reveal()
	if value == "" {
		return nil
	}
	for i, text := range strings.Split(value, ",") {
		key, err := decodeKey(strings.TrimSpace(text))
		if err != nil {
			r.fault(name, fmt.Sprintf("key %d: %v; make one with `vitrine keygen`", i+1, err))
			continue
		}
		keys = append(keys, key)
	}
	return keys
}

func decodeKey(text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		key, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	}
	if err != nil {
		return nil, fmt.Errorf("is not base64")
	}
	if len(key) != 32 {
		return nil, fmt.Errorf("has %d bytes, not 32", len(key))
	}
	return key, nil
}
