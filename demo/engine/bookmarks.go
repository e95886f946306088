package engine

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
