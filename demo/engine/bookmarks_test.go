package engine

import (
	"fmt"
	"testing"
)

func TestBookmarksAreListedAndReadable(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	h := c.create(object{"qInfo": object{"qType": "BookmarkList"}, "qBookmarkListDef": object{"qType": "bookmark", "qData": object{
		"title": "/qMetaDef/title", "sheetId": "/sheetId", "selectionFields": "/selectionFields"}}})
	items := dig(t, c.layout(h), "qBookmarkList", "qItems").(list)
	if len(items) != 2 {
		t.Fatalf("%d bookmarks", len(items))
	}
	if got := fmt.Sprint(dig(t, items[0], "qData")); got != "map[selectionFields:Region, Year sheetId:sales-overview title:Europe this year]" {
		t.Errorf("data: %s", got)
	}
	bookmark := handleIn(t, c.call(c.doc, "GetBookmark", "bookmark-europe"))
	if got := dig(t, c.layout(bookmark), "qMeta", "title"); got != "Europe this year" {
		t.Errorf("title: %v", got)
	}
	if code := c.refused(c.doc, "GetBookmark", "nope"); code != codeNotFound {
		t.Errorf("unknown bookmark: %d", code)
	}
}

func TestBookmarkReplacesTheSelections(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	field := func(name string) int { return handleIn(t, c.call(c.doc, "GetField", name)) }
	applied := func(f frame) bool { return dig(t, decode(t, f), "qSuccess") == true }
	c.call(field("Product"), "Select", "Wool Hat")
	c.call(field("Region"), "Select", "Asia Pacific")
	f := c.call(c.doc, "ApplyBookmark", "bookmark-camping")
	if !applied(f) {
		t.Errorf("not applied: %s", f.Result)
	}
	c.expectBar([]string{"Region=North America", "Category=Backpacks, Tents"}, 3, 0)
	c.call(c.doc, "Back")
	c.expectBar([]string{"Product=Wool Hat", "Region=Asia Pacific"}, 2, 1)
	if !applied(c.call(handleIn(t, c.call(c.doc, "GetBookmark", "bookmark-europe")), "Apply")) {
		t.Error("not applied by its own handle")
	}
	c.expectBar([]string{"Region=Europe", "Year=2026"}, 3, 0)
	if applied(c.call(c.doc, "ApplyBookmark", "nope")) {
		t.Error("an unknown bookmark was applied")
	}
	c.call(field("Region"), "Lock")
	if applied(c.call(c.doc, "ApplyBookmark", "bookmark-camping")) {
		t.Error("a lock was overruled")
	}
}
