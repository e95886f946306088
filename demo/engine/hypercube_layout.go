package engine

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// layout is the qHyperCube of a layout; resolve evaluates what belongs to the chart.
func (c *cube) layout(resolve func(any) any) object {
	out := object{
		"qSize": c.size(), "qMode": cmp.Or(c.def.Mode, "S"),
		"qDimensionInfo": c.dimensionInfos(resolve), "qMeasureInfo": c.measureInfos(resolve),
		"qEffectiveInterColumnSortOrder": c.effectiveOrder(), "qColumnOrder": orEmpty(c.def.ColumnOrder),
		"qGrandTotalRow": c.grandTotals(), "qNoOfLeftDims": len(c.dims),
		"qDataPages": []dataPage{}, "qPivotDataPages": list{}, "qStackedDataPages": list{},
	}
	switch {
	case c.failure != 0:
		out["qError"] = object{"qErrorCode": c.failure}
		out["qSize"] = object{"qcx": 0, "qcy": 0}
	case c.def.Mode == "K":
		out["qStackedDataPages"] = c.stack(c.def.Fetch)
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

// effectiveOrder is the sort order that charts are told. In a stack they read
// it as the order of the levels, which is always that of the dimensions.
func (c *cube) effectiveOrder() []int {
	if c.def.Mode != "K" {
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

func (c *cube) dimensionInfos(resolve func(any) any) list {
	infos := list{}
	for i, dim := range c.dims {
		raw := rawDef(c.raw, "qDimensions", i)
		info := copyUnknown(raw, dimensionKeys, resolve)
		info["qFallbackTitle"] = dim.title
		info["qGroupFallbackTitles"] = list{dim.title}
		info["qGrouping"] = "N"
		info["qGroupPos"] = 0
		info["qAttrExprInfo"] = attributeInfos(c.rows, i, dim.attrs)
		info["qAttrDimInfo"] = list{}
		info["qLibraryId"] = dim.def.LibraryID
		if dim.field == nil {
			info["qError"] = object{"qErrorCode": cubeInvalidDefinition}
			info["qCardinalities"] = object{}
			info["qGroupFieldDefs"] = dim.def.Def.FieldDefs
			infos = append(infos, info)
			continue
		}
		describeField(info, dim.field, c.states)
		info["qGroupFieldDefs"] = list{dim.field.name}
		info["qSortIndicator"] = sortIndicator(dim.def.Def.SortCriteria...)
		info["qCardinalities"] = object{"qCardinal": len(dim.field.values), "qHypercubeCardinal": c.distinct(i), "qAllValuesCardinal": -1}
		infos = append(infos, info)
	}
	return infos
}

// describeField adds what cubes and lists say alike about a field.
func describeField(info object, f *field, a *association) {
	glyphs, low, high := 0, "NaN", "NaN"
	info["qMin"], info["qMax"] = any(low), any(high)
	lowest, highest := 0.0, 0.0
	for i, v := range f.values {
		glyphs = max(glyphs, utf8.RuneCountInString(v.text))
		if v.isNumber() {
			if i == 0 {
				lowest, highest = v.num, v.num
			}
			lowest, highest = min(lowest, v.num), max(highest, v.num)
			info["qMin"], info["qMax"] = lowest, highest
		}
	}
	info["qApprMaxGlyphCount"] = glyphs
	info["qCardinal"] = len(f.values)
	info["qTags"] = f.tags
	info["qStateCounts"] = a.stateCounts(f)
	info["qNumFormat"] = object{"qType": "U", "qnDec": 0, "qUseThou": 0}
	info["qIsAutoFormat"] = true
	switch {
	case f.hasTag("$date"), f.hasTag("$timestamp"):
		info["qDimensionType"] = "T"
	case f.hasTag("$numeric"):
		info["qDimensionType"] = "N"
	default:
		info["qDimensionType"] = "D"
	}
}

func (c *cube) distinct(column int) int {
	seen := make(map[int32]bool)
	for _, row := range c.rows {
		seen[row.elements[column]] = true
	}
	return len(seen)
}

func (c *cube) measureInfos(resolve func(any) any) list {
	infos := list{}
	for i, m := range c.measures {
		low, high := c.extremes(i)
		info := copyUnknown(rawDef(c.raw, "qMeasures", i), measureKeys, resolve)
		info["qFallbackTitle"] = m.title
		info["qApprMaxGlyphCount"] = utf8.RuneCountInString(m.def.Def.Format.text(numberValue(high)))
		info["qCardinal"] = 0
		info["qSortIndicator"] = sortIndicator(m.def.Sort)
		info["qMin"], info["qMax"] = low, high
		info["qNumFormat"] = object{"qType": cmp.Or(m.def.Def.Format.Type, "U"), "qFmt": m.def.Def.Format.Pattern, "qnDec": 2, "qUseThou": 0,
			"qDec": cmp.Or(m.def.Def.Format.Decimal, "."), "qThou": cmp.Or(m.def.Def.Format.Thousands, ",")}
		info["qIsAutoFormat"] = m.def.Def.Format.Type == "" || m.def.Def.Format.Type == "U"
		info["qAttrExprInfo"] = attributeInfos(c.rows, len(c.dims)+i, m.attrs)
		info["qAttrDimInfo"] = list{}
		info["qTrendLines"] = list{}
		info["qLibraryId"] = m.def.LibraryID
		if m.expr == nil {
			info["qError"] = object{"qErrorCode": cubeInvalidDefinition}
		}
		infos = append(infos, info)
	}
	return infos
}

func attributeInfos(rows []cubeRow, column int, attrs []cubeAttribute) list {
	infos := list{}
	for i, attr := range attrs {
		low, high, found := 0.0, 0.0, false
		for _, row := range rows {
			if i >= len(row.attrs[column]) || !row.attrs[column][i].isNumber() {
				continue
			}
			n := row.attrs[column][i].num
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

// sortIndicator is the arrow in a table's head.
func sortIndicator(criteria ...sortCriteria) string {
	for _, by := range criteria {
		for _, direction := range []int{by.ByExpression, by.ByNumeric, by.ByASCII, by.ByLoadOrder} {
			if direction != 0 {
				return either(direction > 0, "A", "D")
			}
		}
	}
	return "N"
}

// The keys of a dimension's and a measure's qDef that the engine itself acts
// on. All others belong to the chart and are passed on to it.
var (
	dimensionKeys = map[string]bool{"qGrouping": true, "qFieldDefs": true, "qFieldLabels": true, "qSortCriterias": true,
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

// copyUnknown copies the keys that the engine does not act on.
func copyUnknown(def object, known map[string]bool, resolve func(any) any) object {
	out := object{}
	for key, v := range def {
		if !known[key] {
			out[key] = resolve(v)
		}
	}
	return out
}
