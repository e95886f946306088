package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pseudoLanguage is English with every letter replaced, 40 % longer and in
// brackets: what is not from the catalogue shows, and so does what has no room.
const pseudoLanguage = "en-XA"

var accented = strings.NewReplacer(
	"a", "á", "b", "ƀ", "c", "ç", "d", "ð", "e", "é", "f", "ƒ", "g", "ĝ", "h", "ĥ", "i", "í", "j", "ĵ", "k", "ķ", "l", "ļ", "m", "ɱ",
	"n", "ñ", "o", "ó", "p", "þ", "q", "ʠ", "r", "ŕ", "s", "š", "t", "ţ", "u", "ú", "v", "ṽ", "w", "ŵ", "x", "ẋ", "y", "ý", "z", "ž",
	"A", "Á", "B", "Ɓ", "C", "Ç", "D", "Ð", "E", "É", "F", "Ƒ", "G", "Ĝ", "H", "Ĥ", "I", "Í", "J", "Ĵ", "K", "Ķ", "L", "Ļ", "M", "Ṁ",
	"N", "Ñ", "O", "Ó", "P", "Þ", "Q", "Ǫ", "R", "Ŕ", "S", "Š", "T", "Ţ", "U", "Û", "V", "Ṽ", "W", "Ŵ", "X", "Ẋ", "Y", "Ý", "Z", "Ž",
)

var place = regexp.MustCompile(`%(?:\[\d\])?[a-z]`)

func pseudo(sentence string) string {
	var b strings.Builder
	b.WriteByte('[')
	at := 0
	for _, span := range place.FindAllStringIndex(sentence, -1) {
		b.WriteString(accented.Replace(sentence[at:span[0]]) + sentence[span[0]:span[1]])
		at = span[1]
	}
	b.WriteString(accented.Replace(sentence[at:]))
	for more := len(sentence)*2/5 + 1; more > 0; more -= 6 {
		b.WriteString(" " + strings.Repeat("ø", min(more, 5)))
	}
	b.WriteByte(']')
	return b.String()
}

// buildWithPseudoLanguage builds the program with one more file of sentences.
func buildWithPseudoLanguage(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	source, err := os.ReadFile("../templates/text/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(source, &texts); err != nil {
		t.Fatal(err)
	}
	for key, sentence := range texts {
		switch key {
		case "language", "time.layout":
		case "time.months":
			texts[key] = accented.Replace(sentence)
		default:
			texts[key] = pseudo(sentence)
		}
	}
	write := func(name string, content any) string {
		raw, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	added, err := filepath.Abs("../templates/text/" + pseudoLanguage + ".json")
	if err != nil {
		t.Fatal(err)
	}
	overlay := write("overlay.json", map[string]any{"Replace": map[string]string{added: write("texts.json", texts)}})
	program := filepath.Join(dir, "vitrine")
	if out, err := exec.Command("go", "build", "-overlay", overlay, "-o", program, "vitrine/cmd/vitrine").CombinedOutput(); err != nil {
		t.Fatalf("build with a pseudo-language: %v\n%s", err, out)
	}
	return program
}

// untranslated lists what the page says outside of brackets, in texts, names
// and titles. What the tenant said, code, and languages' own names are no
// sentences of ours.
const untranslated = `(() => {
	const data = "code, pre, kbd, time, table, script, style, [lang]:not(html), .avatar, .logo, .facts dd, .rows dd, .tags, .card h3, .card-text, .card-facts span, " +
		".recent-text, .description, .person, .figures, .data, .bar-app, .bar-title, .sheets, .menu-who, .objects, " +
		".table-view h2, qlik-embed, .vn, iframe, .traffic, .tag + *";
	const names = /Vitrine|Sales Overview|Overview|Region|Vera Lindqvist|Sum\(Sales\)|Sales|Operations|Products|Customers|Seasons/g;
	const found = [];
	const look = (text, where) => {
		let rest = text, before;
		do { before = rest; rest = rest.replace(/\[[^[\]]*\]/g, ""); } while (rest !== before);
		rest = rest.replace(names, "");
		if (/[A-Za-z]{2}/.test(rest) && !/^\S+@\S+$|^[a-z0-9.:-]+$/.test(rest.trim())) found.push(where + ": " + text.trim());
	};
	const walk = (root) => {
		for (const e of root.querySelectorAll("*")) {
			if (e.matches("template")) walk(e.content);
			if (e.closest(data)) continue;
			for (const name of ["title", "placeholder", "aria-label", "alt"]) if (e.hasAttribute(name)) look(e.getAttribute(name), name);
			for (const node of e.childNodes) if (node.nodeType === Node.TEXT_NODE && !e.matches("noscript")) look(node.data, e.tagName);
		}
	};
	walk(document);
	return found;
})()`

// overflowing lists what is wider than the window, also of the messages that a
// sheet may show.
const overflowing = `(() => {
	const found = [];
	const look = (what) => {
		if (document.documentElement.scrollWidth <= innerWidth) return;
		const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
		found.push(what + ": " + document.documentElement.scrollWidth + " px: " + wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | "));
	};
	look("page");
	for (const template of document.querySelectorAll("template[data-message], template[data-toast]")) {
		const box = document.createElement("div");
		if (template.dataset.message) box.className = "scrim";
		box.append(template.content.cloneNode(true));
		document.querySelector("[data-stage]").append(box);
		look(template.dataset.message ?? template.dataset.toast);
		for (const part of box.querySelectorAll("*")) if (part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0) found.push("message " + part.outerHTML.slice(0, 120));
		box.remove();
	}
	return found;
})()`

func (b *tab) checkTranslated(name string) {
	b.t.Helper()
	var found []string
	b.read(`document.documentElement.lang === "`+pseudoLanguage+`" ? `+untranslated+` : ["the page is in " + document.documentElement.lang]`, &found)
	for _, text := range found {
		b.t.Errorf("%s: not from the catalogue: %s", name, text)
	}
	b.read(overflowing, &found)
	for _, what := range found {
		b.t.Errorf("%s at 320 px: %s", name, what)
	}
	b.screenshot("pseudo-" + name)
}

func TestPagesInAPseudoLanguage(t *testing.T) {
	usual := binary
	binary = buildWithPseudoLanguage(t)
	t.Cleanup(func() { binary = usual })
	p := startPortal(t)
	b := newProfile(t).newTab()
	b.size(320, 900)
	b.open(p.url + "/")
	b.read(`document.cookie = "vitrine_language=`+pseudoLanguage+`; Path=/"`, new(string))
	for name, path := range map[string]string{
		"signed-out": "/", "signed-out-after": "/?signed_out=1", "400": "/login/callback?state=foreign&code=x", "logout-nobody": "/logout",
		"frame-sign-in": "/embed/apps/a/sheets/s", "404-nobody": "/nowhere",
	} {
		b.open(p.url + path)
		b.checkTranslated(name)
	}
	p.control("PATCH", "/settings", `{"consent":"trusted"}`)
	b.open(p.url + "/login")
	b.click(byText("button", "Sign in as Vera Lindqvist"))
	b.until("the home page", `location.origin === "`+p.url+`" && document.querySelector("details[data-menu]")`)
	b.checkTranslated("home")
	b.click(`document.querySelector("details[data-menu] summary")`)
	b.checkTranslated("home-menu")
	var sheet string
	b.read(`fetch("/qlik/api/v1/items?name=Sales%20Overview").then((r) => r.json()).then((r) => "/apps/" + r.data[0].resourceId)`, &sheet)
	app := sheet
	b.open(p.url + app)
	b.checkTranslated("app")
	b.read(`document.querySelector('a.card-link[href*="/sheets/"]').getAttribute("href")`, &sheet)
	for name, path := range map[string]string{
		"apps": "/apps", "apps-found": "/apps?q=sales&space=personal", "apps-none": "/apps?q=zzzz", "me": "/me", "sessions": "/me/sessions",
		"404": "/nowhere", "404-app": "/apps/00000000-0000-4000-8000-000000000000", "404-sheet": app + "/sheets/none", "400-part": app + "/field",
		"no-assistant": "/assistants/none", "logout": "/logout", "frame-signed-in": "/embed/signed-in", "table": sheet + "?view=table",
		"field": app + "/field?name=Region", "selections": app + "/selections",
		"qlik-embed": sheet + "?embed=qlik-embed", "nebula": sheet + "?embed=nebula", "iframe": sheet + "?embed=iframe",
		"capability": sheet + "?embed=capability", "enigma": sheet + "?embed=enigma", "bare": "/embed" + sheet,
	} {
		b.open(p.url + path)
		b.checkTranslated(name)
	}
}
