package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// faultsOf starts the program, which must give up at once, and returns its lines.
func faultsOf(t *testing.T, command string, env ...string) []string {
	t.Helper()
	c := start(t, []string{command}, env...)
	if status := c.exit(t, 5*time.Second); status != exitUsage {
		t.Errorf("%s: exit status %d, want 2", command, status)
	}
	return strings.Split(strings.TrimSpace(c.text()), "\n")
}

func TestProductionWithoutItsTenantIsNoDemo(t *testing.T) {
	addr := freeAddr(t)
	production := []string{
		"PUBLIC_URL=https://portal.example.com", "LISTEN_ADDR=" + addr, "DEMO_ADDR=" + freeAddr(t), "SESSION_KEYS=" + testKeys,
		"DATABASE_URL=sqlite::memory:",
	}
	if lines := faultsOf(t, "serve", production...); len(lines) != 1 || !strings.HasPrefix(lines[0], "vitrine: QLIK_TENANT_URL ") {
		t.Errorf("output %q, want one line that names QLIK_TENANT_URL", lines)
	}
	c := start(t, nil, append(production, "DEMO_MODE=on")...)
	c.waitReady(t, "http://"+addr)
}

func TestPasswordsNeverAppearInPieces(t *testing.T) {
	for _, setting := range []string{
		"REDIS_URL=redis://:pi@eceA/pieceB@127.0.0.1:1/0", "DATABASE_URL=postgres://vitrine:pi@eceA/pieceB@127.0.0.1:1/vitrine",
		"DATABASE_URL=postgres://vitrine:pi?eceA#pieceB@127.0.0.1:1/vitrine", "REDIS_URL=redis-sentinel://:pi@eceA/pieceB@127.0.0.1:1/main",
	} {
		env := []string{
			"QLIK_TENANT_URL=https://acme.eu.qlikcloud.com", "QLIK_CLIENT_ID=client", "QLIK_CLIENT_SECRET=hush", "SESSION_KEYS=" + testKeys,
			"PUBLIC_URL=https://portal.example.com", "LISTEN_ADDR=" + freeAddr(t), "REDIS_URL=redis://127.0.0.1:1", setting,
		}
		name, _, _ := strings.Cut(setting, "=")
		for _, command := range []string{"serve", "migrate"} {
			lines := faultsOf(t, command, env...)
			if len(lines) != 1 || !strings.HasPrefix(lines[0], "vitrine: "+name+" ") {
				t.Errorf("%s with %s: %q, want one line that names %s", command, setting, lines, name)
			}
			if text := strings.Join(lines, "\n"); strings.Contains(text, "eceA") || strings.Contains(text, "pieceB") {
				t.Errorf("%s with %s shows a piece of the password:\n%s", command, setting, text)
			}
		}
	}
}

func TestNamesThatAreNoSettingAreWarnings(t *testing.T) {
	_, _, env := demoEnv(t)
	c := start(t, nil, append(env, "SESION_KEYS=typo-value", "QLIK_TENNANT_URL=https://acme.example", "EMBED_ORIGIN=x", "PUBLIC_URL_FILE=/x",
		"SESSION_MANAGER=local/host", "HOME=/root", "LOGNAME=root", "DEMO_SERVICE_HOST=10.0.0.1", "DEMO_PORT_8080_TCP=tcp://10.0.0.1:8080")...)
	c.awaitLog(t, `"serving"`, 1)
	for name, meant := range map[string]string{"SESION_KEYS": "SESSION_KEYS", "QLIK_TENNANT_URL": "QLIK_TENANT_URL", "EMBED_ORIGIN": "EMBED_ORIGINS", "PUBLIC_URL_FILE": "PUBLIC_URL"} {
		if !strings.Contains(c.text(), `"`+name+`"`) || !strings.Contains(c.text(), `"`+meant+`"`) {
			t.Errorf("no warning of %s that names %s", name, meant)
		}
	}
	for _, quiet := range []string{"SESSION_MANAGER", `"HOME"`, "LOGNAME", "DEMO_SERVICE_HOST", "DEMO_PORT", "typo-value"} {
		if strings.Contains(c.text(), quiet) {
			t.Errorf("the log names %s:\n%s", quiet, c.text())
		}
	}
}

func TestMigrateOfADatabaseInMemorySaysSo(t *testing.T) {
	for _, env := range [][]string{nil, {"DATABASE_URL=sqlite::memory:"}} {
		c := start(t, []string{"migrate"}, env...)
		if status := c.exit(t, 5*time.Second); status != exitOK || !strings.Contains(c.text(), "in memory") || strings.Contains(c.text(), "from schema") {
			t.Errorf("%v: status %d, output %q", env, status, c.text())
		}
	}
}

func TestMetricsAtAnAddressOfTheirOwn(t *testing.T) {
	portal, _, env := demoEnv(t)
	own := freeAddr(t)
	c := start(t, nil, append(env, "METRICS_ADDR="+own)...)
	c.waitReady(t, portal)
	if status, _ := get(t, portal+"/metrics"); status != http.StatusNotFound {
		t.Errorf("/metrics of the portal: %d, want 404", status)
	}
	if status, body := get(t, "http://"+own+"/metrics"); status != http.StatusOK || !strings.Contains(body, "vitrine_requests_total") {
		t.Errorf("/metrics at METRICS_ADDR: %d %.200s", status, body)
	}
	if status, _ := get(t, "http://"+own+"/"); status != http.StatusNotFound {
		t.Errorf("/ at METRICS_ADDR: %d, want 404", status)
	}
}

func TestBusyMetricsPortIsNamed(t *testing.T) {
	_, _, env := demoEnv(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if lines := faultsOf(t, "serve", append(env, "METRICS_ADDR="+taken.Addr().String())...); len(lines) != 1 || !strings.Contains(lines[0], "METRICS_ADDR") {
		t.Errorf("output %q, want one line that names METRICS_ADDR", lines)
	}
}

// A front that passes on a Host of its own must not send people in circles.
func TestFrontWithAnotherHostEndsInASentence(t *testing.T) {
	portal, _, env := demoEnv(t)
	target, err := url.Parse(portal)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	public := "http://" + listener.Addr().String()
	c := start(t, nil, append(env, "PUBLIC_URL="+public)...)
	c.waitReady(t, portal)
	for _, path := range []string{"/", "/apps?q=a%20b", "/login"} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, public+path, nil)
		r.Header.Set("Accept", "text/html")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusMisdirectedRequest || !strings.Contains(string(body), `href="`+public) || !strings.Contains(string(body), "Host") {
			t.Errorf("%s: %d %.2000s", path, resp.StatusCode, body)
		}
	}
}

func TestAnotherNameOfThisMachineLeadsToTheRightOne(t *testing.T) {
	portal, _, env := demoEnv(t)
	public := strings.Replace(portal, "127.0.0.1", "localhost", 1)
	c := start(t, nil, append(env, "PUBLIC_URL="+public)...)
	c.waitReady(t, portal)
	resp, err := http.Get(portal + "/?q=a%20b")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if at := resp.Request.URL; resp.StatusCode != http.StatusOK || "http://"+at.Host != public || at.Query().Get("q") != "a b" {
		t.Errorf("ended at %s with %d, want 200 at %s", at, resp.StatusCode, public)
	}
}

func TestPrivateKeysAreIgnoredByGitAndDocker(t *testing.T) {
	if out, err := exec.Command("git", "-C", "../..", "check-ignore", jwtKeyFile).CombinedOutput(); err != nil {
		t.Errorf("git does not ignore %s: %v %s", jwtKeyFile, err, out)
	}
	ignored, err := os.ReadFile(filepath.Join("..", "..", ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains("\n"+string(ignored), "\n/"+jwtKeyFile+"\n") {
		t.Errorf("docker does not ignore %s", jwtKeyFile)
	}
}
