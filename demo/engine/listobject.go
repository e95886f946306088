package engine

import (
	"slices"
	"strconv"
	"strings"
)

// listDef is a qListObjectDef as far as the engine acts on it.
type listDef struct {
	dimensionDef
	Frequency string `json:"qFrequencyMode"`
	Fetch     []page `json:"qInitialDataFetch"`
	AutoSort  struct {
		Display int `json:"qDisplayNumberOfRows"`
	} `json:"qAutoSortByState"`

	field *field
	title string
}

func (ses *session) listDefinition(def object) (listDef, error) {
	var l listDef
	if err := recast(def, &l); err != nil {
		return l, &rpcError{codeInternal, "qListObjectDef", err.Error()}
	}
	f, title, err := ses.source().resolveDimension(&l.dimensionDef)
	if err != nil {
		return l, &rpcError{codeNotFound, "qListObjectDef", err.Error()}
	}
	l.field, l.title = f, title
	return l, nil
}

// searched keeps of the elements those an open search has found; without a
// search all of them.
func (o *genericObject) searched(path string, elements []int) []int {
	hits, open := o.hits[listKey(path)]
	if !open {
		return elements
	}
	return slices.DeleteFunc(elements, func(e int) bool { return !slices.Contains(hits, e) })
}

// listKey makes /qListObject and /qListObjectDef the same.
func listKey(path string) string {
	return strings.TrimSuffix(strings.Trim(path, "/"), "Def")
}

// listRows are the elements of a list object in the order of the list.
func (ses *session) listRows(o *genericObject, path string, l listDef) []int {
	elements := sortedElements(ses.source(), l.field, l.Def.SortCriteria, ses.association())
	return o.searched(path, elements)
}

func listObjectLayout(ses *session, o *genericObject, path string, def object) any {
	l, err := ses.listDefinition(def)
	if err != nil {
		return object{
			"qSize": object{"qcx": 1, "qcy": 0}, "qDataPages": list{}, "qError": object{"qErrorCode": cubeInvalidDefinition},
			"qDimensionInfo": object{"qFallbackTitle": "", "qError": object{"qErrorCode": cubeInvalidDefinition}, "qStateCounts": object{},
				"qGroupFieldDefs": l.Def.FieldDefs, "qTags": list{}, "qCardinalities": object{}},
		}
	}
	rows := ses.listRows(o, path, l)
	inner, _ := def["qDef"].(object)
	info := copyUnknown(inner, dimensionKeys, func(v any) any { return ses.resolve(o, "", v) })
	info["qFallbackTitle"] = l.title
	info["qGroupFallbackTitles"] = list{l.title}
	info["qGroupFieldDefs"] = list{l.field.name}
	info["qGrouping"] = "N"
	info["qGroupPos"] = 0
	info["qLibraryId"] = l.LibraryID
	info["qAttrExprInfo"], info["qAttrDimInfo"] = list{}, list{}
	info["qSortIndicator"] = sortIndicator(l.Def.SortCriteria...)
	describeField(info, l.field, ses.association())
	info["qCardinalities"] = object{"qCardinal": len(l.field.values), "qHypercubeCardinal": len(rows), "qAllValuesCardinal": -1}
	info["qLocked"] = ses.history.current().locked(l.field)
	return object{
		"qSize":          object{"qcx": 1, "qcy": len(rows)},
		"qDimensionInfo": info,
		"qDataPages":     ses.listPages(o, path, l, l.Fetch),
		"qExpressions":   list{},
	}
}

// listPages cuts pages out of a list. The width of a list is 1.
func (ses *session) listPages(o *genericObject, path string, l listDef, requested []page) []dataPage {
	rows := ses.listRows(o, path, l)
	states := ses.association().state(l.field)
	var counts []int
	if l.Frequency != "" && l.Frequency != "NX_FREQUENCY_NONE" && l.Frequency != "N" {
		counts = frequencies(l.field, ses.association())
	}
	out := make([]dataPage, 0, len(requested))
	for _, p := range requested {
		p = p.clip(1, len(rows))
		p.Height = min(p.Height, maxCells)
		matrix := make([][]cell, 0, p.Height)
		if p.Width > 0 {
			for _, element := range rows[p.Top : p.Top+p.Height] {
				v := l.field.values[element]
				entry := cell{Text: v.text, Num: jsonNumber(v.num), Element: element, State: states[element]}
				if counts != nil {
					entry.Freq = strconv.Itoa(counts[element])
				}
				matrix = append(matrix, []cell{entry})
			}
		}
		out = append(out, dataPage{Matrix: matrix, Tails: []object{}, Area: p})
	}
	return out
}
