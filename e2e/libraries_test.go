package e2e

import (
	"strings"
	"testing"
)

// The real libraries, not a line of them changed, in a page of the portal's
// origin: its profile page, with the page's own Content-Security-Policy in
// force. They are imported from the portal's own files.

// libraries holds what the scripts below share. The version in the address is
// of no import: another one than today's is answered with today's file.
const libraries = `const relay = location.origin + "/qlik";
const fail = (words) => { throw new Error(words); };
const figure = (layout) => layout.qHyperCube.qDataPages[0].qMatrix.map((row) => row.map((cell) => cell.qText));
const cube = (dimension, measure) => ({
	qInfo: { qType: "test" }, qHyperCubeDef: {
		qDimensions: [{ qDef: { qFieldDefs: [dimension] } }], qMeasures: [{ qDef: { qDef: measure } }],
		qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 100 }],
	},
});
`

const qlikAPI = libraries + `
const api = await import("/static/any/vendor/qlik-api/index.js");
api.auth.setDefaultHostConfig({ host: relay, authType: "none" });

const { data: me } = await api.users.getMyUser();
let page = await api.items.getItems({ limit: 7, resourceType: "app" });
const names = [], links = [];
while (page) {
	names.push(...page.data.data.map((item) => item.name));
	if (page.data.links.next) links.push(page.data.links.next.href);
	page = page.next ? await page.next() : null;
}
const first = (await api.items.getItems({ name: "Sales Overview", limit: 1 })).data.data[0];

const session = api.qix.openAppSession({ appId: first.resourceId });
const doc = await session.getDoc();
const layout = await doc.getAppLayout();
const object = await doc.createSessionObject(cube("Category", "Sum(Sales)"));
const before = figure(await object.getLayout());
const changed = new Promise((resolve) => object.on("changed", resolve));
const field = await doc.getField("Category");
const selected = await field.select(before[1][0]);
await changed;
const after = figure(await object.getLayout());
await session.close();
return { Me: me.email, Names: names, Links: links, Title: layout.qTitle, Before: before, After: after, Selected: selected };
`

const enigma = libraries + `
const { default: enigma, schema } = await import("/static/any/vendor/nebula/enigma.js");
const session = enigma.create({ schema, url: relay.replace("http", "ws") + "/app/" + appId });
const global = await session.open();
const doc = await global.openDoc(appId);
const layout = await doc.getAppLayout();
const list = await doc.createSessionObject({ qInfo: { qType: "SheetList" }, qAppObjectListDef: { qType: "sheet", qData: { title: "/qMetaDef/title", cells: "/cells" } } });
const { qAppObjectList } = await list.getLayout();
const chart = await doc.getObject("sales-by-category");
const before = figure(await chart.getLayout());
const changed = new Promise((resolve) => chart.on("changed", resolve));
await chart.beginSelections(["/qHyperCubeDef"]);
const selected = await chart.selectHyperCubeValues("/qHyperCubeDef", 0, [1], false);
await changed;
await chart.endSelections(true);
const kpi = figure(await (await doc.getObject("sales-kpi-sales")).getLayout());
await doc.clearAll();
const total = figure(await (await doc.getObject("sales-kpi-sales")).getLayout());
await session.close();
return { Names: qAppObjectList.qItems.map((item) => item.qMeta.title), Title: layout.qTitle, Before: before, After: kpi, Total: total, Selected: selected };
`

// seen is what the libraries brought back.
type seen struct {
	Me, Title            string
	Names, Links         []string
	Before, After, Total [][]string
	Selected             bool
}

func (b *tab) runLibrary(script string) (s seen) {
	b.t.Helper()
	b.read("(async () => { "+script+" })()", &s)
	b.t.Logf("%+v", s)
	return s
}

func TestQlikAPIWorksThroughTheRelay(t *testing.T) {
	p, _, b, _ := startSheet(t)
	b.open(p.url + "/me")
	s := b.runLibrary(qlikAPI)
	if s.Me != "vera@brightwater.example" {
		t.Errorf("users.getMyUser: %q", s.Me)
	}
	if len(s.Names) < 25 || len(s.Links) < 3 {
		t.Errorf("items.getItems with next(): %d items over %d links", len(s.Names), len(s.Links))
	}
	for _, link := range s.Links {
		if !strings.HasPrefix(link, p.url+"/qlik/api/v1/items?") {
			t.Errorf("a paging link leads to %s", link)
		}
	}
	if s.Title != "Sales Overview" || len(s.Before) < 4 || !s.Selected {
		t.Errorf("qix: title %q, %d rows, selected %v", s.Title, len(s.Before), s.Selected)
	}
	b.checkSelection(s.Before, s.After)
	b.checkTraffic(p)
}

// checkSelection wants only the second row left, with its own figure.
func (b *tab) checkSelection(before, after [][]string) {
	b.t.Helper()
	if len(before) < 2 || len(after) != 1 || after[0][0] != before[1][0] || after[0][1] != before[1][1] {
		b.t.Errorf("before the selection %v, after it %v", before, after)
	}
}

func TestEnigmaWorksThroughTheRelay(t *testing.T) {
	p, _, b, path := startSheet(t)
	b.open(p.url + "/me")
	appID := strings.Split(path, "/")[2]
	s := b.runLibrary(`const appId = "` + appID + `"; ` + enigma)
	if s.Title != "Sales Overview" || len(s.Names) < 4 || !s.Selected || len(s.Before) < 4 {
		t.Errorf("got %+v", s)
	}
	if len(s.After) != 1 || len(s.Total) != 1 || s.After[0][0] == s.Total[0][0] {
		t.Errorf("the KPI says %v with a selection and %v without", s.After, s.Total)
	}
	b.checkTraffic(p)
}

// TestLibrariesOnPagesOfOthers has the libraries on pages that somebody put
// beside the portal, in all the ways such pages use them.
func TestLibrariesOnPagesOfOthers(t *testing.T) {
	s := startSite(t)
	t.Run("@qlik/api", func(t *testing.T) { testAPI(t, s) })
	t.Run("openAppSession", func(t *testing.T) { testEngine(t, s) })
	t.Run("enigma.js", func(t *testing.T) { testEnigma(t, s) })
	t.Run("signing in and out", func(t *testing.T) { testSignIn(t, s) })
}
