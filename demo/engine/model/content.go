package model

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"vitrine/demo/engine/calc"
)

// The charts' own default properties, one file per type as the chart generated
// it. Charts throw where one of their properties is missing.
//
//go:embed defaults/*.json
var defaultFiles embed.FS

// AppInfo is one app of the tenant as the engine needs it.
type AppInfo struct {
	ID, Name, Description           string
	OwnerID, SpaceID                string
	Theme                           string
	Template                        string // picks the sheets: "sales", "finance", "operations" or "people"
	LastReload, Modified, Published time.Time
}

// App is what one app holds. It is shared by all sessions and read only.
type App struct {
	AppInfo
	Objects        map[string]*StoredObject
	Order          []string // ids, sheets by rank first
	Dimensions     map[string]LibraryItem
	DimensionOrder []string
	Measures       map[string]LibraryItem
	MeasureOrder   []string
}

// standing decides which viewers see a sheet and its objects.
type standing int

const (
	base      standing = iota // approved and published: all
	community                 // published by a member: all
	private                   // its owner alone
)

// StoredObject is an object as the app keeps it.
type StoredObject struct {
	Kind     string
	Props    Object
	Children []string
	standing standing
	Meta     Object
}

// VisibleTo reports whether the viewer sees the object.
func (o *StoredObject) VisibleTo(viewerID string, app *App) bool {
	return o.standing != private || viewerID == app.OwnerID
}

// NewApp gives the app its template's objects with its own owner and dates.
func NewApp(app AppInfo) *App {
	t := templateNamed(app.Template)
	content := &App{AppInfo: app, Objects: make(map[string]*StoredObject, len(t.objects)), Order: slices.Clone(t.order)}
	for id, o := range t.objects {
		own := *o
		own.Meta = app.metaOf(own)
		content.Objects[id] = &own
	}
	theme := &StoredObject{Kind: "appprops", Props: Object{"theme": app.Theme, "sheetTitleBgColor": "", "showUserInterface": true}}
	theme.Meta = app.metaOf(*theme)
	content.Objects["AppProperties"] = theme
	content.Order = append(content.Order, "AppProperties")
	content.Dimensions, content.DimensionOrder = byID(masterDimensions)
	content.Measures, content.MeasureOrder = byID(masterMeasures)
	return content
}

func (a AppInfo) metaOf(o StoredObject) Object {
	meta := Object{
		"privileges": List{"read", "exportdata"}, "published": o.standing != private, "approved": o.standing == base, "ownerId": a.OwnerID,
		"createdDate": Stamp(a.Published), "modifiedDate": Stamp(a.Modified), "publishTime": Stamp(a.Published), "sourceObject": "", "draftObject": "",
	}
	if def, ok := o.Props["qMetaDef"].(Object); ok {
		maps.Copy(meta, def)
	}
	return meta
}

func byID(items []LibraryItem) (map[string]LibraryItem, []string) {
	found := make(map[string]LibraryItem, len(items))
	var order []string
	for _, item := range items {
		found[item.ID] = item
		order = append(order, item.ID)
	}
	return found, order
}

// template is the objects that apps of one kind share.
type template struct {
	objects map[string]*StoredObject
	order   []string
}

var templates = sync.OnceValue(func() map[string]*template {
	return map[string]*template{
		"sales": buildTemplate(salesSheets), "finance": buildTemplate(financeSheets),
		"operations": buildTemplate(operationsSheets), "people": buildTemplate(peopleSheets),
	}
})

// templateNamed falls back to sales: an app needs sheets.
func templateNamed(name string) *template {
	if t := templates()[name]; t != nil {
		return t
	}
	return templates()["sales"]
}

// buildTemplate makes the stored objects of the sheets. A mistake in a sheet's
// definition is a mistake in this program and stops it.
func buildTemplate(sheets []sheet) *template {
	t := &template{objects: make(map[string]*StoredObject)}
	add := func(id string, o *StoredObject) {
		if t.objects[id] != nil {
			panic(fmt.Sprintf("engine: object id %q is used twice", id))
		}
		t.objects[id] = o
		t.order = append(t.order, id)
	}
	for rank, s := range sheets {
		add(s.id, &StoredObject{Kind: "sheet", Props: s.properties(rank), Children: s.childIDs(), standing: s.standing})
	}
	for _, s := range sheets {
		for _, c := range s.cells {
			add(c.chart.id, &StoredObject{Kind: c.chart.kind, Props: c.chart.properties(), standing: s.standing})
		}
	}
	return t
}

// LibraryItem is a master dimension or measure.
type LibraryItem struct {
	ID, kind           string
	Title, description string
	Definition         string // a field or an expression
	Format             calc.NumberFormat
	abbreviated        bool // charts show it as 1.2M rather than in full
}

// Info is the qInfo of the item.
func (i LibraryItem) Info() Object { return Object{"qId": i.ID, "qType": i.kind} }

// Meta is the qMeta of the item.
func (i LibraryItem) Meta() Object {
	return Object{"title": i.Title, "description": i.description, "tags": List{}, "privileges": List{"read"}, "published": true, "approved": true}
}

// Properties are the properties of the item.
func (i LibraryItem) Properties() Object {
	props := Object{"qInfo": i.Info(), "qMetaDef": Object{"title": i.Title, "description": i.description, "tags": List{}}}
	if i.kind == "dimension" {
		props["qDim"] = Object{"qGrouping": "N", "qFieldDefs": List{i.Definition}, "qFieldLabels": List{i.Title}, "title": i.Title,
			"qLabelExpression": "", "coloring": Object{"changeHash": "", "hasValueColors": false}}
		return props
	}
	props["qMeasure"] = Object{"qLabel": i.Title, "qDef": i.Definition, "qGrouping": "N", "qExpressions": List{}, "qActiveExpression": 0,
		"qLabelExpression": "", "qNumFormat": i.Format, "coloring": Object{}}
	return props
}
