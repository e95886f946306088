package engine

import (
	"fmt"
	"strings"
)

// sheet is the definition of one sheet on Qlik's usual grid.
type sheet struct {
	id, title, description string
	standing               standing
	condition              string // "0" hides the sheet; a formula begins with =
	cells                  []place
}

// place puts a chart on the grid.
type place struct {
	col, row, colspan, rowspan int
	chart                      chart
}

const (
	gridColumns = 24
	gridRows    = 12
)

// chart is the definition of one object on a sheet: its kind, what it shows by
// the ids of master items, and what differs from the defaults of its kind.
type chart struct {
	kind, id, title string
	subtitle        string
	dimensions      []string
	measures        []string
	differs         object
}

func (s sheet) childIDs() []string {
	var ids []string
	for _, c := range s.cells {
		ids = append(ids, c.chart.id)
	}
	return ids
}

func (s sheet) properties(rank int) object {
	cells := list{}
	for _, c := range s.cells {
		cells = append(cells, object{
			"name": c.chart.id, "type": c.chart.kind, "col": c.col, "row": c.row, "colspan": c.colspan, "rowspan": c.rowspan,
			"bounds": object{
				"x": percent(c.col, gridColumns), "y": percent(c.row, gridRows),
				"width": percent(c.colspan, gridColumns), "height": percent(c.rowspan, gridRows),
			},
		})
	}
	return object{
		"qInfo": object{"qId": s.id, "qType": "sheet"}, "qMetaDef": object{"title": s.title, "description": s.description},
		"rank": rank, "columns": gridColumns, "rows": gridRows, "cells": cells, "thumbnail": object{"qStaticContentUrlDef": object{}},
		"showCondition": s.showCondition(), "title": s.title, "description": s.description, "labelExpression": "", "descriptionExpression": "",
		"gridResolution": "small", "layoutOptions": object{"sheetMode": "RESPONSIVE", "extendable": false}, "groupId": "", "visible": s.condition != "0",
		"qChildListDef": object{"qData": object{"title": "/title"}},
	}
}

// showCondition is stored as apps store it: a constant as it is, a formula as
// an expression, which a client without the app's data sees as 0.
func (s sheet) showCondition() any {
	if strings.HasPrefix(s.condition, "=") {
		return object{"qStringExpression": object{"qExpr": s.condition}}
	}
	return s.condition
}

func percent(part, of int) float64 { return 100 * float64(part) / float64(of) }

// properties are the defaults of the chart's kind with its own on top.
func (c chart) properties() object {
	props := c.defaults()
	props["qInfo"] = object{"qId": c.id, "qType": c.kind}
	props["visualization"] = c.kind
	props["title"] = c.title
	props["subtitle"] = c.subtitle
	props["qMetaDef"] = object{}
	if def, ok := props["qHyperCubeDef"].(object); ok {
		def["qDimensions"] = c.dimensionDefs(first(def, "qDimensions"))
		def["qMeasures"] = c.measureDefs(first(def, "qMeasures"))
		if def["qMode"] == nil {
			def["qMode"] = "S"
		}
		def["qInterColumnSortOrder"] = c.sortOrder()
	}
	merge(props, c.differs)
	return props
}

func (c chart) defaults() object {
	if c.kind == "listbox" {
		return listBoxDefaults(c.dimensions[0])
	}
	raw, err := defaultFiles.ReadFile("defaults/" + c.kind + ".json")
	if err != nil {
		panic(fmt.Sprintf("engine: no default properties for %q", c.kind))
	}
	props, err := parseObject(raw)
	if err != nil {
		panic(fmt.Sprintf("engine: default properties of %q: %v", c.kind, err))
	}
	return props
}

// first is the pattern that the defaults give for a dimension or measure.
func first(def object, key string) object {
	patterns, _ := def[key].(list)
	if len(patterns) == 0 {
		return object{}
	}
	pattern, _ := patterns[0].(object)
	return pattern
}

func (c chart) dimensionDefs(pattern object) list {
	defs := list{}
	for i, id := range c.dimensions {
		mustKnow(masterDimensions, id)
		def, _ := deepCopy(pattern).(object)
		merge(def, object{"qLibraryId": id, "qNullSuppression": true, "qDef": object{"cId": fmt.Sprintf("%s-d%d", c.id, i), "qFieldDefs": list{}}})
		defs = append(defs, def)
	}
	return defs
}

// measureDefs refers to master measures, except where a chart shows a large
// amount: there the expression stands inline without a number format, which is
// what makes the charts abbreviate.
func (c chart) measureDefs(pattern object) list {
	defs := list{}
	for i, id := range c.measures {
		item := mustKnow(masterMeasures, id)
		def, _ := deepCopy(pattern).(object)
		inner := object{"cId": fmt.Sprintf("%s-m%d", c.id, i)}
		if item.abbreviated && c.kind != "table" {
			inner["qDef"], inner["qLabel"] = item.definition, item.title
			inner["qNumFormat"] = object{"qType": "U", "qnDec": 2, "qUseThou": 0, "qFmt": "", "qDec": ".", "qThou": ","}
		} else {
			def["qLibraryId"] = id
		}
		merge(def, object{"qDef": inner})
		defs = append(defs, def)
	}
	return defs
}

func mustKnow(items []libraryItem, id string) libraryItem {
	for _, item := range items {
		if item.id == id {
			return item
		}
	}
	panic(fmt.Sprintf("engine: no master item %q", id))
}

// sortOrder is by value for bars, pies and tables, and along the axis for lines.
func (c chart) sortOrder() list {
	columns := len(c.dimensions) + len(c.measures)
	order := list{}
	if c.kind != "linechart" && len(c.dimensions) > 0 && len(c.measures) > 0 {
		order = append(order, len(c.dimensions))
	}
	for column := range columns {
		if len(order) > 0 && order[0] == column {
			continue
		}
		order = append(order, column)
	}
	return order
}

func listBoxDefaults(dimension string) object {
	return object{
		"showTitles": true,
		"qListObjectDef": object{
			"qLibraryId": dimension, "qShowAlternatives": true, "qFrequencyMode": "NX_FREQUENCY_NONE",
			"qDef": object{"qSortCriterias": list{object{"qSortByState": 1, "qSortByNumeric": 1, "qSortByAscii": 1, "qSortByLoadOrder": 1}},
				"qReverseSort": false, "qNumberPresentations": list{}, "autoSort": true},
			"qInitialDataFetch": list{object{"qTop": 0, "qLeft": 0, "qWidth": 1, "qHeight": 100}},
		},
		"layoutOptions":    object{"dense": true, "dataLayout": "singleColumn"},
		"histogram":        false,
		"checkboxes":       false,
		"toolbar":          true,
		"searchEnabled":    true,
		"footnote":         "",
		"disclaimer":       "",
		"showDetails":      false,
		"wildCardSearch":   true,
		"interactionTypes": list{},
	}
}
