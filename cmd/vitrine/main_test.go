package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vitrine/store/storetest"
)

// binary is the built program, made once for all tests here.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "vitrine-test")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "vitrine")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s\n", out)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// child is the program as a process of its own.
type child struct {
	*exec.Cmd
	mu     sync.Mutex
	output bytes.Buffer
	ended  chan error
}

func (c *child) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.output.Write(p)
}

func (c *child) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.output.String()
}

// start runs the program with this environment and no other.
func start(t *testing.T, args []string, env ...string) *child {
	t.Helper()
	c := &child{Cmd: exec.Command(binary, args...), ended: make(chan error, 1)}
	c.Env, c.Dir, c.Stdout, c.Stderr = env, t.TempDir(), c, c
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { c.ended <- c.Wait() }()
	t.Cleanup(func() { _ = c.Process.Kill() })
	return c
}

// exit waits for the program to end and returns its status.
func (c *child) exit(t *testing.T, within time.Duration) int {
	t.Helper()
	select {
	case <-c.ended:
		return c.ProcessState.ExitCode()
	case <-time.After(within):
		t.Fatalf("still running after %v; output:\n%s", within, c.text())
		return 0
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	return "127.0.0.1:" + storetest.FreePort(t)
}

func demoEnv(t *testing.T) (portal, tenant string, env []string) {
	t.Helper()
	portal, tenant = freeAddr(t), freeAddr(t)
	return "http://" + portal, "http://" + tenant, []string{
		"LISTEN_ADDR=" + portal, "PUBLIC_URL=http://" + portal, "DEMO_ADDR=" + tenant, "DEMO_URL=http://" + tenant,
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

func (c *child) waitReady(t *testing.T, base string) {
	t.Helper()
	var status int
	var body string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if status, body = get(t, base+"/readyz"); status == http.StatusOK {
			return
		}
	}
	t.Fatalf("not ready: %d %s\n%s", status, body, c.text())
}

func TestDemoStartsServesAndStops(t *testing.T) {
	portal, tenant, env := demoEnv(t)
	c := start(t, nil, env...)
	c.waitReady(t, portal)
	if status, body := get(t, portal+"/healthz"); status != 200 || body != "ok\n" {
		t.Errorf("healthz: %d %q", status, body)
	}
	if status, body := get(t, portal+"/"); status != 200 || !strings.Contains(body, "Sign in") {
		t.Errorf("home: %d %.200s", status, body)
	}
	if status, body := get(t, portal+"/metrics"); status != 200 || !strings.Contains(body, "vitrine_requests_total") {
		t.Errorf("metrics: %d %.200s", status, body)
	}
	for _, want := range []string{portal, tenant, "password", "QLIK_TENANT_URL"} {
		if !strings.Contains(c.text(), want) {
			t.Errorf("the welcome lacks %q:\n%s", want, c.text())
		}
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := c.exit(t, 15*time.Second); status != 0 {
		t.Errorf("exit status %d, want 0; output:\n%s", status, c.text())
	}
	if entries, _ := os.ReadDir(c.Dir); len(entries) != 0 {
		t.Errorf("the demo left %v behind", entries)
	}
}

func TestBusyPortsAreNamed(t *testing.T) {
	for _, name := range []string{"LISTEN_ADDR", "DEMO_ADDR"} {
		_, _, env := demoEnv(t)
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		c := start(t, []string{"serve"}, append(env, name+"="+taken.Addr().String())...)
		if status := c.exit(t, 5*time.Second); status != exitUsage {
			t.Errorf("%s: exit status %d, want 2", name, status)
		}
		if lines := strings.Split(strings.TrimSpace(c.text()), "\n"); len(lines) != 1 || !strings.Contains(lines[0], name) {
			t.Errorf("%s: output %q, want one line that names it", name, c.text())
		}
	}
}

// badSettings is one example for each setting that can be wrong.
var badSettings = []struct{ name, value string }{
	{"QLIK_EMBED_MODE", "hologram"},
	{"QLIK_TENANT_URL", "http://acme.eu.qlikcloud.com"}, {"QLIK_CLIENT_ID", ""}, {"QLIK_CLIENT_SECRET", ""},
	{"QLIK_CLIENT_AUTH", "jwt"}, {"PUBLIC_URL", "portal"}, {"LISTEN_ADDR", "nowhere"},
	{"REDIS_URL", "mysql://x"}, {"REDIS_URL", "redis-sentinel://a:1"}, {"DATABASE_URL", "mysql://x"},
	{"SESSION_KEYS", "short"}, {"SESSION_KEYS", ""}, {"SESSION_IDLE_TIMEOUT", "soon"}, {"SESSION_MAX_AGE", "1s"},
	{"LOG_LEVEL", "loud"}, {"RATE_LIMIT", "many"}, {"SIGN_IN_LOG_RETENTION", "24h"}, {"LOG_FORMAT", "xml"}, {"QLIK_EMBED_RUNTIME_URL", "cdn"}, {"QLIK_EMBED_SOURCES", "cdn"},
	{"TRUSTED_PROXIES", "front"}, {"DEMO_ADDR", "x"}, {"DEMO_URL", "x"}, {"DEMO_MODE", "yes"},
	{"METRICS_ADDR", "x"}, {"QLIK_TENANT_URL", ""}, {"REDIS_URL", "redis://:only-for-the-demo@redis"}, {"QLIK_CLIENT_SECRET", "hush-hush "},
	{"QLIK_CLIENT_SECRET_FILE", "/nowhere/secret"},
}

func TestBadSettingsAreNamedOneLineEach(t *testing.T) {
	for _, bad := range badSettings {
		t.Run(bad.name+"="+bad.value, func(t *testing.T) {
			secret := "QLIK_CLIENT_SECRET=hush-hush"
			if bad.name == "QLIK_CLIENT_SECRET_FILE" {
				secret = ""
			}
			env := []string{
				secret, "QLIK_TENANT_URL=https://acme.eu.qlikcloud.com", "QLIK_CLIENT_ID=client",
				"PUBLIC_URL=https://portal.example.com", "LISTEN_ADDR=" + freeAddr(t), "REDIS_URL=redis://:hush-hush@127.0.0.1:1",
				"SESSION_KEYS=" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32)), "DATABASE_URL=sqlite::memory:",
			}
			c := start(t, nil, append(env, bad.name+"="+bad.value)...)
			if status := c.exit(t, 5*time.Second); status != exitUsage {
				t.Errorf("exit status %d, want 2", status)
			}
			lines := strings.Split(strings.TrimSpace(c.text()), "\n")
			if len(lines) != 1 || !strings.HasPrefix(lines[0], "vitrine: "+bad.name) {
				t.Errorf("output %q, want one line that names %s", c.text(), bad.name)
			}
			if strings.Contains(c.text(), "hush-hush") {
				t.Errorf("a secret is printed: %s", c.text())
			}
		})
	}
}

func TestStartsWhileTenantAndRedisAreAway(t *testing.T) {
	addr := freeAddr(t)
	c := start(t, nil, "QLIK_TENANT_URL=http://127.0.0.1:1", "QLIK_CLIENT_ID=client", "QLIK_CLIENT_SECRET=s", "PUBLIC_URL=http://"+addr,
		"LISTEN_ADDR="+addr, "REDIS_URL=redis://127.0.0.1:1", "DATABASE_URL=sqlite::memory:",
		"SESSION_KEYS="+base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32)))
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if status, _ := get(t, "http://"+addr+"/healthz"); status == 200 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("does not serve:\n%s", c.text())
		}
	}
	status, body := get(t, "http://"+addr+"/readyz")
	if status != 503 || !strings.Contains(body, `"redis":"cannot be reached"`) || !strings.Contains(body, `"tenant":"cannot be reached"`) || !strings.Contains(body, `"database":"ok"`) {
		t.Errorf("readyz: %d %s", status, body)
	}
}

func TestSmallCommands(t *testing.T) {
	keygen := start(t, []string{"keygen"})
	if status := keygen.exit(t, 5*time.Second); status != 0 {
		t.Fatalf("keygen: %d", status)
	}
	if key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(keygen.text())); err != nil || len(key) != 32 {
		t.Errorf("keygen printed %q", keygen.text())
	}
	for _, tt := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"version"}, exitOK, "vitrine "},
		{[]string{"help"}, exitOK, "vitrine migrate"},
		{[]string{"dance"}, exitUsage, `no command "dance"`},
		{[]string{"serve", "now"}, exitUsage, "takes no arguments"},
		{[]string{"migrate"}, exitOK, "in memory"},
		{[]string{"healthcheck"}, exitFailed, "does not answer"},
	} {
		c := start(t, tt.args, "LISTEN_ADDR="+freeAddr(t))
		if status := c.exit(t, 5*time.Second); status != tt.status || !strings.Contains(c.text(), tt.says) {
			t.Errorf("%v: status %d, output %q", tt.args, status, c.text())
		}
	}
}
