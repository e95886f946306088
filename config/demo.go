package config

import (
	"net/url"
	"strings"
)

// demoPassword is what docker-compose.yml gives Redis and PostgreSQL unless
// .env says otherwise. Everybody can read it there.
const demoPassword = "only-for-the-demo"

// demoMode decides whether the program brings its own tenant. A production that
// lost its tenant's variables must not become a public demo: unasked, the demo
// starts only where nothing is set that a production needs.
func (r *reader) demoMode(c *Config, mode string, named bool) bool {
	if mode == "on" && named {
		r.fault("DEMO_MODE", "is on although QLIK_TENANT_URL is set; keep one")
	}
	if mode != "auto" || named {
		return mode == "on"
	}
	var reason string
	switch u, err := url.Parse(c.PublicURL); {
	case c.ClientID != "" || c.ClientSecret != "" || r.faulty("QLIK_CLIENT_SECRET"):
		reason = "QLIK_CLIENT_ID or QLIK_CLIENT_SECRET is set"
	case len(c.SessionKeys) > 0 || r.faulty("SESSION_KEYS"):
		reason = "SESSION_KEYS is set"
	case !r.faulty("PUBLIC_URL") && (err != nil || !loopback(u.Hostname())):
		reason = "PUBLIC_URL is not an address of this machine"
	default:
		return true
	}
	r.fault("QLIK_TENANT_URL", "is missing although "+reason+"; set it, or DEMO_MODE=on to serve the demo tenant on purpose")
	return false
}

// tenantNeeds checks what is required with a tenant.
func (r *reader) tenantNeeds(c *Config) {
	for name, need := range map[string]struct {
		missing bool
		advice  string
	}{
		"QLIK_TENANT_URL":    {c.TenantURL == "", "such as https://acme.eu.qlikcloud.com: DEMO_MODE is off"},
		"QLIK_CLIENT_ID":     {c.ClientID == "", "with QLIK_TENANT_URL: register a Web client in the tenant's console"},
		"QLIK_CLIENT_SECRET": {c.ClientSecret == "", "with QLIK_TENANT_URL: register a Web client in the tenant's console"},
		"SESSION_KEYS":       {len(c.SessionKeys) == 0, "with QLIK_TENANT_URL: make one with `vitrine keygen`"},
		"REDIS_URL": {c.RedisURL == "" && !localTenant(c),
			"with QLIK_TENANT_URL: the embedded store is for the demo only, and forgets everyone at a restart"},
	} {
		if need.missing && !r.faulty(name) {
			r.fault(name, "is required "+need.advice)
		}
	}
	for name, setting := range map[string]struct {
		url     Secret
		compose string
	}{"REDIS_URL": {c.RedisURL, "REDIS_PASSWORD"}, "DATABASE_URL": {c.DatabaseURL, "POSTGRES_PASSWORD"}} {
		if strings.Contains(setting.url.Reveal(), demoPassword) {
			r.fault(name, "holds the demo's password, which everybody can read; set "+setting.compose+" in .env to one of your own")
		}
	}
}

// localTenant reports whether the tenant is one for tests.
func localTenant(c *Config) bool {
	u, err := url.Parse(c.TenantURL)
	return err == nil && loopback(u.Hostname())
}
