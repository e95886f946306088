package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const (
	testTime = 4 * time.Minute  // for a whole test
	patience = 20 * time.Second // for one condition, on a busy machine
)

// profile is a browser without history: its tabs share cookies and storage.
type profile struct {
	t   *testing.T
	ctx context.Context
	id  cdp.BrowserContextID
}

// tab is one tab, with all that goes through it.
type tab struct {
	t   *testing.T
	ctx context.Context
	*traffic
}

func newProfile(t *testing.T) *profile {
	t.Helper()
	return strict.newProfile(t)
}

func (c *chromium) newProfile(t *testing.T) *profile {
	t.Helper()
	parent, cancel := context.WithTimeout(c.context(t), testTime)
	t.Cleanup(cancel)
	ctx, closeProfile := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(closeProfile)
	must(t, chromedp.Do(ctx))
	return &profile{t: t, ctx: ctx, id: chromedp.FromContext(ctx).BrowserContextID}
}

// firstProfile is the one that a browser begins with, and the only one that has
// all of its preferences: for one test alone.
func (c *chromium) firstProfile(t *testing.T) *profile {
	t.Helper()
	ctx, cancel := context.WithTimeout(c.context(t), testTime)
	t.Cleanup(cancel)
	return &profile{t: t, ctx: ctx, id: chromedp.FromContext(ctx).BrowserContextID}
}

// in is the same profile for a test inside of the one that opened it.
func (p *profile) in(t *testing.T) *profile { return &profile{t: t, ctx: p.ctx, id: p.id} }

// newTab opens a tab of 1280 by 900 pixels.
func (p *profile) newTab() *tab {
	p.t.Helper()
	ctx, closeTab := chromedp.NewContext(p.ctx, chromedp.WithExistingBrowserContext(p.id))
	p.t.Cleanup(closeTab)
	must(p.t, chromedp.Do(ctx))
	b := &tab{t: p.t, ctx: ctx, traffic: record(ctx, p.t)}
	p.t.Cleanup(b.explain)
	b.size(1280, 900)
	return b
}

// in is the same tab for a test inside of the one that opened it.
func (b *tab) in(t *testing.T) *tab { return &tab{t: t, ctx: b.ctx, traffic: b.traffic} }

// explain leaves a picture of a tab whose test failed.
func (b *tab) explain() {
	if !b.t.Failed() {
		return
	}
	dir := screenshotFolder()
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "vitrine-e2e-failures")
	}
	file := b.picture(dir, "failed-"+string(chromedp.FromContext(b.ctx).Target.TargetID)[:6])
	var where, words string
	b.read(`location.href`, &where)
	b.read(`document.body.innerText.slice(0, 600)`, &words)
	b.t.Logf("the tab was at %s, see %s; it said:\n%s", where, file, words)
	b.look(func() { b.t.Logf("complaints: %q\nfailures: %q", b.complains, b.failures) })
}

func (b *tab) profileID() cdp.BrowserContextID { return chromedp.FromContext(b.ctx).BrowserContextID }

func screenshotFolder() string { return os.Getenv("E2E_SCREENSHOTS") }

// screenshot keeps a picture when somebody asked for pictures.
func (b *tab) screenshot(name string) {
	if dir := screenshotFolder(); dir != "" {
		b.settle()
		b.picture(dir, name)
	}
}

// settle waits until charts have drawn what they are about to draw.
func (b *tab) settle() {
	var before, now string
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); time.Sleep(150 * time.Millisecond) {
		_ = b.try(`$all("canvas").map((c) => c.width && c.toDataURL()).join()`, &now) // a page that is being left has none
		if now == before {
			return
		}
		before = now
	}
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9-]+`)

func (b *tab) picture(dir, name string) string {
	file := filepath.Join(dir, notInNames.ReplaceAllString(b.t.Name()+"-"+name, "-")+".png")
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(file, png, 0o644)
	}
	if err != nil {
		return "no picture: " + err.Error()
	}
	return file
}

// open goes to an address and waits until it is loaded.
func (b *tab) open(address string) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, page.Navigate, page.NavigateParams{URL: address}); err != nil {
		b.t.Fatalf("open %s: %v", address, err)
	}
	b.until("the page at "+address+" to load", `document.readyState === "complete" && location.href !== "about:blank"`)
}

// deep looks inside shadow trees, where Qlik's libraries draw.
const deep = `const $all = (selector, root = document) => [...root.querySelectorAll("*")].flatMap((e) =>
	[...(e.matches(selector) ? [e] : []), ...(e.shadowRoot ? $all(selector, e.shadowRoot) : [])]);
const $ = (selector) => $all(selector)[0];
`

// read evaluates an expression, awaiting it if it is a promise.
func (b *tab) read(expression string, into any) {
	b.t.Helper()
	if err := b.try(expression, into); err != nil {
		b.t.Fatalf("evaluate %.80s: %v", expression, err)
	}
}

func (b *tab) try(expression string, into any) error {
	body := fmt.Sprintf(`(async () => { %s return JSON.stringify((await (%s)) ?? null); })()`, deep, expression)
	answer, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](body, chromedp.EvalAwaitPromise))
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(answer), into)
}

// until waits for an expression to become true. Faults on the way are what one
// gets for asking a page that is just being left.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	var last error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		var ok bool
		if last = b.try("!!("+expression+")", &ok); last == nil && ok {
			return
		}
		if b.ctx.Err() != nil {
			break
		}
	}
	b.t.Fatalf("waited in vain for %s (%v)", what, last)
}

// untilSaid waits for words that a person can see.
func (b *tab) untilSaid(words string) {
	b.t.Helper()
	b.until(fmt.Sprintf("the words %q", words), fmt.Sprintf(`document.body.innerText.includes(%q)`, words))
}

func (b *tab) at() (address string) {
	b.t.Helper()
	b.read("location.href", &address)
	return address
}

// rect is where an element is in the window.
type rect struct{ X, Y, Width, Height float64 }

// rectOf waits until the element that the expression names is there and at rest.
func (b *tab) rectOf(element string) (r rect) {
	b.t.Helper()
	var before rect
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(40 * time.Millisecond) {
		// Chromium drops clicks on a page that it has not painted yet.
		err := b.try(fmt.Sprintf(`(async () => {
			const e = %s;
			e.scrollIntoView({block: "nearest"});
			await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
			return document.readyState === "complete" && performance.getEntriesByType("paint").length > 0 && e.getBoundingClientRect();
		})()`, element), &r)
		if err == nil && r.Width > 0 && r == before {
			return r
		}
		before = r
	}
	b.t.Fatalf("no element to see: %s", element)
	return r
}

// click presses the mouse in the middle of an element, once nothing lies over
// it: the page before, which still fades out, would swallow the click, and the
// inside of a menu that is closed has its place, too.
func (b *tab) click(element string) {
	b.t.Helper()
	r := b.rectOf(element)
	x, y := r.X+r.Width/2, r.Y+r.Height/2
	b.until("the way to be clear to "+element, fmt.Sprintf(`(() => {
		const e = %s;
		return e.contains(e.getRootNode().elementFromPoint(%f, %f));
	})()`, element, x, y))
	b.clickAt(x, y)
}

func (b *tab) clickAt(x, y float64) {
	b.t.Helper()
	must(b.t, chromedp.Do(b.ctx, chromedp.MouseClickXY(x, y)))
}

// press types one key.
func (b *tab) press(key string) {
	b.t.Helper()
	must(b.t, chromedp.Do(b.ctx, chromedp.KeyEvent(key)))
}

func (b *tab) size(width, height int64) {
	b.t.Helper()
	must(b.t, call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1}))
}

// scheme is light or dark, as the operating system would say.
func (b *tab) scheme(name string) {
	b.t.Helper()
	must(b.t, call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	}))
}

// call is chromedp.Call for commands whose answer nobody needs.
func call[P, R any](ctx context.Context, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func byText(selector, text string) string {
	return fmt.Sprintf(`$all(%q).find((e) => e.textContent.trim().includes(%q))`, selector, strings.TrimSpace(text))
}
