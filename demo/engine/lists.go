package engine

import (
	"fmt"
	"strings"
)

// appObjectList lists the app's objects of one type: sheets, or the one
// object of the app's own properties.
func appObjectList(ses *session, _ *genericObject, _ string, def object) any {
	kind, _ := def["qType"].(string)
	items := list{}
	for _, id := range ses.app.order {
		if ses.app.objects[id].kind != kind {
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

// listItem describes one object, with the properties the client asked for by
// path, such as "title":"/qMetaDef/title".
func (ses *session) listItem(o *genericObject, wanted any) object {
	data := object{}
	paths, _ := wanted.(object)
	for key, path := range paths {
		if text, ok := path.(string); ok {
			data[key] = ses.resolve(o, "", at(o.effective(), text))
		}
	}
	return object{"qInfo": o.info(), "qMeta": ses.metaOf(o, o.effective()), "qData": data}
}

func fieldList(ses *session, _ *genericObject, _ string, _ object) any {
	items := list{}
	for _, f := range ses.data.fields {
		items = append(items, object{
			"qName": f.name, "qCardinal": len(f.values), "qTags": f.tags, "qSrcTables": list{"Orders"},
			"qIsNumeric": f.numeric(), "qAndMode": false,
		})
	}
	return object{"qItems": items}
}

func dimensionList(ses *session, _ *genericObject, _ string, def object) any {
	return libraryList(ses.app.dimensionOrder, ses.app.dimensions, def)
}

func measureList(ses *session, _ *genericObject, _ string, def object) any {
	return libraryList(ses.app.measureOrder, ses.app.measures, def)
}

func libraryList(order []string, items map[string]libraryItem, def object) object {
	out := list{}
	paths, _ := def["qData"].(object)
	for _, id := range order {
		item := items[id]
		out = append(out, object{"qInfo": item.info(), "qMeta": item.meta(), "qData": atPaths(item.properties(), paths)})
	}
	return object{"qItems": out}
}

func emptyList(*session, *genericObject, string, object) any { return object{"qItems": list{}} }

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
		for element, on := range sel.selected {
			if on && len(names) < selectionThreshold {
				names = append(names, sel.field.values[element].text)
				info = append(info, object{"qName": sel.field.values[element].text})
			}
		}
		text := strings.Join(names, ", ")
		if sel.count > selectionThreshold {
			text = fmt.Sprintf("%d of %d", sel.count, len(sel.field.values))
		}
		if sel.count == len(sel.field.values) {
			text = "ALL"
		}
		fields = append(fields, object{
			"qField": sel.field.name, "qReadableName": sel.field.name, "qTotal": len(sel.field.values), "qSelectedCount": sel.count,
			"qSelected": text, "qSelectedFieldSelectionInfo": info, "qNotSelectedFieldSelectionInfo": list{}, "qRangeInfo": list{},
			"qSortIndex": i, "qLocked": sel.locked, "qOneAndOnlyOne": false, "qIsNum": sel.field.numeric(),
			"qSelectionThreshold": selectionThreshold, "qTextSearch": "", "qStateCounts": a.stateCounts(sel.field),
			"qDimensionType": "D",
		})
	}
	return object{"qBackCount": ses.history.backCount(), "qForwardCount": ses.history.forwardCount(), "qSelections": fields}
}
