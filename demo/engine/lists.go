package engine

import (
	"fmt"
	"strings"

	"vitrine/demo/engine/model"
)

// appObjectList lists the app's objects of one type: sheets, or the one
// object of the app's own properties.
func appObjectList(ses *session, _ *genericObject, _ string, def object) any {
	kind, _ := def["qType"].(string)
	items := list{}
	for _, id := range ses.app.Order {
		if ses.app.Objects[id].Kind != kind {
			continue
		}
		o, err := ses.object(id)
		if err != nil {
			continue
		}
		items = append(items, ses.listItem(o, def["qData"]))
	}
	return object{"qItems": items}
}

func childList(ses *session, o *genericObject, _ string, def object) any {
	items := list{}
	for _, id := range o.children {
		if child, err := ses.object(id); err == nil {
			items = append(items, ses.listItem(child, def["qData"]))
		}
	}
	return object{"qItems": items}
}

// listItem describes one object, with the properties that the client names by
// path, such as "title":"/qMetaDef/title".
func (ses *session) listItem(o *genericObject, wanted any) object {
	data := object{}
	paths, _ := wanted.(object)
	for key, path := range paths {
		if text, ok := path.(string); ok {
			data[key] = ses.resolve(o, "", model.At(o.effective(), text))
		}
	}
	return object{"qInfo": o.info(), "qMeta": ses.metaOf(o, o.effective()), "qData": data}
}

func fieldList(ses *session, _ *genericObject, _ string, _ object) any {
	items := list{}
	for _, f := range ses.data.Fields {
		items = append(items, object{
			"qName": f.Name, "qCardinal": len(f.Values), "qTags": f.Tags, "qSrcTables": list{"Orders"},
			"qIsNumeric": f.Numeric(), "qAndMode": false,
		})
	}
	return object{"qItems": items}
}

func dimensionList(ses *session, _ *genericObject, _ string, def object) any {
	return libraryList(ses.app.DimensionOrder, ses.app.Dimensions, def)
}

func measureList(ses *session, _ *genericObject, _ string, def object) any {
	return libraryList(ses.app.MeasureOrder, ses.app.Measures, def)
}

func libraryList(order []string, items map[string]model.LibraryItem, def object) object {
	out := list{}
	paths, _ := def["qData"].(object)
	for _, id := range order {
		item := items[id]
		out = append(out, object{"qInfo": item.Info(), "qMeta": item.Meta(), "qData": model.AtPaths(item.Properties(), paths)})
	}
	return object{"qItems": out}
}

func emptyList(*session, *genericObject, string, object) any {
	return object{"qItems": list{}}
}

func undoInfo(ses *session, _ *genericObject, _ string, _ object) any {
	return object{"qUndoCount": ses.history.backCount(), "qRedoCount": ses.history.forwardCount()}
}

// selectionThreshold is up to how many values the selection bar names.
const selectionThreshold = 6

// selectionObject is what the selection bar shows.
func selectionObject(ses *session, _ *genericObject, _ string, _ object) any {
	fields := list{}
	a := ses.association()
	for i, sel := range ses.history.current() {
		var names []string
		info := list{}
		for element, on := range sel.Selected {
			if on && len(names) < selectionThreshold {
				names = append(names, sel.Field.Values[element].Text)
				info = append(info, object{"qName": sel.Field.Values[element].Text})
			}
		}
		text := strings.Join(names, ", ")
		if sel.Count > selectionThreshold {
			text = fmt.Sprintf("%d of %d", sel.Count, len(sel.Field.Values))
		}
		if sel.Count == len(sel.Field.Values) {
			text = "ALL"
		}
		fields = append(fields, object{
			"qField": sel.Field.Name, "qReadableName": sel.Field.Name, "qTotal": len(sel.Field.Values), "qSelectedCount": sel.Count,
			"qSelected": text, "qSelectedFieldSelectionInfo": info, "qNotSelectedFieldSelectionInfo": list{}, "qRangeInfo": list{},
			"qSortIndex": i, "qLocked": sel.Locked, "qOneAndOnlyOne": false, "qIsNum": sel.Field.Numeric(),
			"qSelectionThreshold": selectionThreshold, "qTextSearch": "", "qStateCounts": a.StateCounts(sel.Field),
			"qDimensionType": "D",
		})
	}
	return object{"qBackCount": ses.history.backCount(), "qForwardCount": ses.history.forwardCount(), "qSelections": fields}
}
