package engine

import "strings"

// bookmark is a set of selections that an app keeps under a name.
type bookmark struct {
	id, title, description string
	selections             []bookmarkField
}

type bookmarkField struct {
	field  string
	values []string // as texts
}

// demoBookmarks are in every app, because all apps share their fields.
var demoBookmarks = []bookmark{
	{"bookmark-europe", "Europe this year", "What Europe bought in 2026", []bookmarkField{
		{"Region", []string{"Europe"}}, {"Year", []string{"2026"}}}},
	{"bookmark-camping", "Tents and backpacks in North America", "The camping season's main goods", []bookmarkField{
		{"Region", []string{"North America"}}, {"Category", []string{"Tents", "Backpacks"}}}},
}

func bookmarkByID(id string) (bookmark, bool) {
	for _, b := range demoBookmarks {
		if b.id == id {
			return b, true
		}
	}
	return bookmark{}, false
}

func (b bookmark) info() object { return object{"qId": b.id, "qType": "bookmark"} }

// bookmarkMeta differs by app, as the owner does.
func (a *appContent) bookmarkMeta(b bookmark) object {
	return object{
		"title": b.title, "description": b.description, "privileges": list{"read"}, "published": true, "approved": true, "ownerId": a.OwnerID,
		"createdDate": stamp(a.Published), "modifiedDate": stamp(a.Modified), "publishTime": stamp(a.Published),
	}
}

func (a *appContent) bookmarkProperties(b bookmark) object {
	var names []string
	for _, s := range b.selections {
		names = append(names, s.field)
	}
	return object{
		"qInfo": b.info(), "qMetaDef": object{"title": b.title, "description": b.description},
		"sheetId": a.order[0], "selectionFields": strings.Join(names, ", "), "creationDate": stamp(a.Published),
	}
}

// bookmarkSelections are its selections in the data of a session. A value that
// the data does not have is left out.
func (ses *session) bookmarkSelections(b bookmark) selections {
	var all selections
	for _, s := range b.selections {
		f := ses.data.field(s.field)
		if f == nil {
			continue
		}
		var elements []int
		for _, text := range s.values {
			elements = append(elements, f.match(text)...)
		}
		all = all.with(newFieldSelection(f, elements, fieldSelection{}, false))
	}
	return all
}

// applyBookmark replaces the selections by the bookmark's. Locked fields keep
// theirs, and then nothing is applied, as with a click that a lock forbids.
func (c *call) applyBookmark(id string) bool {
	b, known := bookmarkByID(id)
	if !known {
		return false
	}
	c.settleModal()
	next := c.session.history.current().cleared(false)
	for _, sel := range c.session.bookmarkSelections(b) {
		if next.locked(sel.field) {
			return false
		}
		next = next.with(sel)
	}
	c.session.selectNow(next)
	c.selected = true
	return true
}

func applyBookmark(c *call, p idParams) (any, error) { return success(c.applyBookmark(p.ID)), nil }

func getBookmark(c *call, p idParams) (any, error) {
	if _, known := bookmarkByID(p.ID); !known {
		return nil, errObjectNotFound
	}
	return c.returning(target{kindBookmark, p.ID}, "bookmark"), nil
}

// getBookmarks lists those of the types that the client names.
func getBookmarks(c *call, p struct {
	Options struct {
		Types []string `json:"qTypes"`
		Data  object   `json:"qData"`
	} `json:"qOptions"`
}) (any, error) {
	for _, kind := range p.Options.Types {
		if kind == "bookmark" {
			return object{"qList": c.session.app.bookmarkItems(p.Options.Data)}, nil
		}
	}
	return object{"qList": list{}}, nil
}

func bookmarkList(ses *session, _ *genericObject, _ string, def object) any {
	paths, _ := def["qData"].(object)
	return object{"qItems": ses.app.bookmarkItems(paths)}
}

func (a *appContent) bookmarkItems(paths object) list {
	items := list{}
	for _, b := range demoBookmarks {
		items = append(items, object{"qInfo": b.info(), "qMeta": a.bookmarkMeta(b), "qData": atPaths(a.bookmarkProperties(b), paths)})
	}
	return items
}

var bookmarkMethods = map[string]method{
	"GetLayout": on(bookmarkLayout),
	"GetProperties": on(func(c *call, _ none) (any, error) {
		return object{"qProp": c.session.app.bookmarkProperties(c.bookmark())}, nil
	}),
	"GetInfo": on(func(c *call, _ none) (any, error) { return object{"qInfo": c.bookmark().info()}, nil }),
	"Apply":   on(func(c *call, _ none) (any, error) { return success(c.applyBookmark(c.target.id)), nil }),
}

// The target of a bookmark's handle exists: GetBookmark has looked.
func (c *call) bookmark() bookmark {
	b, _ := bookmarkByID(c.target.id)
	return b
}

func bookmarkLayout(c *call, _ none) (any, error) {
	b := c.bookmark()
	out := c.session.app.bookmarkProperties(b)
	delete(out, "qMetaDef")
	out["qMeta"] = c.session.app.bookmarkMeta(b)
	fields := list{}
	for _, sel := range c.session.bookmarkSelections(b) {
		values := list{}
		for element, on := range sel.selected {
			if on {
				values = append(values, object{"qText": sel.field.values[element].text})
			}
		}
		fields = append(fields, object{"qDef": object{"qName": sel.field.name, "qType": "PRESENT"}, "qSelectInfo": object{}, "qValues": values,
			"qExcludedValues": list{}, "qAndMode": false, "qOneAndOnlyOne": false, "qLocked": false})
	}
	out["qBookmark"] = object{"qStateData": list{object{"qStateName": "$", "qFieldItems": fields}}, "qId": b.id}
	return object{"qLayout": out}, nil
}
