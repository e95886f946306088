package model

import "strings"

// Bookmark is a set of selections that an app keeps under a name.
type Bookmark struct {
	ID, title, description string
	Selections             []bookmarkField
}

type bookmarkField struct {
	Field  string
	Values []string // as texts
}

// demoBookmarks are in every app, because all apps share their fields.
var demoBookmarks = []Bookmark{
	{"bookmark-europe", "Europe this year", "What Europe bought in 2026", []bookmarkField{
		{"Region", []string{"Europe"}}, {"Year", []string{"2026"}}}},
	{"bookmark-camping", "Tents and backpacks in North America", "The camping season's main goods", []bookmarkField{
		{"Region", []string{"North America"}}, {"Category", []string{"Tents", "Backpacks"}}}},
}

// BookmarkByID finds a bookmark of the demo apps.
func BookmarkByID(id string) (Bookmark, bool) {
	for _, b := range demoBookmarks {
		if b.ID == id {
			return b, true
		}
	}
	return Bookmark{}, false
}

// Info is the qInfo of the bookmark.
func (b Bookmark) Info() Object { return Object{"qId": b.ID, "qType": "bookmark"} }

// BookmarkMeta differs by app, as the owner does.
func (a *App) BookmarkMeta(b Bookmark) Object {
	return Object{
		"title": b.title, "description": b.description, "privileges": List{"read"}, "published": true, "approved": true, "ownerId": a.OwnerID,
		"createdDate": Stamp(a.Published), "modifiedDate": Stamp(a.Modified), "publishTime": Stamp(a.Published),
	}
}

// BookmarkProperties are the properties of a bookmark.
func (a *App) BookmarkProperties(b Bookmark) Object {
	var names []string
	for _, s := range b.Selections {
		names = append(names, s.Field)
	}
	return Object{
		"qInfo": b.Info(), "qMetaDef": Object{"title": b.title, "description": b.description},
		"sheetId": a.Order[0], "selectionFields": strings.Join(names, ", "), "creationDate": Stamp(a.Published),
	}
}

// BookmarkItems lists the bookmarks, with the data at the paths.
func (a *App) BookmarkItems(paths Object) List {
	items := List{}
	for _, b := range demoBookmarks {
		items = append(items, Object{"qInfo": b.Info(), "qMeta": a.BookmarkMeta(b), "qData": AtPaths(a.BookmarkProperties(b), paths)})
	}
	return items
}
