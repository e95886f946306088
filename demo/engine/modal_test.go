package engine

import (
	"slices"
	"testing"
)

// rowsOf counts the rows of a chart by its layout.
func (c *client) rowsOf(handle int) int {
	c.t.Helper()
	return num(dig(c.t, c.layout(handle), "qHyperCube", "qSize"), "qcy")
}

// selectionBar returns the selected fields and how far back and forward go.
func (c *client) selectionBar() (fields []string, back, forward int) {
	c.t.Helper()
	bar := dig(c.t, c.layout(c.create(object{"qInfo": object{"qId": "bar", "qType": "current-selections"}, "qSelectionObjectDef": object{}})), "qSelectionObject")
	for _, s := range dig(c.t, bar, "qSelections").(list) {
		fields = append(fields, dig(c.t, s, "qField").(string)+"="+dig(c.t, s, "qSelected").(string))
	}
	return fields, num(bar, "qBackCount"), num(bar, "qForwardCount")
}

func (c *client) expectBar(want []string, back, forward int) {
	c.t.Helper()
	fields, b, f := c.selectionBar()
	if !slices.Equal(fields, want) || b != back || f != forward {
		c.t.Errorf("bar shows %q, back %d, forward %d; want %q, %d, %d", fields, b, f, want, back, forward)
	}
}

func TestModalSelectionCanBeConfirmedCancelledAndUndone(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	countries, products := c.object("sales-by-country"), c.object("product-sales")
	c.layout(countries)

	begun := c.call(countries, "BeginSelections", list{"/qHyperCubeDef"})
	if !slices.Equal(begun.Change, []int{countries}) {
		t.Errorf("BeginSelections changes %v, want the chart itself", begun.Change)
	}
	picked := c.call(countries, "SelectHyperCubeCells", "/qHyperCubeDef", list{0}, list{0})
	if !slices.Contains(picked.Change, products) || !slices.Contains(picked.Change, countries) {
		t.Errorf("a selection changes %v, want all charts", picked.Change)
	}
	layout := c.layout(countries)
	if dig(t, layout, "qSelectionInfo", "qInSelections") != true || dig(t, layout, "qSelectionInfo", "qMadeSelections") != true {
		t.Errorf("selection info %v", layout["qSelectionInfo"])
	}
	if got := c.rowsOf(countries); got != 13 {
		t.Errorf("the modal chart shows %d rows: it keeps its rows until the end", got)
	}
	// The second click names rows of what the chart still shows.
	c.call(countries, "SelectHyperCubeCells", "/qHyperCubeDef", list{0, 2}, list{0})
	c.expectBar([]string{"Country=United States, France"}, 0, 0)
	c.call(countries, "EndSelections", false)
	c.expectBar(nil, 0, 0)
	if info := c.layout(countries)["qSelectionInfo"].(object); len(info) != 0 {
		t.Errorf("still modal after a cancel: %v", info)
	}

	c.call(countries, "BeginSelections", list{"/qHyperCubeDef"})
	c.call(countries, "SelectHyperCubeValues", "/qHyperCubeDef", 0, list{1}, true)
	c.call(countries, "SelectHyperCubeValues", "/qHyperCubeDef", 0, list{2}, true)
	c.call(countries, "EndSelections", true)
	two, _, _ := c.selectionBar()
	c.expectBar(two, 1, 0)
	if got := c.rowsOf(countries); got != 2 {
		t.Errorf("%d rows after the confirmation, want 2", got)
	}
	c.call(c.doc, "Back")
	c.expectBar(nil, 0, 1)
	c.call(c.doc, "Forward")
	c.expectBar(two, 1, 0)
	c.call(c.doc, "ClearAll", false)
	c.expectBar(nil, 2, 0)
}

func TestResetTakesBackWhatWasMadeAndStaysModal(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	chart := c.object("sales-by-country")
	c.call(chart, "BeginSelections", list{"/qHyperCubeDef"})
	c.call(chart, "SelectHyperCubeValues", "/qHyperCubeDef", 0, list{1}, false)
	c.call(chart, "ResetMadeSelections")
	info := dig(t, c.layout(chart), "qSelectionInfo").(object)
	if info["qInSelections"] != true || info["qMadeSelections"] != nil {
		t.Errorf("selection info %v", info)
	}
	c.call(chart, "EndSelections", true)
	c.expectBar(nil, 0, 0)
}

func TestOnlyOneObjectIsModal(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	first, second := c.object("sales-by-country"), c.object("sales-by-category")
	c.call(first, "BeginSelections", list{"/qHyperCubeDef"})
	c.call(first, "SelectHyperCubeValues", "/qHyperCubeDef", 0, list{1}, false)
	if code := c.refused(second, "BeginSelections", list{"/qHyperCubeDef"}); code != codeModal {
		t.Errorf("code %d", code)
	}
	if code := c.refused(second, "SelectHyperCubeValues", "/qHyperCubeDef", 0, list{1}, false); code != codeModal {
		t.Errorf("code %d", code)
	}
	c.call(c.doc, "AbortModal", true) // what the client does then
	c.call(second, "BeginSelections", list{"/qHyperCubeDef"})
	if _, back, _ := c.selectionBar(); back != 1 {
		t.Errorf("AbortModal(true) left %d steps", back)
	}
}

func TestListBoxSelectsSearchesAndClears(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	box := c.object("sales-region")
	texts := func() (out []string) {
		f := c.call(box, "GetListObjectData", "/qListObjectDef", list{object{"qTop": 0, "qLeft": 0, "qWidth": 1, "qHeight": 100}})
		for _, row := range dig(t, decode(t, f), "qDataPages", 0, "qMatrix").(list) {
			out = append(out, dig(t, row, 0, "qText").(string)+" "+dig(t, row, 0, "qState").(string))
		}
		return out
	}
	expect := func(want ...string) {
		t.Helper()
		if got := texts(); !slices.Equal(got, want) {
			t.Errorf("list shows %q, want %q", got, want)
		}
	}
	expect("Asia Pacific O", "Europe O", "Latin America O", "North America O")
	c.call(box, "SearchListObjectFor", "/qListObjectDef", "america*")
	expect()
	c.call(box, "SearchListObjectFor", "/qListObjectDef", "*america")
	expect("Latin America O", "North America O")
	c.call(box, "AcceptListObjectSearch", "/qListObjectDef", true, false)
	expect("Latin America S", "North America S", "Asia Pacific A", "Europe A") // selected first
	c.call(box, "SelectListObjectAlternative", "/qListObjectDef")
	expect("Asia Pacific S", "Europe S", "Latin America A", "North America A")
	c.call(box, "SelectListObjectAll", "/qListObjectDef")
	c.expectBar([]string{"Region=ALL"}, 3, 0)
	c.call(box, "SearchListObjectFor", "/qListObjectDef", "eur")
	c.call(box, "AbortListObjectSearch", "/qListObjectDef")
	if n := len(texts()); n != 4 {
		t.Errorf("%d rows after the search was given up", n)
	}
	c.call(box, "ClearSelections", "/qListObjectDef")
	c.expectBar(nil, 4, 0)
}

func TestRangesSelectTheRowsWithinThem(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	chart := c.object("sales-by-country")
	rows := dig(t, c.layout(chart), "qHyperCube", "qDataPages", 0, "qMatrix").(list)
	third := dig(t, rows, 2, 1, "qNum").(float64)
	c.call(chart, "RangeSelectHyperCubeValues", "/qHyperCubeDef", list{object{"qRange": object{"qMin": third, "qMax": 1e12}, "qMeasureIx": 0}}, list{}, false)
	if got := c.rowsOf(chart); got != 3 {
		t.Errorf("%d countries from the third largest on", got)
	}
	f := c.call(chart, "RangeSelectHyperCubeValues", "/qHyperCubeDef", list{object{"qRange": object{"qMin": 1e12, "qMax": 1e13}, "qMeasureIx": 0}}, list{}, false)
	if dig(t, decode(t, f), "qSuccess") != false {
		t.Error("an empty range was a success")
	}
	if code := c.refused(chart, "RangeSelectHyperCubeValues", "/qHyperCubeDef", list{object{"qMeasureIx": 7}}); code != codeInvalidParams {
		t.Errorf("measure 7: code %d", code)
	}
}

func TestFieldsSelectLockAndClear(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	field := func(name string) int { return handleIn(t, c.call(c.doc, "GetField", name, "$")) }
	region, year := field("Region"), field("Year")
	c.call(region, "Select", "*america", false, 0)
	c.call(year, "SelectValues", list{object{"qIsNumeric": true, "qNumber": 2025}}, false, false)
	c.expectBar([]string{"Region=North America, Latin America", "Year=2025"}, 2, 0)
	c.call(region, "Lock")
	if dig(t, decode(t, c.call(region, "Clear")), "qReturn") != false {
		t.Error("a locked field was cleared")
	}
	c.call(c.doc, "ClearAll", false)
	c.expectBar([]string{"Region=North America, Latin America"}, 4, 0)
	c.call(region, "Unlock")
	c.call(region, "Clear")
	c.expectBar(nil, 6, 0)
	if dig(t, decode(t, c.call(year, "Select", "1999", false, 0)), "qReturn") != false {
		t.Error("a value that does not exist was selected")
	}
}
