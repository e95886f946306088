package config

import (
	"crypto"
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Config is everything the environment says. The README's table lists the same
// variables in the same order.
type Config struct {
	Demo             bool   // no tenant was named: the program brings its own
	TenantURL        string // empty in demo mode
	ClientID         string
	ClientSecret     Secret
	ClientSecretFile string // where ClientSecret came from, to read it again
	ClientAuthBasic  bool
	Scopes           []string

	PublicURL  string // no trailing slash
	ListenAddr string

	RedisURL    Secret // empty: embedded
	DatabaseURL Secret // empty: sqlite:vitrine.db, in memory in demo mode

	SessionKeys        [][]byte
	SessionIdleTimeout time.Duration
	SessionMaxAge      time.Duration

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
}

// Secret is text that does not print. Reveal it only where it is used.
type Secret string

// String hides the secret from every format verb and log handler.
func (Secret) String() string { return "[redacted]" }

// GoString does the same for %#v.
func (Secret) GoString() string { return "[redacted]" }

// MarshalText does the same for encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// Load reads the environment through getenv (os.Getenv) and files through
// readFile (os.ReadFile). embedModes are the ways to embed a sheet that there
// are. The error is a [Faults] that lists everything wrong.
func Load(getenv func(string) string, readFile func(string) ([]byte, error), embedModes []string) (Config, error) {
	r := &reader{getenv: getenv, readFile: readFile}
	c := Config{
		TenantURL:          r.origin("QLIK_TENANT_URL", "", "https://acme.eu.qlikcloud.com"),
		ClientID:           r.text("QLIK_CLIENT_ID", ""),
		ClientSecret:       r.secret("QLIK_CLIENT_SECRET"),
		ClientSecretFile:   r.text("QLIK_CLIENT_SECRET_FILE", ""),
		ClientAuthBasic:    r.choice("QLIK_CLIENT_AUTH", "body", "body", "basic") == "basic",
		Scopes:             r.words("QLIK_SCOPES", "user_default offline_access"),
		PublicURL:          r.origin("PUBLIC_URL", "http://localhost:8080", "https://portal.example.com"),
		ListenAddr:         r.address("LISTEN_ADDR", ":8080"),
		RedisURL:           r.secret("REDIS_URL"),
		DatabaseURL:        r.secret("DATABASE_URL"),
		SessionKeys:        r.keys("SESSION_KEYS"),
		SessionIdleTimeout: r.duration("SESSION_IDLE_TIMEOUT", 30*time.Minute, time.Minute),
		SessionMaxAge:      r.duration("SESSION_MAX_AGE", 12*time.Hour, time.Minute),
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
	}
	c.EmbedMode, c.AppEmbedModes = r.embedModes("QLIK_EMBED_MODE", embedModes)
	r.together(&c)
	if len(r.faults) > 0 {
		return Config{}, Faults(r.faults)
	}
	return c, nil
}

// Faults lists what is wrong with the environment, a line each.
type Faults []string

func (f Faults) Error() string { return strings.Join(f, "\n") }

// together checks what single variables cannot know of one another, and fills
// in what follows from others.
func (r *reader) together(c *Config) {
	// A tenant that is named wrongly is still no wish for the demo.
	c.Demo = c.TenantURL == "" && !r.faulty("QLIK_TENANT_URL")
	if c.Demo {
		if c.ClientID != "" || c.ClientSecret != "" {
			r.fault("QLIK_TENANT_URL", "is missing although QLIK_CLIENT_ID or QLIK_CLIENT_SECRET is set; set all three, or none for the demo tenant")
		}
	} else {
		for name, value := range map[string]string{"QLIK_CLIENT_ID": c.ClientID, "QLIK_CLIENT_SECRET": string(c.ClientSecret)} {
			if value == "" && !r.faulty(name) {
				r.fault(name, "is required with QLIK_TENANT_URL: register a Web client in the tenant's console")
			}
		}
		if len(c.SessionKeys) == 0 && !r.faulty("SESSION_KEYS") {
			r.fault("SESSION_KEYS", "is required with QLIK_TENANT_URL: make one with `vitrine keygen`")
		}
		if u, err := url.Parse(c.TenantURL); c.RedisURL == "" && !r.faulty("REDIS_URL") && (err != nil || !loopback(u.Hostname())) {
			r.fault("REDIS_URL", "is required with QLIK_TENANT_URL: the embedded store is for the demo only, and forgets everyone at a restart")
		}
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

// origin reads a scheme and host without path; http is for loopback only, as
// tokens and cookies must not cross a network in the clear.
func (r *reader) origin(name, fallback, example string) string {
	value := r.baseURL(name, fallback, example)
	if u, err := url.Parse(value); value != "" && err == nil && u.Path != "" {
		r.fault(name, fmt.Sprintf("must have no path, like %s", example))
		return ""
	}
	return value
}

func (r *reader) baseURL(name, fallback, example string) string {
	value := strings.TrimRight(r.text(name, fallback), "/")
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		r.fault(name, "must be an absolute URL like "+example)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		r.fault(name, "must have no user, query or fragment, like "+example)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		r.fault(name, "must begin with https://; http:// is for loopback hosts only")
	default:
		u.Host = strings.ToLower(u.Host)
		return u.String()
	}
	return ""
}

func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
