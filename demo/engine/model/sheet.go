package model

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

// The grid of a sheet.
const (
	GridColumns = 24 // of a sheet
	GridRows    = 12 // of a sheet
)

// chart is the definition of one object on a sheet: its kind, what it shows by
// the ids of master items, and what differs from the defaults of its kind.
type chart struct {
	kind, id, title string
	subtitle        string
	dimensions      []string
	measures        []string
	differs         Object
}

func (s sheet) childIDs() []string {
	var ids []string
	for _, c := range s.cells {
		ids = append(ids, c.chart.id)
	}
	return ids
}

func (s sheet) properties(rank int) Object {
	cells := List{}
	for _, c := range s.cells {
		cells = append(cells, Object{
			"name": c.chart.id, "type": c.chart.kind, "col": c.col, "row": c.row, "colspan": c.colspan, "rowspan": c.rowspan,
			"bounds": Object{
				"x": percent(c.col, GridColumns), "y": percent(c.row, GridRows),
				"width": percent(c.colspan, GridColumns), "height": percent(c.rowspan, GridRows),
			},
		})
	}
	return Object{
		"qInfo": Object{"qId": s.id, "qType": "sheet"}, "qMetaDef": Object{"title": s.title, "description": s.description},
		"rank": rank, "columns": GridColumns, "rows": GridRows, "cells": cells, "thumbnail": Object{"qStaticContentUrlDef": Object{}},
		"showCondition": s.showCondition(), "title": s.title, "description": s.description, "labelExpression": "", "descriptionExpression": "",
		"gridResolution": "small", "layoutOptions": Object{"sheetMode": "RESPONSIVE", "extendable": false}, "groupId": "", "visible": s.condition != "0",
		"qChildListDef": Object{"qData": Object{"title": "/title"}},
	}
}

// showCondition is stored as apps store it: a constant as it is, a formula as
// an expression, which a client without the app's data sees as 0.
func (s sheet) showCondition() any {
	if strings.HasPrefix(s.condition, "=") {
		return Object{"qStringExpression": Object{"qExpr": s.condition}}
	}
	return s.condition
}

func percent(part, of int) float64 { return 100 * float64(part) / float64(of) }

// properties are the defaults of the chart's kind with its own on top.
func (c chart) properties() Object {
	props := c.defaults()
	props["qInfo"] = Object{"qId": c.id, "qType": c.kind}
	props["visualization"] = c.kind
	props["title"] = c.title
	props["subtitle"] = c.subtitle
	props["qMetaDef"] = Object{}
	if def, ok := props["qHyperCubeDef"].(Object); ok {
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

func (c chart) defaults() Object {
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
func first(def Object, key string) Object {
	patterns, _ := def[key].(List)
	if len(patterns) == 0 {
		return Object{}
	}
	pattern, _ := patterns[0].(Object)
	return pattern
}

func (c chart) dimensionDefs(pattern Object) List {
	defs := List{}
	for i, id := range c.dimensions {
		mustKnow(masterDimensions, id)
		def, _ := DeepCopy(pattern).(Object)
		merge(def, Object{"qLibraryId": id, "qNullSuppression": true, "qDef": Object{"cId": fmt.Sprintf("%s-d%d", c.id, i), "qFieldDefs": List{}}})
		defs = append(defs, def)
	}
	return defs
}

// measureDefs refers to master measures, except where a chart shows a large
// amount: there the expression stands inline without a number format, which is
// what makes the charts abbreviate.
func (c chart) measureDefs(pattern Object) List {
	defs := List{}
	for i, id := range c.measures {
		item := mustKnow(masterMeasures, id)
		def, _ := DeepCopy(pattern).(Object)
		inner := Object{"cId": fmt.Sprintf("%s-m%d", c.id, i)}
		if item.abbreviated && c.kind != "table" {
			inner["qDef"], inner["qLabel"] = item.Definition, item.Title
			inner["qNumFormat"] = Object{"qType": "U", "qnDec": 2, "qUseThou": 0, "qFmt": "", "qDec": ".", "qThou": ","}
		} else {
			def["qLibraryId"] = id
		}
		merge(def, Object{"qDef": inner})
		defs = append(defs, def)
	}
	return defs
}

func mustKnow(items []LibraryItem, id string) LibraryItem {
	for _, item := range items {
		if item.ID == id {
			return item
		}
	}
	panic(fmt.Sprintf("engine: no master item %q", id))
}

// sortOrder is by value for bars, pies and tables, and along the axis for lines.
func (c chart) sortOrder() List {
	columns := len(c.dimensions) + len(c.measures)
	order := List{}
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

func listBoxDefaults(dimension string) Object {
	return Object{
		"showTitles": true,
		"qListObjectDef": Object{
			"qLibraryId": dimension, "qShowAlternatives": true, "qFrequencyMode": "NX_FREQUENCY_NONE",
			"qDef": Object{"qSortCriterias": List{Object{"qSortByState": 1, "qSortByNumeric": 1, "qSortByAscii": 1, "qSortByLoadOrder": 1}},
				"qReverseSort": false, "qNumberPresentations": List{}, "autoSort": true},
			"qInitialDataFetch": List{Object{"qTop": 0, "qLeft": 0, "qWidth": 1, "qHeight": 100}},
		},
		"layoutOptions":    Object{"dense": true, "dataLayout": "singleColumn"},
		"histogram":        false,
		"checkboxes":       false,
		"toolbar":          true,
		"searchEnabled":    true,
		"footnote":         "",
		"disclaimer":       "",
		"showDetails":      false,
		"wildCardSearch":   true,
		"interactionTypes": List{},
	}
}
