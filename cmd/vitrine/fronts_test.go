package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// pageOnFronts returns the configuration that docs/fronts.md has for a front.
func pageOnFronts(t *testing.T, front string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/fronts.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```" + front + "\n(.*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatalf("docs/fronts.md has no configuration of %s", front)
	}
	return string(block[1])
}

// The page's configurations must work as they stand, but for the addresses.
func TestFrontsOfThePageWork(t *testing.T) {
	certificate, key := certificatePair(t)
	for front, tt := range map[string]struct {
		around string // what the page leaves out
		args   func(file string) []string
	}{
		"nginx": {
			around: "daemon off; master_process off; pid %[1]s/pid; events {}\nhttp { access_log off; client_body_temp_path %[1]s/body;\n" +
				"proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;\n%[2]s\n}\n",
			args: func(file string) []string { return []string{"-e", "stderr", "-p", filepath.Dir(file), "-c", file} },
		},
		"haproxy": {around: "# %[1]s\n%[2]s", args: func(file string) []string { return []string{"-f", file} }},
	} {
		t.Run(front, func(t *testing.T) {
			program := findFront(t, front)
			dir, public, portal := t.TempDir(), freeAddr(t), freeAddr(t)
			must(t, os.WriteFile(filepath.Join(dir, "portal.pem"), append(certificate, key...), 0o600))
			must(t, os.WriteFile(filepath.Join(dir, "portal.key"), key, 0o600))
			config := strings.NewReplacer("127.0.0.1:8080", portal, "listen 443", "listen "+public, "bind :443", "bind "+public,
				"/etc/"+front+"/", dir+"/").Replace(pageOnFronts(t, front))
			file := filepath.Join(dir, "front.conf")
			must(t, os.WriteFile(file, fmt.Appendf(nil, tt.around, dir, config), 0o600))

			c := start(t, nil, "LISTEN_ADDR="+portal, "PUBLIC_URL=https://"+public, "DEMO_ADDR="+freeAddr(t))
			c.waitReady(t, "http://"+portal)
			startFront(t, program, tt.args(file)...)
			checkFront(t, "https://"+public)
		})
	}
}

func checkFront(t *testing.T, base string) {
	t.Helper()
	client := &http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	ask := func(method, path string, body io.Reader) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, base+path, body)
		must(t, err)
		r.Header.Set("Origin", base)
		resp, err := client.Do(r)
		if err != nil {
			return 0, err.Error()
		}
		defer resp.Body.Close()
		content, _ := io.ReadAll(resp.Body)
		if resp.ProtoMajor != 2 {
			t.Errorf("%s: %s, want HTTP/2", path, resp.Proto)
		}
		return resp.StatusCode, string(content)
	}
	var status int
	var body string
	for deadline := time.Now().Add(10 * time.Second); status != http.StatusOK && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		status, body = ask(http.MethodGet, "/healthz", nil)
	}
	if status != http.StatusOK {
		t.Fatalf("/healthz: %d %s", status, body)
	}
	if status, _ := ask(http.MethodGet, "/metrics", nil); status != http.StatusNotFound {
		t.Errorf("/metrics: %d, want 404", status)
	}
	if status, _ := ask(http.MethodGet, "/apps/a/sheets/s?select=Field,"+strings.Repeat("x", 12<<10), nil); status != http.StatusFound {
		t.Errorf("a long link: %d, want 302 to the sign-in", status)
	}
	// The portal refuses this one, not the front: nobody is signed in.
	if status, body := ask(http.MethodPost, "/qlik/api/v1/data-files", bytes.NewReader(make([]byte, 3<<20))); status != http.StatusUnauthorized || !strings.Contains(body, "traceId") {
		t.Errorf("an upload of 3 MB: %d %.200s", status, body)
	}
}

// startFront runs a front until the test ends.
func startFront(t *testing.T, program string, args ...string) {
	t.Helper()
	var output bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &output, &output
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s:\n%s", program, output.String())
		}
	})
}

// findFront skips the test where the program is not installed.
func findFront(t *testing.T, program string) string {
	t.Helper()
	for _, name := range []string{program, "/usr/sbin/" + program} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed, and CI=true does not skip", program)
	}
	t.Skipf("%s is not installed", program)
	return ""
}

// certificatePair returns the certificate of test servers and its key, in PEM form.
func certificatePair(t *testing.T) (certificate, key []byte) {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	pair := server.TLS.Certificates[0]
	raw, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A tenant behind a private certificate authority is trusted by SSL_CERT_FILE.
func TestPrivateAuthorityIsTrusted(t *testing.T) {
	tenant := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(tenant.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tenant.Certificate().Raw}), 0o600))
	_, port, err := net.SplitHostPort(tenant.Listener.Addr().String())
	must(t, err)
	addr := freeAddr(t)
	c := start(t, nil, "QLIK_TENANT_URL=https://127.0.0.1:"+port, "QLIK_CLIENT_ID=client", "QLIK_CLIENT_SECRET=s", "SESSION_KEYS="+testKeys,
		"PUBLIC_URL=http://"+addr, "LISTEN_ADDR="+addr, "SSL_CERT_FILE="+file)
	c.waitReady(t, "http://"+addr)
}
