package cube

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/model"
)

// Layout is the qHyperCube of a layout; resolve evaluates what belongs to the chart.
func (c *Cube) Layout(resolve func(any) any) model.Object {
	out := object{
		"qSize": c.size(), "qMode": cmp.Or(c.Def.Mode, "S"),
		"qDimensionInfo": c.dimensionInfos(resolve), "qMeasureInfo": c.measureInfos(resolve),
		"qEffectiveInterColumnSortOrder": c.effectiveOrder(), "qColumnOrder": orEmpty(c.Def.ColumnOrder),
		"qGrandTotalRow": c.grandTotals(), "qNoOfLeftDims": len(c.Dims),
		"qDataPages": []DataPage{}, "qPivotDataPages": list{}, "qStackedDataPages": list{},
	}
	switch {
	case c.failure != 0:
		out["qError"] = object{"qErrorCode": c.failure}
		out["qSize"] = object{"qcx": 0, "qcy": 0}
	case c.Def.Mode == "K":
		out["qStackedDataPages"] = c.Stack(c.Def.Fetch)
	default:
		out["qDataPages"] = c.initialPages()
	}
	for _, key := range []string{"qTitle", "title"} { // copied, or evaluated when they are formulas
		if v, given := c.raw[key]; given {
			out[key] = resolve(v)
		}
	}
	return out
}

// effectiveOrder is the sort order of a layout. In a stack charts read
// it as the order of the levels, which is always that of the dimensions.
func (c *Cube) effectiveOrder() []int {
	if c.Def.Mode != "K" {
		return c.order
	}
	order := slices.Clone(c.order)
	slices.Sort(order)
	return order
}

func orEmpty(ints []int) []int {
	if ints == nil {
		return []int{}
	}
	return ints
}

func (c *Cube) dimensionInfos(resolve func(any) any) list {
	infos := list{}
	for i, dim := range c.Dims {
		raw := rawDef(c.raw, "qDimensions", i)
		info := CopyUnknown(raw, DimensionKeys, resolve)
		info["qFallbackTitle"] = dim.title
		info["qGroupFallbackTitles"] = list{dim.title}
		info["qGrouping"] = "N"
		info["qGroupPos"] = 0
		info["qAttrExprInfo"] = attributeInfos(c.Rows, i, dim.attrs)
		info["qAttrDimInfo"] = list{}
		info["qLibraryId"] = dim.def.LibraryID
		if dim.Field == nil {
			info["qError"] = object{"qErrorCode": InvalidDefinition}
			info["qCardinalities"] = object{}
			info["qGroupFieldDefs"] = dim.def.Def.FieldDefs
			infos = append(infos, info)
			continue
		}
		DescribeField(info, dim.Field, c.states)
		info["qGroupFieldDefs"] = list{dim.Field.Name}
		info["qSortIndicator"] = SortIndicator(dim.def.Def.SortCriteria...)
		info["qCardinalities"] = object{"qCardinal": len(dim.Field.Values), "qHypercubeCardinal": c.distinct(i), "qAllValuesCardinal": -1}
		infos = append(infos, info)
	}
	return infos
}

// DescribeField adds what cubes and lists say alike about a field.
func DescribeField(info object, f *calc.Field, a *calc.Association) {
	glyphs, low, high := 0, "NaN", "NaN"
	info["qMin"], info["qMax"] = any(low), any(high)
	lowest, highest := 0.0, 0.0
	for i, v := range f.Values {
		glyphs = max(glyphs, utf8.RuneCountInString(v.Text))
		if v.IsNumber() {
			if i == 0 {
				lowest, highest = v.Num, v.Num
			}
			lowest, highest = min(lowest, v.Num), max(highest, v.Num)
			info["qMin"], info["qMax"] = lowest, highest
		}
	}
	info["qApprMaxGlyphCount"] = glyphs
	info["qCardinal"] = len(f.Values)
	info["qTags"] = f.Tags
	info["qStateCounts"] = a.StateCounts(f)
	info["qNumFormat"] = object{"qType": "U", "qnDec": 0, "qUseThou": 0}
	info["qIsAutoFormat"] = true
	switch {
	case f.HasTag("$date"), f.HasTag("$timestamp"):
		info["qDimensionType"] = "T"
	case f.HasTag("$numeric"):
		info["qDimensionType"] = "N"
	default:
		info["qDimensionType"] = "D"
	}
}

func (c *Cube) distinct(column int) int {
	seen := make(map[int32]bool)
	for _, row := range c.Rows {
		seen[row.Elements[column]] = true
	}
	return len(seen)
}

func (c *Cube) measureInfos(resolve func(any) any) list {
	infos := list{}
	for i, m := range c.Measures {
		low, high := c.extremes(i)
		info := CopyUnknown(rawDef(c.raw, "qMeasures", i), measureKeys, resolve)
		info["qFallbackTitle"] = m.title
		info["qApprMaxGlyphCount"] = utf8.RuneCountInString(m.def.Def.Format.Text(calc.NumberValue(high)))
		info["qCardinal"] = 0
		info["qSortIndicator"] = SortIndicator(m.def.Sort)
		info["qMin"], info["qMax"] = low, high
		info["qNumFormat"] = object{"qType": cmp.Or(m.def.Def.Format.Type, "U"), "qFmt": m.def.Def.Format.Pattern, "qnDec": 2, "qUseThou": 0,
			"qDec": cmp.Or(m.def.Def.Format.Decimal, "."), "qThou": cmp.Or(m.def.Def.Format.Thousands, ",")}
		info["qIsAutoFormat"] = m.def.Def.Format.Type == "" || m.def.Def.Format.Type == "U"
		info["qAttrExprInfo"] = attributeInfos(c.Rows, len(c.Dims)+i, m.attrs)
		info["qAttrDimInfo"] = list{}
		info["qTrendLines"] = list{}
		info["qLibraryId"] = m.def.LibraryID
		if m.expr == nil {
			info["qError"] = object{"qErrorCode": InvalidDefinition}
		}
		infos = append(infos, info)
	}
	return infos
}

func attributeInfos(rows []Row, column int, attrs []Attribute) list {
	infos := list{}
	for i, attr := range attrs {
		low, high, found := 0.0, 0.0, false
		for _, row := range rows {
			if i >= len(row.attrs[column]) || !row.attrs[column][i].IsNumber() {
				continue
			}
			n := row.attrs[column][i].Num
			if !found {
				low, high, found = n, n, true
			}
			low, high = min(low, n), max(high, n)
		}
		infos = append(infos, object{"qMin": low, "qMax": high, "qFallbackTitle": attr.label, "qContinuous": true,
			"qNumFormat": object{"qType": "U"}, "qIsAutoFormat": true})
	}
	return infos
}

// SortIndicator is the arrow in a table's head.
func SortIndicator(criteria ...sortCriteria) string {
	for _, by := range criteria {
		for _, direction := range []int{by.ByExpression, by.ByNumeric, by.ByASCII, by.ByLoadOrder} {
			if direction != 0 {
				return calc.Either(direction > 0, "A", "D")
			}
		}
	}
	return "N"
}

// The keys of a dimension's and a measure's qDef that the engine itself acts
// on. All others belong to the chart and are passed on to it.
var (
	DimensionKeys = map[string]bool{"qGrouping": true, "qFieldDefs": true, "qFieldLabels": true, "qSortCriterias": true,
		"qNumberPresentations": true, "qReverseSort": true, "qActiveField": true, "qLabelExpression": true}
	measureKeys = map[string]bool{"qLabel": true, "qDescription": true, "qTags": true, "qGrouping": true, "qDef": true, "qNumFormat": true,
		"qRelative": true, "qBrutalSum": true, "qAggrFunc": true, "qAccumulate": true, "qReverseSort": true, "qActiveExpression": true,
		"qExpressions": true, "qLabelExpression": true}
)

func rawDef(raw object, key string, i int) object {
	defs, _ := raw[key].(list)
	if i >= len(defs) {
		return nil
	}
	def, _ := defs[i].(object)
	inner, _ := def["qDef"].(object)
	return inner
}

// CopyUnknown copies the keys that the engine does not act on.
func CopyUnknown(def object, known map[string]bool, resolve func(any) any) model.Object {
	out := object{}
	for key, v := range def {
		if !known[key] {
			out[key] = resolve(v)
		}
	}
	return out
}
