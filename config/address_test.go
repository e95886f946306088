package config

import (
	"strings"
	"testing"
)

// Browsers write an origin in one way only, and compare it letter by letter.
func TestAddressesAreWrittenAsBrowsersWriteThem(t *testing.T) {
	for _, tt := range []struct{ given, want string }{
		{"https://portal.example.com:443", "https://portal.example.com"},
		{"https://portal.example.com:443/", "https://portal.example.com"},
		{"https://portal.example.com:0443", "https://portal.example.com"},
		{"https://portal.example.com:", "https://portal.example.com"},
		{"https://portal.example.com:8443", "https://portal.example.com:8443"},
		{"HTTPS://Portal.Example.COM", "https://portal.example.com"},
		{"https://Bücher.example", "https://xn--bcher-kva.example"},
		{"https://bu\u0308cher.example:443", "https://xn--bcher-kva.example"},
		{"https://straße.example", "https://xn--strae-oqa.example"},
		{"https://portal。example", "https://portal.example"},
		{"https://XN--bcher-KVA.example", "https://xn--bcher-kva.example"},
		{"https://my_portal.example.com", "https://my_portal.example.com"},
		{"http://localhost:80", "http://localhost"},
		{"http://LOCALHOST:80", "http://localhost"},
		{"http://127.0.0.1:80", "http://127.0.0.1"},
		{"http://[0:0:0:0:0:0:0:1]:80", "http://[::1]"},
		{"http://[::1]:8080", "http://[::1]:8080"},
	} {
		c, err := load(withTenant(map[string]string{
			"PUBLIC_URL": tt.given, "QLIK_TENANT_URL": tt.given, "EMBED_ORIGINS": tt.given, "QLIK_EMBED_SOURCES": tt.given,
			"QLIK_EMBED_RUNTIME_URL": tt.given + "/qlik",
		}), nil)
		if err != nil {
			t.Errorf("%s: %v", tt.given, err)
			continue
		}
		for name, got := range map[string]string{
			"PUBLIC_URL": c.PublicURL, "QLIK_TENANT_URL": c.TenantURL, "EMBED_ORIGINS": c.EmbedOrigins[0], "QLIK_EMBED_SOURCES": c.EmbedSources[0],
			"QLIK_EMBED_RUNTIME_URL": strings.TrimRight(strings.TrimSuffix(c.EmbedRuntimeURL, "/qlik"), "/"),
		} {
			if got != tt.want {
				t.Errorf("%s=%s is read as %s, want %s", name, tt.given, got, tt.want)
			}
		}
	}
}

func TestAddressesThatNoBrowserTakes(t *testing.T) {
	for _, given := range []string{"https://:443", "https://portal.example.com:99999", "https://xn--a.example", "https://por tal.example"} {
		if c, err := load(withTenant(map[string]string{"PUBLIC_URL": given}), nil); err == nil {
			t.Errorf("%s is read as %s", given, c.PublicURL)
		}
	}
}

func TestSourcesMayBeWildcards(t *testing.T) {
	c, err := load(withTenant(map[string]string{"QLIK_EMBED_SOURCES": "https://*.qlikcdn.com"}), nil)
	if err != nil || c.EmbedSources[0] != "https://*.qlikcdn.com" {
		t.Errorf("%v, %v", c.EmbedSources, err)
	}
}
