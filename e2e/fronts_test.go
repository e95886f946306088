package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"vitrine/store/storetest"
)

// upgradesBehindAFront is how many WebSockets are opened one after another:
// more than a front keeps connections.
const upgradesBehindAFront = 50

// nginxConfig keeps connections to the portal, as the portal's page on fronts
// has it. Arguments: the folder, the address to serve, that of the portal.
const nginxConfig = `
daemon off;
master_process off;
pid %[1]s/pid;
events { worker_connections 512; }
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	map $http_upgrade $connection_upgrade {
		default upgrade;
		''      '';
	}
	upstream portal {
		server %[3]s;
		keepalive 4;
	}
	server {
		listen %[2]s;
		client_max_body_size 0;
		location / {
			proxy_pass http://portal;
			proxy_http_version 1.1;
			proxy_set_header Host $http_host;
			proxy_set_header Upgrade $http_upgrade;
			proxy_set_header Connection $connection_upgrade;
			proxy_read_timeout 1h;
		}
	}
}
`

// haproxyConfig serves https and HTTP/2, WebSockets by HTTP/2 too (RFC 8441),
// and lets all clients share the connections to the portal.
const haproxyConfig = `
global
	maxconn 500
defaults
	mode http
	option http-no-delay
	timeout connect 5s
	timeout client 1h
	timeout server 1h
	timeout tunnel 1h
frontend browsers
	bind %[2]s ssl crt %[1]s/portal.pem alpn h2,http/1.1
	default_backend portal
backend portal
	http-reuse always
	server portal %[3]s
`

func TestBehindNginxThatKeepsConnections(t *testing.T) {
	s := startBehind(t, "http://localhost", "nginx", nginxConfig, func(config string) []string {
		return []string{"-e", "stderr", "-p", filepath.Dir(config), "-c", config}
	})
	testFront(t, s)
}

func TestBehindHAProxyWithHTTP2(t *testing.T) {
	s := startBehind(t, "https://portal.test", "haproxy", haproxyConfig, func(config string) []string { return []string{"-f", config} })
	b := testFront(t, s)
	var protocol string
	b.read(`performance.getEntriesByType("navigation")[0].nextHopProtocol`, &protocol)
	if protocol != "h2" {
		t.Errorf("the browser was answered by %s, want h2", protocol)
	}
}

// startBehind is a site behind a real front.
func startBehind(t *testing.T, name, program, config string, args func(config string) []string) *site {
	t.Helper()
	path := findFront(t, program)
	addr := "127.0.0.1:" + storetest.FreePort(t)
	_, port, _ := net.SplitHostPort(addr)
	s := startProcesses(t, name+":"+port, nil, trusting)
	dir := t.TempDir()
	writePair(t, filepath.Join(dir, "portal.pem"))
	file := filepath.Join(dir, program+".conf")
	must(t, os.WriteFile(file, fmt.Appendf(nil, config, dir, addr, s.processes[0].url.Host), 0o600))
	output := &lockedBuffer{}
	cmd := exec.Command(path, args(file)...)
	cmd.Stdout, cmd.Stderr = output, output
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", program, output)
		}
	})
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not serve:\n%s", program, output)
		}
	}
}

// findFront skips the test where the program is not installed. Debian keeps
// such programs out of the PATH of users.
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

// writePair writes the certificate of the test's servers and its key.
func writePair(t *testing.T, file string) {
	t.Helper()
	pair := testTLS().Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	must(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	must(t, os.WriteFile(file, text, 0o600))
}

// testFront opens WebSockets on connections that the front has kept, and draws a
// sheet in a browser behind it.
func testFront(t *testing.T, s *site) *tab {
	t.Helper()
	b := s.visitorOf(t, strict, s.tenantItself.Viewer()).newTab()
	client, header := s.direct(), http.Header{"Cookie": {b.cookieHeader()}, "Origin": {s.url}}
	passed := 0
	for range upgradesBehindAFront {
		for _, path := range []string{"/healthz", "/qlik/api/v1/users/me", "/qlik/api/v1/items"} {
			askThrough(t, client, s.url+path, header)
		}
		askThrough(t, client, s.url+"/qlik/api/v1/items", nil) // 401
		if err := s.openThrough(t, client, header); err != nil {
			t.Log(err)
			continue
		}
		passed++
	}
	if passed != upgradesBehindAFront {
		t.Errorf("%d of %d upgrades passed", passed, upgradesBehindAFront)
	}
	b.open(s.url + "/apps/" + s.appID + "/sheets/sales-overview")
	b.untilDrawn()
	b.screenshot("drawn")
	return b
}

// direct is a client that reaches the site by its name.
func (s *site) direct() *http.Client {
	dialer := &net.Dialer{Timeout: patience}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 8}
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		_, port, _ := net.SplitHostPort(addr)
		return dialer.DialContext(ctx, network, "127.0.0.1:"+port)
	}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

func askThrough(t *testing.T, client *http.Client, address string, header http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	must(t, err)
	for name, values := range header {
		r.Header[name] = values
	}
	resp, err := client.Do(r)
	must(t, err)
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	must(t, err)
	want := http.StatusOK
	if header == nil {
		want = http.StatusUnauthorized
	}
	if resp.StatusCode != want {
		t.Errorf("%s: %s, want %d", address, resp.Status, want)
	}
}

// openThrough opens an app and asks its engine for its version.
func (s *site) openThrough(t *testing.T, client *http.Client, header http.Header) error {
	t.Helper()
	conn, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+"/qlik/app/"+s.appID,
		&websocket.DialOptions{HTTPClient: client, HTTPHeader: header})
	if err != nil {
		if resp != nil {
			body, _ := io.ReadAll(resp.Body)
			return fmt.Errorf("%s: %s", resp.Status, body)
		}
		return err
	}
	defer conn.CloseNow()
	conn.SetReadLimit(-1)
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"jsonrpc":"2.0","id":1,"handle":-1,"method":"EngineVersion","params":{}}`)); err != nil {
		return err
	}
	for {
		_, message, err := conn.Read(t.Context())
		if err != nil {
			return err
		}
		if strings.Contains(string(message), `"id":1`) {
			return nil
		}
	}
}
