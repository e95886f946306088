package e2e

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// binary is the built program, made once for all tests here.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "vitrine-e2e-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "vitrine")
	if out, err := exec.Command("go", "build", "-o", binary, "vitrine/cmd/vitrine").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s\n", err, out)
		os.Exit(1)
	}
	status := m.Run()
	stopBrowsers()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// chromium is a browser for many tests. Each test gets a profile of its own
// inside it, which costs nothing; a browser costs a second.
type chromium struct {
	preferences string // of its users, as Chromium writes them down
	once        sync.Once
	ctx         context.Context
	stop        func()
	err         error
}

// Third-party cookies decide what the tenant's own pages can do inside of ours.
// Recent browsers send none unless somebody allows them; both are said here, so
// that it does not depend on the version.
var (
	strict  = &chromium{preferences: `{"profile":{"cookie_controls_mode":1,"block_third_party_cookies":true}}`}
	lenient = &chromium{preferences: `{"profile":{"cookie_controls_mode":0,"block_third_party_cookies":false}}`}
	// permitting belongs to somebody who let the portal use its cookies on the
	// pages of one other site: a window to ask in is what these browsers lack.
	permitting = &chromium{preferences: `{"profile":{"cookie_controls_mode":1,"block_third_party_cookies":true,"content_settings":{"exceptions":{
		"storage_access":{"https://[*.]portal.test,https://[*.]intranet.test":{"setting":1,"last_modified":"13400000000000000"}}}}}}`}
)

func stopBrowsers() {
	for _, c := range []*chromium{strict, lenient, permitting} {
		if c.stop != nil {
			c.stop()
		}
	}
}

// context returns the context of the running browser, or skips the test when
// no browser is installed.
func (c *chromium) context(t *testing.T) context.Context {
	t.Helper()
	program := findBrowser()
	if program == "" {
		const reason = "no Chromium found (chromium, chromium-browser or google-chrome in PATH)"
		if os.Getenv("CI") == "true" {
			t.Fatal(reason)
		}
		t.Skip(reason)
	}
	c.once.Do(func() { c.err = c.start(program) })
	if c.err != nil {
		t.Fatalf("start %s: %v", program, c.err)
	}
	return c.ctx
}

func (c *chromium) start(program string) error {
	dir, err := os.MkdirTemp("", "vitrine-e2e-chromium-")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "Default"), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "Default", "Preferences"), []byte(c.preferences), 0o600); err != nil {
		return err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900), chromedp.UserDataDir(dir),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		// Sites of our own, with the certificate that httptest brings.
		chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1"), chromedp.Flag("ignore-certificate-errors-spki-list", testKey()))
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	c.ctx, c.stop = ctx, func() { stop(); stopAllocator(); _ = os.RemoveAll(dir) }
	return chromedp.Do(ctx)
}

// testTLS is what httptest's servers speak.
var testTLS = sync.OnceValue(func() *tls.Config {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return server.TLS
})

// testKey names the key of that, as Chromium wants it.
func testKey() string {
	certificate, err := x509.ParseCertificate(testTLS().Certificates[0].Certificate[0])
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(certificate.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func findBrowser() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if program, err := exec.LookPath(name); err == nil {
			return program
		}
	}
	return ""
}
