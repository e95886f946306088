package engine

import (
	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/model"
)

// bookmarkSelections are its selections in the data of a session. A value that
// the data does not have is left out.
func (ses *session) bookmarkSelections(b model.Bookmark) calc.Selections {
	var all calc.Selections
	for _, s := range b.Selections {
		f := ses.data.Field(s.Field)
		if f == nil {
			continue
		}
		var elements []int
		for _, text := range s.Values {
			elements = append(elements, f.Match(text)...)
		}
		all = all.With(calc.Select(f, elements, calc.FieldSelection{}, false))
	}
	return all
}

// applyBookmark replaces the selections by the bookmark's. Locked fields keep
// theirs, and then nothing is applied, as with a click that a lock forbids.
func (c *call) applyBookmark(id string) bool {
	b, known := model.BookmarkByID(id)
	if !known {
		return false
	}
	c.settleModal()
	next := c.session.history.current().Cleared(false)
	for _, sel := range c.session.bookmarkSelections(b) {
		if next.Locked(sel.Field) {
			return false
		}
		next = next.With(sel)
	}
	c.session.selectNow(next)
	c.selected = true
	return true
}

func applyBookmark(c *call, p idParams) (any, error) { return success(c.applyBookmark(p.ID)), nil }

func getBookmark(c *call, p idParams) (any, error) {
	if _, known := model.BookmarkByID(p.ID); !known {
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
			return object{"qList": c.session.app.BookmarkItems(p.Options.Data)}, nil
		}
	}
	return object{"qList": list{}}, nil
}

func bookmarkList(ses *session, _ *genericObject, _ string, def object) any {
	paths, _ := def["qData"].(object)
	return object{"qItems": ses.app.BookmarkItems(paths)}
}

// The target of a bookmark's handle exists: GetBookmark has looked.
func (c *call) bookmark() model.Bookmark {
	b, _ := model.BookmarkByID(c.target.id)
	return b
}

func bookmarkLayout(c *call, _ none) (any, error) {
	b := c.bookmark()
	out := c.session.app.BookmarkProperties(b)
	delete(out, "qMetaDef")
	out["qMeta"] = c.session.app.BookmarkMeta(b)
	fields := list{}
	for _, sel := range c.session.bookmarkSelections(b) {
		values := list{}
		for element, on := range sel.Selected {
			if on {
				values = append(values, object{"qText": sel.Field.Values[element].Text})
			}
		}
		fields = append(fields, object{"qDef": object{"qName": sel.Field.Name, "qType": "PRESENT"}, "qSelectInfo": object{}, "qValues": values,
			"qExcludedValues": list{}, "qAndMode": false, "qOneAndOnlyOne": false, "qLocked": false})
	}
	out["qBookmark"] = object{"qStateData": list{object{"qStateName": "$", "qFieldItems": fields}}, "qId": b.ID}
	return object{"qLayout": out}, nil
}
