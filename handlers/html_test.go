package handlers

import (
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// document is a page that can be asked by CSS selectors.
type document struct {
	*html.Node
}

func parsePage(t testing.TB, page string) document {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return document{root}
}

// all returns the elements a selector finds.
func (d document) all(t testing.TB, selector string) []*html.Node {
	t.Helper()
	s, err := cascadia.ParseGroup(selector)
	if err != nil {
		t.Fatalf("selector %q: %v", selector, err)
	}
	return cascadia.QueryAll(d.Node, s)
}

// one returns the single element of a selector.
func (d document) one(t testing.TB, selector string) *html.Node {
	t.Helper()
	found := d.all(t, selector)
	if len(found) != 1 {
		t.Fatalf("%s: %d elements, want 1", selector, len(found))
	}
	return found[0]
}

// texts returns what the elements of a selector say.
func (d document) texts(t testing.TB, selector string) []string {
	t.Helper()
	var all []string
	for _, n := range d.all(t, selector) {
		all = append(all, textOf(n))
	}
	return all
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// checkPage looks for what every page must have, signed in or not.
func checkPage(t *testing.T, page string) document {
	t.Helper()
	d := parsePage(t, page)
	if lang := attribute(d.one(t, "html"), "lang"); lang != "en" {
		t.Errorf("lang %q", lang)
	}
	if title := textOf(d.one(t, "title")); title == "" || strings.Contains(title, "⟦") {
		t.Errorf("title %q", title)
	}
	if missing := strings.Contains(page, "⟦"); missing {
		t.Errorf("a text is missing from the catalogue: %s", page[strings.Index(page, "⟦"):][:60])
	}
	d.one(t, "main#main")
	d.one(t, `a.skip[href="#main"]`)
	d.checkHeadings(t)
	d.checkNames(t)
	d.checkPolicy(t)
	d.checkIDs(t)
	return d
}

// checkHeadings wants one h1 and no level left out.
func (d document) checkHeadings(t *testing.T) {
	t.Helper()
	last := 0
	for _, h := range d.all(t, "h1, h2, h3, h4, h5, h6") {
		if insideTemplate(h) {
			continue
		}
		level := int(h.Data[1] - '0')
		if level > last+1 {
			t.Errorf("heading %q of level %d comes after level %d", textOf(h), level, last)
		}
		last = level
	}
	d.one(t, "h1")
}

func insideTemplate(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.Data == "template" {
			return true
		}
	}
	return false
}

// checkNames wants a name for every control.
func (d document) checkNames(t *testing.T) {
	t.Helper()
	for _, n := range d.all(t, "a, button, summary, input:not([type=hidden]), select") {
		named := textOf(n) != "" && n.Data != "select" || attribute(n, "aria-label") != ""
		for p := n.Parent; p != nil && !named; p = p.Parent {
			named = p.Data == "label" && textOf(p) != ""
		}
		if !named {
			t.Errorf("<%s> %v has no name", n.Data, n.Attr)
		}
	}
	for _, n := range d.all(t, "img:not([alt])") {
		t.Errorf("<img> %v has no alt", n.Attr)
	}
}

// checkPolicy wants nothing that the strict policy would stop.
func (d document) checkPolicy(t *testing.T) {
	t.Helper()
	for n := range d.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
		// html/template takes data-on… for a script, and quotes its value.
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "data-on") || strings.HasPrefix(a.Key, "data-") && strings.HasPrefix(a.Val, `"`) {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
		if n.Data == "script" && n.Type == html.ElementNode && attribute(n, "nonce") == "" {
			t.Errorf("<script> %v has no nonce", n.Attr)
		}
	}
}

func (d document) checkIDs(t *testing.T) {
	t.Helper()
	seen := map[string]bool{}
	for _, n := range d.all(t, "[id]") {
		id := attribute(n, "id")
		if seen[id] {
			t.Errorf("id %q comes twice", id)
		}
		seen[id] = true
	}
	for _, n := range d.all(t, "[aria-labelledby], [aria-controls], [popovertarget]") {
		for _, name := range []string{"aria-labelledby", "aria-controls", "popovertarget"} {
			if id := attribute(n, name); id != "" && !seen[id] && !insideTemplate(n) {
				t.Errorf("%s=%q names nothing", name, id)
			}
		}
	}
}
