package bench

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
	"vitrine/store/storetest"
)

// clockTicks is USER_HZ, the unit of CPU time in /proc, which Linux fixes at
// 100 for user space.
const clockTicks = 100

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "vitrine-bench")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "vitrine")
	if out, err := exec.Command("go", "build", "-o", binary, "vitrine/cmd/vitrine").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s\n", out)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// portal is the built program before a demo tenant in this process, with a
// Redis of its own.
type portal struct {
	*exec.Cmd
	url     string
	tenant  *demotest.Server
	redis   *storetest.RedisServer
	started time.Duration
}

func freeAddr(b *testing.B) string {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func startPortal(b *testing.B, settings func(*demo.Settings), env ...string) *portal {
	b.Helper()
	addr := freeAddr(b)
	p := &portal{url: "http://" + addr, redis: storetest.Redis(b)}
	p.tenant = demotest.New(b, func(o *demo.Options) {
		o.RedirectURIs = []string{p.url + "/login/callback"}
		o.Settings.Tier1PerMinute, o.Settings.Tier2PerMinute = -1, -1
		if settings != nil {
			settings(&o.Settings)
		}
	})
	p.Cmd = exec.Command(binary)
	p.Env = append([]string{
		"QLIK_TENANT_URL=" + p.tenant.URL, "QLIK_CLIENT_ID=" + p.tenant.ClientID, "QLIK_CLIENT_SECRET=" + p.tenant.ClientSecret,
		"PUBLIC_URL=" + p.url, "LISTEN_ADDR=" + addr, "REDIS_URL=" + p.redis.URL, "DATABASE_URL=sqlite::memory:", "LOG_LEVEL=warn",
		"SESSION_KEYS=" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32)),
	}, env...)
	var output bytes.Buffer
	p.Stdout, p.Stderr = &output, &output
	begin := time.Now()
	if err := p.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = p.Process.Kill(); _ = p.Wait() })
	for {
		if resp, err := http.Get(p.url + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				break
			}
		}
		if p.started = time.Since(begin); p.started > 10*time.Second {
			b.Fatalf("not ready after %v:\n%s", p.started, output.String())
		}
		time.Sleep(2 * time.Millisecond)
	}
	p.started = time.Since(begin)
	return p
}

// cpu returns the CPU time the portal's process has used, user and system.
func (p *portal) cpu(b *testing.B) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Process.Pid))
	if err != nil {
		b.Skipf("no /proc on this system: %v", err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / clockTicks
}

func newClient(b *testing.B) *http.Client {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// get reads a whole answer and returns its size on the wire.
func get(b *testing.B, c *http.Client, address, encoding string) (resp *http.Response, size int) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", encoding)
	resp, err = c.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, len(body)
}

// signIn goes the whole way: /login, the tenant, and the callback. at is the
// tenant's browser, which has signed in before, so that the tenant only
// redirects.
func (p *portal) signIn(b *testing.B, c *http.Client, at *demotest.Browser) {
	b.Helper()
	start, _ := get(b, c, p.url+"/login", "identity")
	back := at.Authorize(b, start.Header.Get("Location"), p.tenant.Viewer())
	end, _ := get(b, c, back, "identity")
	if end.StatusCode != http.StatusSeeOther {
		b.Fatalf("callback: %d", end.StatusCode)
	}
}

// commands returns how many commands Redis has processed.
func (p *portal) commands(b *testing.B) int {
	b.Helper()
	conn, err := net.Dial("tcp", p.redis.Addr)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "INFO stats\r\nQUIT\r\n")
	info, _ := io.ReadAll(conn)
	_, rest, _ := strings.Cut(string(info), "total_commands_processed:")
	count, _, _ := strings.Cut(rest, "\r\n")
	n, err := strconv.Atoi(count)
	if err != nil {
		b.Fatalf("INFO said %q", info)
	}
	return n
}

func mustParse(b *testing.B, address string) *url.URL {
	b.Helper()
	u, err := url.Parse(address)
	if err != nil {
		b.Fatal(err)
	}
	return u
}
