package handlers

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vitrine/qlik"
)

func TestPartsOfAnAppHavePages(t *testing.T) {
	p, b := signedIn(t)
	needLibraries(t, p)
	app := firstApp(t, b, "Accounts Receivable")
	titles := map[string]bool{}
	for path, want := range map[string]map[string]string{
		"/objects/sales-by-country":            {"ui": "analytics/chart", "object-id": "sales-by-country"},
		"/objects/sales-by-country?ui=classic": {"ui": "classic/chart", "object-id": "sales-by-country"},
		"/field?name=Region%2FArea":            {"ui": "analytics/field", "field-id": "Region/Area"},
		"/selections":                          {"ui": "analytics/selections"},
		"/classic?sheet=finance-overview":      {"ui": "classic/app", "sheet-id": "finance-overview"},
		"/chart?type=linechart&dimension=Month&dimension=&measure=Sum(Sales)&measure=%3DAvg(%22x%22)": {
			"ui": "analytics/chart", "type": "linechart", "dimensions___json": `["Month"]`, "measures___json": `["=Sum(Sales)","=Avg(\"x\")"]`},
	} {
		a := b.get(t, app+path)
		d := checkPage(t, a.body)
		element := d.one(t, "[data-frame] qlik-embed")
		for name, value := range want {
			if attribute(element, name) != value {
				t.Errorf("%s: %s=%q, want %q", path, name, attribute(element, name), value)
			}
		}
		if attribute(element, "app-id") != strings.TrimPrefix(app, "/apps/") {
			t.Errorf("%s is of no app", path)
		}
		if len(d.all(t, "[data-view-toggle], #modes")) != 0 {
			t.Errorf("%s offers what only sheets have", path)
		}
		titles[textOf(d.one(t, "title"))] = true
	}
	if len(titles) != 5 { // the same object twice
		t.Errorf("titles %v do not tell the pages apart", titles)
	}
}

func TestPartsRefuseWhatTheyCannotShow(t *testing.T) {
	_, b := signedIn(t)
	app := firstApp(t, b, "Accounts Receivable")
	for _, path := range []string{
		"/field", "/field?name=%20", "/field?name=" + strings.Repeat("x", 300), "/chart", "/chart?type=hologram&dimension=a",
		"/chart?dimension=" + url.QueryEscape("a\x00b"), "/chart?dimension=" + strings.Repeat("a&dimension=", 12) + "a", "/classic?sheet=%ff",
	} {
		if a := b.get(t, app+path); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	if a := b.get(t, "/apps/nosuchapp/selections"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a part of no app: %d", a.StatusCode)
	}
}

// withAssistant answers for a tenant that has one assistant, as the demo tenant
// has none.
type withAssistant struct{}

func (withAssistant) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := http.StatusOK, ""
	switch r.URL.Path {
	case "/api/v1/assistants":
		body = `{"data":[{"id":"a1","name":"Ask about sales"}]}`
	case "/api/v1/assistants/a1":
		body = `{"id":"a1","name":"Ask about sales"}`
	case "/api/v1/assistants/other":
		status, body = http.StatusNotFound, `{"errors":[{"code":"HTTP-404","title":"Not found","status":"404"}]}`
	default:
		return http.DefaultTransport.RoundTrip(r)
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

func TestAssistants(t *testing.T) {
	p, b := signedIn(t)
	needLibraries(t, p)
	app := firstApp(t, b, "Accounts Receivable")
	says := func(path, want string) {
		t.Helper()
		a := b.get(t, path)
		if got := checkPage(t, a.body).texts(t, "h1"); a.StatusCode != http.StatusNotFound || len(got) != 1 || got[0] != want {
			t.Errorf("%s: %d %q, want %q", path, a.StatusCode, got, want)
		}
	}
	says("/assistants/a1", "This tenant has no assistant")
	if strings.Contains(b.get(t, app).body, "/assistants/") {
		t.Error("the app's page leads to an assistant that is not there")
	}

	tenant, err := qlik.New(p.tenant.URL, &http.Client{Transport: withAssistant{}})
	if err != nil {
		t.Fatal(err)
	}
	p.handlers.Qlik = tenant
	if link := checkPage(t, b.get(t, app).body).one(t, `a[href="/assistants/a1"]`); textOf(link) != "Ask about sales" {
		t.Errorf("the app's page calls it %q", textOf(link))
	}
	d := checkPage(t, b.get(t, "/assistants/a1").body)
	drawn := d.one(t, `[data-frame] qlik-embed[ui="ai/assistant"]`)
	if attribute(drawn, "assistant-id") != "a1" || attribute(drawn, "appearance") != "qlik-light" || attribute(drawn, "app-id") != "" || len(d.all(t, "[data-selections]")) != 0 {
		t.Errorf("drawn as %+v", drawn.Attr)
	}
	says("/assistants/other", "This assistant does not exist, or is not yours to talk to")
}

func TestAppPageHasCodeToCopyForEachMode(t *testing.T) {
	p, b := signedIn(t)
	app := firstApp(t, b, "Accounts Receivable")
	d := checkPage(t, b.get(t, app).body)
	codes := d.texts(t, ".snippets code")
	if len(codes) != 2*len(embedModes) {
		t.Fatalf("%d pieces of code", len(codes))
	}
	for i, mode := range embedModes {
		frame := p.URL + framePrefix + app + overview + "?embed=" + mode.Name
		if !strings.Contains(codes[2*i], `src="`+frame+`"`) {
			t.Errorf("%s: frame %s", mode.Name, codes[2*i])
		}
		if !strings.Contains(codes[2*i+1], strings.TrimPrefix(app, "/apps/")) {
			t.Errorf("%s: the code names no app: %s", mode.Name, codes[2*i+1])
		}
	}
	for _, button := range d.all(t, ".snippets [data-copy]") {
		if !strings.Contains(attribute(button, "data-copy"), "\n") {
			t.Errorf("the button copies %q", attribute(button, "data-copy"))
		}
	}
	other := checkPage(t, b.get(t, app+"?sheet=nosuchsheet").body)
	if got := other.texts(t, ".snippets code"); got[0] != codes[0] {
		t.Errorf("for an unknown sheet: %s", got[0])
	}
}

// Names and IDs come from the tenant and from addresses: in code to copy they
// must stay text, for whoever pastes it.
func TestSnippetsEscapeWhatTheyHold(t *testing.T) {
	h := &Handlers{Deps: Deps{PublicURL: "https://portal.example.com", TenantURL: "https://acme.example.com", WebIntegrationID: `w"</script>`}}
	const bad = `x"></iframe></script><script>alert(1)</script>`
	for _, mode := range embedModes {
		for _, code := range []string{h.frameSnippet(bad, bad, bad, mode.Name), h.ownSnippet(bad, bad, bad, mode.Name)} {
			if strings.Contains(code, "<script>alert") || strings.Contains(code, `"w"<`) {
				t.Errorf("%s: %s", mode.Name, code)
			}
		}
	}
	if code := h.frameSnippet("a", "s", `"Q1" & <b>`, "nebula"); !strings.Contains(code, html.EscapeString(`"Q1" & <b>`)) {
		t.Errorf("the title is lost: %s", code)
	}
}
