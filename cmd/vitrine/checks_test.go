package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

// readiness is the answer of /readyz.
type readiness struct {
	Ready    bool
	Warnings []string
}

func (c *child) readiness(t *testing.T, base string) readiness {
	t.Helper()
	status, body := get(t, base+"/readyz")
	var r readiness
	if err := json.Unmarshal([]byte(body), &r); err != nil || status != http.StatusOK {
		t.Fatalf("readyz: %d %s", status, body)
	}
	return r
}

// awaitWarnings waits until as many warnings are shown.
func (c *child) awaitWarnings(t *testing.T, base string, count int) []string {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		r := c.readiness(t, base)
		if len(r.Warnings) == count {
			return r.Warnings
		}
		if time.Now().After(deadline) {
			t.Fatalf("warnings %q, want %d\n%s", r.Warnings, count, c.text())
		}
	}
}

// The admin, not the first user, finds out what the tenant refuses.
func TestWrongSetUpAtTheTenantIsWarnedOf(t *testing.T) {
	addr := freeAddr(t)
	redirect := "http://" + addr + "/login/callback"
	for name, tt := range map[string]struct {
		registered, client, secret string
		want                       []string
	}{
		"unregistered redirect URL": {registered: "http://" + addr + "/callback", want: []string{"OAUTH-1:", redirect}},
		"unknown client":            {registered: redirect, client: "nobody", want: []string{"OAUTH-14:", "QLIK_CLIENT_ID"}},
		"wrong secret":              {registered: redirect, secret: "wrong-hush", want: []string{"OAUTH-22:", "QLIK_CLIENT_SECRET"}},
		"nothing wrong":             {registered: redirect},
	} {
		t.Run(name, func(t *testing.T) {
			tenant := demotest.New(t, func(o *demo.Options) { o.RedirectURIs = []string{tt.registered} })
			client, secret := tenant.ClientID, tenant.ClientSecret
			if tt.client != "" {
				client = tt.client
			}
			if tt.secret != "" {
				secret = tt.secret
			}
			c := start(t, nil, "QLIK_TENANT_URL="+tenant.URL, "QLIK_CLIENT_ID="+client, "QLIK_CLIENT_SECRET="+secret,
				"PUBLIC_URL=http://"+addr, "LISTEN_ADDR="+addr, "SESSION_KEYS="+testKeys)
			c.waitReady(t, "http://"+addr)
			if tt.want == nil {
				c.awaitLog(t, "set-up checked", 1)
				if r := c.readiness(t, "http://"+addr); len(r.Warnings) != 0 {
					t.Errorf("warnings %q", r.Warnings)
				}
			} else {
				warnings := c.awaitWarnings(t, "http://"+addr, 1)
				for _, want := range tt.want {
					if !strings.Contains(warnings[0], want) || !strings.Contains(c.text(), want) {
						t.Errorf("warning %q, log %s; want %s in both", warnings[0], c.text(), want)
					}
				}
			}
			asked := tenant.Stats()
			for range 20 {
				c.readiness(t, "http://"+addr)
			}
			if now := tenant.Stats(); now.Authorizations != asked.Authorizations || now.TokenRequests["authorization_code"] != asked.TokenRequests["authorization_code"] {
				t.Errorf("/readyz asks the tenant each time: %+v, before %+v", now, asked)
			}
			if strings.Contains(c.text(), secret) {
				t.Errorf("the log holds the secret:\n%s", c.text())
			}
		})
	}
}

func TestMendedSecretEndsItsWarning(t *testing.T) {
	addr := freeAddr(t)
	tenant := demotest.New(t, func(o *demo.Options) { o.RedirectURIs = []string{"http://" + addr + "/login/callback"} })
	secret := filepath.Join(t.TempDir(), "secret")
	mustWrite(t, secret, "old")
	c := start(t, nil, "QLIK_TENANT_URL="+tenant.URL, "QLIK_CLIENT_ID="+tenant.ClientID, "QLIK_CLIENT_SECRET_FILE="+secret,
		"PUBLIC_URL=http://"+addr, "LISTEN_ADDR="+addr, "SESSION_KEYS="+testKeys)
	c.waitReady(t, "http://"+addr)
	c.awaitWarnings(t, "http://"+addr, 1)
	mustWrite(t, secret, tenant.ClientSecret)
	c.awaitWarnings(t, "http://"+addr, 0)
}
