package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"
)

var goodKey = base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))

// withTenant is a complete environment for a real tenant.
func withTenant(changes map[string]string) map[string]string {
	env := map[string]string{
		"QLIK_TENANT_URL": "https://acme.eu.qlikcloud.com", "QLIK_CLIENT_ID": "client", "QLIK_CLIENT_SECRET": "hush",
		"SESSION_KEYS": goodKey, "REDIS_URL": "redis://localhost:6379", "PUBLIC_URL": "https://portal.example.com",
	}
	for name, value := range changes {
		env[name] = value
	}
	return env
}

func load(env, files map[string]string) (Config, error) {
	return Load(func(name string) string { return env[name] }, func(path string) ([]byte, error) {
		if content, ok := files[path]; ok {
			return []byte(content), nil
		}
		return nil, fs.ErrNotExist
	}, []string{"qlik-embed", "nebula", "iframe"})
}

func TestEmptyEnvironmentIsDemoMode(t *testing.T) {
	c, err := load(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Demo || c.PublicURL != "http://localhost:8080" || c.ListenAddr != ":8080" || c.DemoURL != "http://localhost:8090" {
		t.Errorf("defaults are %+v", c)
	}
	if want := []string{"user_default", "offline_access"}; !slices.Equal(c.Scopes, want) {
		t.Errorf("Scopes=%v, want %v", c.Scopes, want)
	}
	if c.SessionIdleTimeout != 30*time.Minute || c.SessionMaxAge != 12*time.Hour {
		t.Errorf("timeouts %v and %v", c.SessionIdleTimeout, c.SessionMaxAge)
	}
	if c.EmbedRuntimeURL != c.DemoURL || len(c.EmbedSources) != 0 {
		t.Errorf("runtime %q from %v, want the demo tenant and no other", c.EmbedRuntimeURL, c.EmbedSources)
	}
}

func TestTenantBringsItsDefaults(t *testing.T) {
	c, err := load(withTenant(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.EmbedRuntimeURL != c.TenantURL || !slices.Equal(c.EmbedSources, []string{"https://cdn.qlikcloud.com"}) {
		t.Errorf("runtime %q from %v", c.EmbedRuntimeURL, c.EmbedSources)
	}
}

func TestEachFaultNamesItsVariable(t *testing.T) {
	for _, tt := range []struct{ name, variable, value string }{
		{"tenant over http", "QLIK_TENANT_URL", "http://acme.eu.qlikcloud.com"},
		{"tenant with a path", "QLIK_TENANT_URL", "https://acme.eu.qlikcloud.com/sense"},
		{"tenant without scheme", "QLIK_TENANT_URL", "acme.eu.qlikcloud.com"},
		{"tenant with a password", "QLIK_TENANT_URL", "https://me:you@acme.eu.qlikcloud.com"},
		{"no client ID", "QLIK_CLIENT_ID", ""},
		{"no client secret", "QLIK_CLIENT_SECRET", ""},
		{"client authentication of another kind", "QLIK_CLIENT_AUTH", "jwt"},
		{"public URL over http", "PUBLIC_URL", "http://portal.example.com"},
		{"public URL with a path", "PUBLIC_URL", "https://portal.example.com/qlik"},
		{"listen address without port", "LISTEN_ADDR", "localhost"},
		{"listen port out of range", "LISTEN_ADDR", ":70000"},
		{"no session keys", "SESSION_KEYS", ""},
		{"session key that is not base64", "SESSION_KEYS", "!!!"},
		{"session key too short", "SESSION_KEYS", "c2hvcnQ="},
		{"no Redis with a real tenant", "REDIS_URL", ""},
		{"log level", "LOG_LEVEL", "loud"},
		{"log format", "LOG_FORMAT", "xml"},
		{"idle timeout without unit", "SESSION_IDLE_TIMEOUT", "30"},
		{"idle timeout too short", "SESSION_IDLE_TIMEOUT", "1s"},
		{"max age shorter than idle", "SESSION_MAX_AGE", "10m"},
		{"embed source without scheme", "QLIK_EMBED_SOURCES", "cdn.example.com"},
		{"trusted proxy that is a name", "TRUSTED_PROXIES", "front"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(withTenant(map[string]string{tt.variable: tt.value}), nil)
			var faults Faults
			if !errors.As(err, &faults) {
				t.Fatalf("error %v, want Faults", err)
			}
			if len(faults) != 1 || !strings.HasPrefix(faults[0], tt.variable+" ") {
				t.Errorf("faults %q, want one that begins with %s", faults, tt.variable)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("fault takes more than a line: %q", err)
			}
		})
	}
}

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	_, err := load(map[string]string{"QLIK_TENANT_URL": "https://acme.eu.qlikcloud.com", "PUBLIC_URL": "nonsense", "LOG_LEVEL": "loud"}, nil)
	var faults Faults
	errors.As(err, &faults)
	for _, name := range []string{"QLIK_CLIENT_ID", "QLIK_CLIENT_SECRET", "SESSION_KEYS", "REDIS_URL", "PUBLIC_URL", "LOG_LEVEL"} {
		if !slices.ContainsFunc(faults, func(f string) bool { return strings.HasPrefix(f, name+" ") }) {
			t.Errorf("%s is not among %q", name, faults)
		}
	}
}

func TestClientWithoutTenantIsNotTakenForTheDemo(t *testing.T) {
	if _, err := load(map[string]string{"QLIK_CLIENT_ID": "client"}, nil); err == nil {
		t.Error("a half-configured tenant started the demo")
	}
}

func TestSecretsFromFiles(t *testing.T) {
	env := withTenant(map[string]string{"QLIK_CLIENT_SECRET": "", "QLIK_CLIENT_SECRET_FILE": "/run/secret"})
	c, err := load(env, map[string]string{"/run/secret": "from file\n"})
	if err != nil || c.ClientSecret.Reveal() != "from file" {
		t.Errorf("secret %q, error %v", c.ClientSecret.Reveal(), err)
	}
	for name, files := range map[string]map[string]string{"missing": nil, "empty": {"/run/secret": "\n"}} {
		if _, err := load(env, files); err == nil || !strings.Contains(err.Error(), "QLIK_CLIENT_SECRET_FILE") {
			t.Errorf("%s file: error %v", name, err)
		}
	}
	env["QLIK_CLIENT_SECRET"] = "both"
	if _, err := load(env, map[string]string{"/run/secret": "x"}); err == nil {
		t.Error("a secret given twice was accepted")
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	c, err := load(withTenant(map[string]string{"REDIS_URL": "redis://:hush@localhost"}), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(format, c); strings.Contains(text, "hush") {
			t.Errorf("%s prints a secret: %s", format, text)
		}
	}
}

func TestSessionKeysKeepTheirOrder(t *testing.T) {
	second := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("o", 32)))
	c, err := load(withTenant(map[string]string{"SESSION_KEYS": goodKey + " , " + second}), nil)
	if err != nil || len(c.SessionKeys) != 2 || c.SessionKeys[0][0] != 'k' || c.SessionKeys[1][0] != 'o' {
		t.Errorf("keys %q, error %v", c.SessionKeys, err)
	}
}
