package e2e

import (
	"context"
	"fmt"
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
	stopBrowser()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// chromium is the one browser of all tests. Each test gets a profile of its own
// inside it, which costs nothing; a browser costs a second.
var chromium struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func stopBrowser() {
	if chromium.stop != nil {
		chromium.stop()
	}
}

// browser returns the context of the running browser, or skips the test when
// no browser is installed.
func browser(t *testing.T) context.Context {
	t.Helper()
	program := findBrowser()
	if program == "" {
		const reason = "no Chromium found (chromium, chromium-browser or google-chrome in PATH)"
		if os.Getenv("CI") == "true" {
			t.Fatal(reason)
		}
		t.Skip(reason)
	}
	chromium.once.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
		allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, stop := chromedp.NewContext(allocator)
		chromium.ctx, chromium.stop = ctx, func() { stop(); stopAllocator() }
		chromium.err = chromedp.Do(ctx)
	})
	if chromium.err != nil {
		t.Fatalf("start %s: %v", program, chromium.err)
	}
	return chromium.ctx
}

func findBrowser() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if program, err := exec.LookPath(name); err == nil {
			return program
		}
	}
	return ""
}
