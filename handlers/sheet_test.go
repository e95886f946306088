package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"vitrine/demo"
	"vitrine/static"
	"vitrine/store"
)

func TestCataloguePagesWithoutScripts(t *testing.T) {
	_, b := signedIn(t)
	seen := map[string]int{}
	path, pages := "/apps?sort=updated", 0
	for path != "" && pages < 5 {
		d := checkPage(t, b.get(t, path).body)
		for _, link := range d.all(t, "a.card-link") {
			seen[attribute(link, "href")]++
		}
		path = ""
		for _, next := range d.all(t, `a[rel="next"]`) {
			path = attribute(next, "href")
			if u, _ := url.Parse(path); u.Query().Get("sort") != "updated" {
				t.Errorf("the next page %q forgets the order", path)
			}
		}
		pages++
	}
	if pages < 1 || len(seen) < 40 {
		t.Errorf("%d apps on %d pages", len(seen), pages)
	}
	for href, times := range seen {
		if times > 1 {
			t.Errorf("%s is shown %d times", href, times)
		}
	}
}

func TestCatalogueKeepsToWhatIsAsked(t *testing.T) {
	_, b := signedIn(t)
	d := parsePage(t, b.get(t, "/apps?q=cost").body)
	for _, name := range d.texts(t, ".card h3") {
		if !strings.Contains(strings.ToLower(name), "cost") {
			t.Errorf("%q was not asked for", name)
		}
	}
	if got := attribute(d.one(t, `input[name="q"][type="search"]`), "value"); got != "cost" {
		t.Errorf("the search field holds %q", got)
	}
	if a := b.get(t, "/?q=cost"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/apps?q=cost" {
		t.Errorf("home with a search: %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	d = parsePage(t, b.get(t, "/apps?q=nosuchname").body)
	if text := textOf(d.one(t, ".empty:not([hidden])")); !strings.Contains(text, "Nothing matches") {
		t.Errorf("nothing found says %q", text)
	}
}

func TestAppShowsItsSheetsInOrder(t *testing.T) {
	p, b := signedIn(t)
	app := firstApp(t, b, "Accounts Receivable")
	d := checkPage(t, b.get(t, app).body)
	titles := d.texts(t, ".card h3")
	if len(titles) < 3 || titles[0] != "Profit at a glance" {
		t.Errorf("sheets %q", titles)
	}
	if len(d.all(t, ".card svg.miniature rect.cell")) == 0 {
		t.Error("no sheet is drawn")
	}
	d.one(t, `button[data-copy="`+p.URL+app+`"]`)
	p.tenant.Inject(demo.Fault{Path: "/app/", Kind: demo.FaultStatus, Status: http.StatusServiceUnavailable})
	a := b.get(t, app)
	if a.StatusCode != http.StatusOK || !strings.Contains(a.body, "sheets cannot be listed") {
		t.Errorf("without the engine: %d", a.StatusCode)
	}
}

func TestSheetIsEmbeddedThroughTheRelay(t *testing.T) {
	p, b := signedIn(t)
	path := firstApp(t, b, "Accounts Receivable") + "/sheets/finance-overview"
	a := b.get(t, path)
	d := checkPage(t, a.body)
	if !strings.Contains(a.Header.Get("Content-Security-Policy"), p.tenant.URL) {
		t.Error("the policy stops the tenant's runtime")
	}
	if got := attribute(d.one(t, `.switch`), "popovertarget"); got != "sheets" {
		t.Errorf("the title does not open the list of sheets: %q", got)
	}
	if got := d.texts(t, `#sheets a[aria-current="page"]`); len(got) != 1 || got[0] != "Profit at a glance" {
		t.Errorf("current sheet %q", got)
	}
	d.one(t, `a[href="`+path+`?view=table"][data-view-toggle]`)
	files, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	if !files.Has(embedModes[0].Library) {
		if !strings.Contains(textOf(d.one(t, "main")), "make assets") {
			t.Error("the page does not say which command brings the library")
		}
		return
	}
	sheet := d.one(t, `qlik-embed[ui="analytics/sheet"]`)
	if attribute(sheet, "sheet-id") != "finance-overview" || !strings.HasPrefix(path, "/apps/"+attribute(sheet, "app-id")) {
		t.Errorf("embedded %v", sheet.Attr)
	}
	script := d.one(t, "script[data-host]")
	if attribute(script, "data-host") != p.URL+"/qlik" || attribute(script, "data-auth-type") != "none" ||
		attribute(script, "data-embed-runtime-url") != p.tenant.URL {
		t.Errorf("library configured with %v", script.Attr)
	}
	if !strings.Contains(a.body, "/login?return_to="+url.QueryEscape(path)) {
		t.Error("an ended session has no way back to this sheet")
	}
}

func TestSheetWithoutTheEnginesListIsShown(t *testing.T) {
	p, b := signedIn(t)
	path := firstApp(t, b, "Accounts Receivable") + "/sheets/finance-overview"
	p.tenant.Inject(demo.Fault{Path: "/app/", Kind: demo.FaultStatus, Status: http.StatusServiceUnavailable})
	a := b.get(t, path)
	checkPage(t, a.body)
	if a.StatusCode != http.StatusOK {
		t.Errorf("status %d, want the page all the same", a.StatusCode)
	}
	a = b.get(t, path+"?view=table")
	d := checkPage(t, a.body)
	if a.StatusCode != http.StatusOK || !strings.Contains(textOf(d.one(t, ".notice")), "cannot be read right now") {
		t.Errorf("table view: %d", a.StatusCode)
	}
}

func TestTableViewHasTheNumbers(t *testing.T) {
	_, b := signedIn(t)
	path := firstApp(t, b, "Accounts Receivable") + "/sheets/finance-overview?view=table"
	a := b.get(t, path)
	d := checkPage(t, a.body)
	if figures := d.texts(t, ".figures dd"); len(figures) != 4 || !strings.Contains(figures[0], "M") {
		t.Errorf("figures %q", figures)
	}
	if rows := d.all(t, "table tbody tr"); len(rows) < 10 {
		t.Errorf("%d rows", len(rows))
	}
	if len(d.all(t, "table th[scope=col]")) == 0 || len(d.all(t, "table th[scope=row]")) == 0 {
		t.Error("tables without heads")
	}
	if strings.Contains(a.Header.Get("Content-Security-Policy"), "'unsafe-inline'") {
		t.Error("a page without Qlik's charts has the wide policy")
	}
}

func TestMissingPictureIsAPictureOfNothing(t *testing.T) {
	p, b := signedIn(t)
	d := parsePage(t, b.get(t, "/").body)
	var kinds = map[string]int{}
	for _, img := range d.all(t, ".card img") {
		a := b.get(t, attribute(img, "src"))
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", attribute(img, "src"), a.StatusCode)
		}
		kinds[a.Header.Get("Content-Type")]++
	}
	if kinds["image/png"] == 0 || kinds["image/svg+xml"] == 0 {
		t.Errorf("pictures %v, want some of the tenant and some of nothing", kinds)
	}
	src := attribute(d.all(t, ".card img")[0], "src")
	p.tenant.Inject(demo.Fault{Path: "/api/v1/apps", Kind: demo.FaultHTML})
	if a := b.get(t, src); a.Header.Get("Content-Type") != "image/svg+xml" || strings.Contains(a.body, "<html") {
		t.Errorf("a page came as a picture: %s", a.body)
	}
}

func TestMostRecentLeavesOutThePassedThrough(t *testing.T) {
	opened := func(app, sheet string) store.Recent {
		return store.Recent{Opened: store.Opened{AppID: app, SheetID: sheet}}
	}
	got := mostRecent([]store.Recent{opened("a", "1"), opened("b", ""), opened("a", ""), opened("a", "2"), opened("c", "1")}, 3)
	want := []string{"a1", "b", "a2"}
	var ids []string
	for _, r := range got {
		ids = append(ids, r.AppID+r.SheetID)
	}
	if !slices.Equal(ids, want) {
		t.Errorf("%q, want %q", ids, want)
	}
}

func TestHomeIsLight(t *testing.T) {
	_, b := signedIn(t)
	total := 0
	page := b.get(t, "/", "Accept-Encoding", "gzip")
	total += len(page.body)
	plain := parsePage(t, b.get(t, "/").body)
	for _, n := range plain.all(t, `link[rel="stylesheet"], link[rel="icon"], script[src]`) {
		address := attribute(n, "href") + attribute(n, "src")
		total += len(b.get(t, address, "Accept-Encoding", "gzip").body)
	}
	if page.Header.Get("Content-Encoding") != "gzip" || total > 60<<10 {
		t.Errorf("home weighs %d bytes, want at most %d", total, 60<<10)
	}
}
