package engine

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// The charts' own default properties, one file per type as the chart generated
// it. Charts throw where one of their properties is missing.
//
//go:embed defaults/*.json
var defaultFiles embed.FS

// App is one app of the tenant as the engine needs to know it.
type App struct {
	ID, Name, Description           string
	OwnerID, SpaceID                string
	Theme                           string
	Template                        string // picks the sheets: "sales", "finance", "operations" or "people"
	LastReload, Modified, Published time.Time
}

// appContent is what one app holds. It is shared by all sessions and read only.
type appContent struct {
	App
	objects        map[string]*storedObject
	order          []string // ids, sheets by rank first
	dimensions     map[string]libraryItem
	dimensionOrder []string
	measures       map[string]libraryItem
	measureOrder   []string
}

// standing is who may see a sheet and what is on it.
type standing int

const (
	base      standing = iota // approved and published: everybody
	community                 // published by a member: everybody
	private                   // its owner alone
)

// storedObject is an object as the app keeps it.
type storedObject struct {
	kind     string
	props    object
	children []string
	standing standing
	meta     object
}

func (o *storedObject) visibleTo(viewerID string, app *appContent) bool {
	return o.standing != private || viewerID == app.OwnerID
}

// newAppContent gives the app its template's objects with its own owner and dates.
func newAppContent(app App) *appContent {
	t := templateNamed(app.Template)
	content := &appContent{App: app, objects: make(map[string]*storedObject, len(t.objects)), order: slices.Clone(t.order)}
	for id, o := range t.objects {
		own := *o
		own.meta = app.metaOf(own)
		content.objects[id] = &own
	}
	theme := &storedObject{kind: "appprops", props: object{"theme": app.Theme, "sheetTitleBgColor": "", "showUserInterface": true}}
	theme.meta = app.metaOf(*theme)
	content.objects["AppProperties"] = theme
	content.order = append(content.order, "AppProperties")
	content.dimensions, content.dimensionOrder = byID(masterDimensions)
	content.measures, content.measureOrder = byID(masterMeasures)
	return content
}

func (a App) metaOf(o storedObject) object {
	meta := object{
		"privileges": list{"read", "exportdata"}, "published": o.standing != private, "approved": o.standing == base, "ownerId": a.OwnerID,
		"createdDate": stamp(a.Published), "modifiedDate": stamp(a.Modified), "publishTime": stamp(a.Published), "sourceObject": "", "draftObject": "",
	}
	if def, ok := o.props["qMetaDef"].(object); ok {
		maps.Copy(meta, def)
	}
	return meta
}

func byID(items []libraryItem) (map[string]libraryItem, []string) {
	found := make(map[string]libraryItem, len(items))
	var order []string
	for _, item := range items {
		found[item.id] = item
		order = append(order, item.id)
	}
	return found, order
}

// template is the objects that apps of one kind share.
type template struct {
	objects map[string]*storedObject
	order   []string
}

var templates = sync.OnceValue(func() map[string]*template {
	return map[string]*template{
		"sales": buildTemplate(salesSheets), "finance": buildTemplate(financeSheets),
		"operations": buildTemplate(operationsSheets), "people": buildTemplate(peopleSheets),
	}
})

// templateNamed falls back to sales: an app without sheets helps nobody.
func templateNamed(name string) *template {
	if t := templates()[name]; t != nil {
		return t
	}
	return templates()["sales"]
}

// buildTemplate makes the stored objects of the sheets. A mistake in a sheet's
// definition is a mistake in this program and stops it.
func buildTemplate(sheets []sheet) *template {
	t := &template{objects: make(map[string]*storedObject)}
	add := func(id string, o *storedObject) {
		if t.objects[id] != nil {
			panic(fmt.Sprintf("engine: object id %q is used twice", id))
		}
		t.objects[id] = o
		t.order = append(t.order, id)
	}
	for rank, s := range sheets {
		add(s.id, &storedObject{kind: "sheet", props: s.properties(rank), children: s.childIDs(), standing: s.standing})
	}
	for _, s := range sheets {
		for _, c := range s.cells {
			add(c.chart.id, &storedObject{kind: c.chart.kind, props: c.chart.properties(), standing: s.standing})
		}
	}
	return t
}

// libraryItem is a master dimension or measure.
type libraryItem struct {
	id, kind           string
	title, description string
	definition         string // a field or an expression
	format             numberFormat
	abbreviated        bool // charts show it as 1.2M rather than in full
}

func (i libraryItem) info() object { return object{"qId": i.id, "qType": i.kind} }

func (i libraryItem) meta() object {
	return object{"title": i.title, "description": i.description, "tags": list{}, "privileges": list{"read"}, "published": true, "approved": true}
}

func (i libraryItem) properties() object {
	props := object{"qInfo": i.info(), "qMetaDef": object{"title": i.title, "description": i.description, "tags": list{}}}
	if i.kind == "dimension" {
		props["qDim"] = object{"qGrouping": "N", "qFieldDefs": list{i.definition}, "qFieldLabels": list{i.title}, "title": i.title,
			"qLabelExpression": "", "coloring": object{"changeHash": "", "hasValueColors": false}}
		return props
	}
	props["qMeasure"] = object{"qLabel": i.title, "qDef": i.definition, "qGrouping": "N", "qExpressions": list{}, "qActiveExpression": 0,
		"qLabelExpression": "", "qNumFormat": i.format, "coloring": object{}}
	return props
}
