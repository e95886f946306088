package engine

import (
	"slices"
	"strconv"
	"strings"

	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/cube"
)

// listDef is a qListObjectDef as far as the engine acts on it.
type listDef struct {
	cube.DimensionDef
	Frequency string      `json:"qFrequencyMode"`
	Fetch     []cube.Page `json:"qInitialDataFetch"`
	AutoSort  struct {
		Display int `json:"qDisplayNumberOfRows"`
	} `json:"qAutoSortByState"`

	field *calc.Field
	title string
}

func (ses *session) listDefinition(def object) (listDef, error) {
	var l listDef
	if err := cube.Recast(def, &l); err != nil {
		return l, &rpcError{codeInternal, "qListObjectDef", err.Error()}
	}
	f, title, err := ses.source().ResolveDimension(&l.DimensionDef)
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
	elements := cube.SortedElements(ses.source(), l.field, l.Def.SortCriteria, ses.association())
	return o.searched(path, elements)
}

func listObjectLayout(ses *session, o *genericObject, path string, def object) any {
	l, err := ses.listDefinition(def)
	if err != nil {
		return object{
			"qSize": object{"qcx": 1, "qcy": 0}, "qDataPages": list{}, "qError": object{"qErrorCode": cube.InvalidDefinition},
			"qDimensionInfo": object{"qFallbackTitle": "", "qError": object{"qErrorCode": cube.InvalidDefinition}, "qStateCounts": object{},
				"qGroupFieldDefs": l.Def.FieldDefs, "qTags": list{}, "qCardinalities": object{}},
		}
	}
	rows := ses.listRows(o, path, l)
	inner, _ := def["qDef"].(object)
	info := cube.CopyUnknown(inner, cube.DimensionKeys, func(v any) any { return ses.resolve(o, "", v) })
	info["qFallbackTitle"] = l.title
	info["qGroupFallbackTitles"] = list{l.title}
	info["qGroupFieldDefs"] = list{l.field.Name}
	info["qGrouping"] = "N"
	info["qGroupPos"] = 0
	info["qLibraryId"] = l.LibraryID
	info["qAttrExprInfo"], info["qAttrDimInfo"] = list{}, list{}
	info["qSortIndicator"] = cube.SortIndicator(l.Def.SortCriteria...)
	cube.DescribeField(info, l.field, ses.association())
	info["qCardinalities"] = object{"qCardinal": len(l.field.Values), "qHypercubeCardinal": len(rows), "qAllValuesCardinal": -1}
	info["qLocked"] = ses.history.current().Locked(l.field)
	return object{
		"qSize":          object{"qcx": 1, "qcy": len(rows)},
		"qDimensionInfo": info,
		"qDataPages":     ses.listPages(o, path, l, l.Fetch),
		"qExpressions":   list{},
	}
}

// listPages cuts pages out of a list. The width of a list is 1.
func (ses *session) listPages(o *genericObject, path string, l listDef, requested []cube.Page) []cube.DataPage {
	rows := ses.listRows(o, path, l)
	states := ses.association().State(l.field)
	var counts []int
	if l.Frequency != "" && l.Frequency != "NX_FREQUENCY_NONE" && l.Frequency != "N" {
		counts = cube.Frequencies(l.field, ses.association())
	}
	out := make([]cube.DataPage, 0, len(requested))
	for _, p := range requested {
		p = p.Clip(1, len(rows))
		p.Height = min(p.Height, cube.MaxCells)
		matrix := make([][]cube.Cell, 0, p.Height)
		if p.Width > 0 {
			for _, element := range rows[p.Top : p.Top+p.Height] {
				v := l.field.Values[element]
				entry := cube.Cell{Text: v.Text, Num: cube.JSONNumber(v.Num), Element: element, State: states[element]}
				if counts != nil {
					entry.Freq = strconv.Itoa(counts[element])
				}
				matrix = append(matrix, []cube.Cell{entry})
			}
		}
		out = append(out, cube.DataPage{Matrix: matrix, Tails: []object{}, Area: p})
	}
	return out
}
