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

func (a *appContent) bookmarkItems(paths object) list {
	items := list{}
	for _, b := range demoBookmarks {
		items = append(items, object{"qInfo": b.info(), "qMeta": a.bookmarkMeta(b), "qData": atPaths(a.bookmarkProperties(b), paths)})
	}
	return items
}
