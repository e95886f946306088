package config

import (
	"strings"
	"testing"
)

// A production whose tenant got lost must not become a public demo.
func TestDemoStartsByItselfOnlyOnThisMachine(t *testing.T) {
	lost := map[string]string{"QLIK_TENANT_URL": "", "QLIK_CLIENT_ID": "", "QLIK_CLIENT_SECRET": ""}
	local := func(changes map[string]string) map[string]string {
		env := map[string]string{"PUBLIC_URL": "http://localhost:8080"}
		for name, value := range changes {
			env[name] = value
		}
		return env
	}
	for name, tt := range map[string]struct {
		env   map[string]string
		files map[string]string
		fault string // "" where the demo starts
	}{
		"nothing set":                 {env: nil},
		"compose without .env":        {env: local(map[string]string{"DEMO_ADDR": ":8090", "LISTEN_ADDR": ":8080", "REDIS_URL": "redis://:only-for-the-demo@redis:6379/0", "SESSION_KEYS": ""})},
		"on an address of this host":  {env: map[string]string{"PUBLIC_URL": "http://127.0.0.1:8080"}},
		"on, at a public address":     {env: map[string]string{"DEMO_MODE": "on", "PUBLIC_URL": "https://portal.example.com", "SESSION_KEYS": goodKey}},
		"production without tenant":   {env: withTenant(lost), fault: "QLIK_TENANT_URL "},
		"a public address":            {env: map[string]string{"PUBLIC_URL": "https://portal.example.com"}, fault: "QLIK_TENANT_URL "},
		"session keys":                {env: local(map[string]string{"SESSION_KEYS": goodKey}), fault: "QLIK_TENANT_URL "},
		"session keys from a file":    {env: local(map[string]string{"SESSION_KEYS_FILE": "/k"}), files: map[string]string{"/k": goodKey}, fault: "QLIK_TENANT_URL "},
		"a client without tenant":     {env: local(map[string]string{"QLIK_CLIENT_ID": "client"}), fault: "QLIK_TENANT_URL "},
		"off, on this machine":        {env: withTenant(map[string]string{"QLIK_TENANT_URL": "", "DEMO_MODE": "off"}), fault: "QLIK_TENANT_URL "},
		"on, with a tenant":           {env: withTenant(map[string]string{"DEMO_MODE": "on"}), fault: "DEMO_MODE "},
		"neither auto nor on nor off": {env: local(map[string]string{"DEMO_MODE": "yes"}), fault: "DEMO_MODE "},
	} {
		c, err := load(tt.env, tt.files)
		switch {
		case tt.fault == "" && (err != nil || !c.Demo):
			t.Errorf("%s: demo %v, error %v; want the demo", name, c.Demo, err)
		case tt.fault != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.fault) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s: demo %v, error %v; want one fault of %s", name, c.Demo, err, tt.fault)
		}
	}
}

func TestDemoModeOffNamesAllThatIsMissing(t *testing.T) {
	_, err := load(map[string]string{"DEMO_MODE": "off"}, nil)
	for _, name := range []string{"QLIK_TENANT_URL", "QLIK_CLIENT_ID", "QLIK_CLIENT_SECRET", "SESSION_KEYS", "REDIS_URL"} {
		if err == nil || !strings.Contains("\n"+err.Error(), "\n"+name+" ") {
			t.Errorf("%s is not among %v", name, err)
		}
	}
}

func TestDemoModeChangesNothingWithATenant(t *testing.T) {
	for _, mode := range []string{"auto", "off", ""} {
		if c, err := load(withTenant(map[string]string{"DEMO_MODE": mode}), nil); err != nil || c.Demo {
			t.Errorf("%q: demo %v, error %v", mode, c.Demo, err)
		}
	}
}
