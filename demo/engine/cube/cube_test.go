package cube

import (
	"fmt"
	"math"
	"testing"

	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/calc/calctest"
	"vitrine/demo/engine/model"
)

func dims(fields ...string) list {
	out := list{}
	for _, f := range fields {
		out = append(out, object{"qDef": object{"qFieldDefs": list{f}, "cId": "c-" + f}})
	}
	return out
}

func measures(exprs ...string) list {
	out := list{}
	for _, e := range exprs {
		out = append(out, object{"qDef": object{"qDef": e}, "qSortBy": object{"qSortByNumeric": -1}})
	}
	return out
}

// Cubes of two dimensions and several measures under selections, against a
// plain loop over the rows.
func TestCubesAgreeWithAPlainLoop(t *testing.T) {
	d := model.Data()
	src := newSource(d, calctest.Choosing(d, "Year", "2025", "2026"), calctest.Choosing(d, "Region", "Europe"))
	c := New(src, object{"qDimensions": dims("Country", "Category"),
		"qMeasures": measures("Sum(Sales)", "Count(distinct Customer)", "Avg(Quantity)", "Max(Discount)-Min(Discount)", "Sum({1} Sales)")}, src.States)

	type sums struct {
		sales, everywhere, quantity, rows, least, most float64
		customers                                      map[string]bool
	}
	want := map[string]*sums{}
	year, region := d.Field("Year"), d.Field("Region")
	for row := range int32(d.Rows) {
		key := d.Field("Country").At(row).Text + "/" + d.Field("Category").At(row).Text
		s := want[key]
		if s == nil {
			s = &sums{customers: map[string]bool{}, least: math.Inf(1), most: math.Inf(-1)}
			want[key] = s
		}
		s.everywhere += d.Field("Sales").At(row).Num
		if year.At(row).Num < 2025 || region.At(row).Text != "Europe" {
			continue
		}
		s.sales += d.Field("Sales").At(row).Num
		s.quantity += d.Field("Quantity").At(row).Num
		s.rows++
		s.customers[d.Field("Customer").At(row).Text] = true
		s.least = math.Min(s.least, d.Field("Discount").At(row).Num)
		s.most = math.Max(s.most, d.Field("Discount").At(row).Num)
	}
	if len(c.Rows) != len(want) {
		t.Fatalf("%d rows, want %d: set analysis brings in the other countries", len(c.Rows), len(want))
	}
	for _, row := range c.Rows {
		key := d.Field("Country").Values[row.Elements[0]].Text + "/" + d.Field("Category").Values[row.Elements[1]].Text
		w := want[key]
		for m, n := range []float64{w.sales, float64(len(w.customers)), w.quantity / w.rows, w.most - w.least, w.everywhere} {
			got := row.Measures[m].Num
			if math.Abs(got-n) > 1e-6 && !(math.IsNaN(got) && w.rows == 0) {
				t.Errorf("%s measure %d = %v, want %v", key, m, got, n)
			}
		}
	}
}

func newSource(d *calc.Dataset, chosen ...calc.FieldSelection) Source {
	return Source{d, model.NewApp(model.AppInfo{Template: "sales"}), calc.Associate(d, chosen)}
}

func layoutOf(src Source, def object) object {
	return New(src, def, src.States).Layout(func(v any) any { return v })
}

func columnText(c *Cube, i int) string {
	text := ""
	for _, row := range c.page(Page{0, 0, 100, 100}.Clip(c.columns(), len(c.Rows))).Matrix {
		text += row[i].Text + " "
	}
	return text
}

func TestCubesAreSorted(t *testing.T) {
	src := newSource(calctest.SmallData())
	by := func(criteria object) list {
		return list{object{"qDef": object{"qFieldDefs": list{"Customer Name"}, "qSortCriterias": list{criteria}}}}
	}
	for _, tt := range []struct {
		name  string
		dims  list
		order list
		want  string
	}{
		{"load order", by(object{}), list{0, 1}, "Ann Bob Cid "},
		{"by name, descending", by(object{"qSortByAscii": -1}), list{0, 1}, "Cid Bob Ann "},
		{"by frequency, descending", by(object{"qSortByFrequency": -1, "qSortByAscii": -1}), list{0, 1}, "Ann Cid Bob "},
		{"by expression", by(object{"qSortByExpression": 1, "qExpression": object{"qv": "Max(Sales)"}}), list{0, 1}, "Ann Cid Bob "},
		{"by value", by(object{"qSortByAscii": 1}), list{1, 0}, "Bob Cid Ann "},
	} {
		c := New(src, object{"qDimensions": tt.dims, "qMeasures": measures("Sum(Sales)"), "qInterColumnSortOrder": tt.order}, src.States)
		if got := columnText(c, 0); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestTotalsAndExtremes(t *testing.T) {
	src := newSource(calctest.SmallData())
	cube := layoutOf(src, object{"qDimensions": dims("Region"), "qMeasures": measures("Avg(Sales)", "Sum(Sales)/Sum(total Sales)")})
	if got := cube["qGrandTotalRow"].([]Cell)[0].Text; got != "15" {
		t.Errorf("the total of an average is %s: it must be the average of all rows", got)
	}
	shares := New(src, object{"qDimensions": dims("Region"), "qMeasures": measures("Sum(Sales)/Sum(total Sales)")}, src.States)
	if got := shares.Rows[0].Measures[0].Num; math.Abs(got-40.0/60) > 1e-9 {
		t.Errorf("share of the total is %v", got)
	}
	if info := cube["qMeasureInfo"].(list)[0].(object); info["qMin"] != 10.0 || info["qMax"] != 20.0 {
		t.Errorf("extremes %v to %v", info["qMin"], info["qMax"])
	}
	if info := cube["qDimensionInfo"].(list)[0].(object); info["cId"] != "c-Region" {
		t.Errorf("the chart's own keys are lost: %v", info)
	}
}

func TestInvalidDefinitionsAreErrorsInTheLayout(t *testing.T) {
	src := newSource(calctest.SmallData())
	if cube := layoutOf(src, object{"qDimensions": dims("Nope"), "qMeasures": measures("Sum(Sales)")}); cube["qError"] == nil {
		t.Error("an unknown dimension is no error")
	}
	cube := layoutOf(src, object{"qDimensions": dims("Region"), "qMeasures": measures("Median(Sales)", "Sum(Sales)"), "qInitialDataFetch": list{object{"qWidth": 9, "qHeight": 9}}})
	if cube["qMeasureInfo"].(list)[0].(object)["qError"] == nil {
		t.Error("an unknown function is no error")
	}
	if got := cube["qDataPages"].([]DataPage)[0].Matrix[0]; got[1].Text != "-" || got[2].Text != "40" && got[2].Text != "20" {
		t.Errorf("a wrong measure spoils the others: %+v", got)
	}
	if cube := layoutOf(src, object{"qDimensions": "nonsense"}); cube["qError"] == nil {
		t.Error("a malformed cube is no error")
	}
	failed := layoutOf(src, object{"qDimensions": dims("Region"), "qCalcCondition": object{"qv": "Count(distinct Region)=1"}})
	if failed["qError"].(object)["qErrorCode"] != conditionFailed {
		t.Errorf("calculation condition: %v", failed["qError"])
	}
}

func TestLargestSlicesStayAndTheRestIsOthers(t *testing.T) {
	src := newSource(calctest.SmallData())
	def := object{"qDef": object{"qFieldDefs": list{"Customer Name"}}, "qOtherTotalSpec": object{"qOtherMode": "OTHER_COUNTED", "qOtherCounted": object{"qv": "1"}}}
	c := New(src, object{"qDimensions": list{def}, "qMeasures": measures("Sum(Sales)"), "qInterColumnSortOrder": list{1, 0}}, src.States)
	if got := columnText(c, 0) + columnText(c, 1); got != "Bob Others 30 30 " {
		t.Errorf("rows: %q", got)
	}
	if got := c.cell(c.Rows[1], 0).Element; got != elementOthers {
		t.Errorf("element of others: %d", got)
	}
}

func TestStacksHoldWhatTheRowsHold(t *testing.T) {
	src := newSource(calctest.SmallData())
	c := New(src, object{"qMode": "K", "qDimensions": dims("Region", "Year"), "qMeasures": measures("Sum(Sales)")}, src.States)
	pages := c.Stack([]Page{{Height: 500, Width: 17}})
	text := ""
	for _, n := range pages[0].Data[0].Sub {
		text += fmt.Sprintf("%s(%v,%v)", n.Text, n.MaxPos, n.MinNeg)
		for _, inner := range n.Sub {
			text += " " + inner.Text + "=" + inner.Sub[0].Text
		}
		text += ";"
	}
	if want := "North(40,0) 2025=10 2026=30;South(20,0) 2026=20;"; text != want {
		t.Errorf("stack %q, want %q", text, want)
	}
	if pages[0].Area.Height != 2 || c.size()["qcy"] != 2 {
		t.Errorf("area %+v, size %v: heights count the first dimension's nodes", pages[0].Area, c.size())
	}
	second := c.Stack([]Page{{Top: 1, Height: 1, Width: 9}})[0].Data[0]
	if second.Up != 1 || second.Down != 0 || second.Sub[0].Text != "South" || second.Sub[0].Row != 1 {
		t.Errorf("second page: %+v", second)
	}
}

func TestSummedStacksSpanTheAxis(t *testing.T) {
	src := newSource(calctest.SmallData())
	c := New(src, object{"qMode": "K", "qDimensions": dims("Region", "Customer Name"), "qMeasures": measures("Sum(Sales)")}, src.States)
	text := func(p DataPage) (out string) {
		for _, row := range p.Matrix {
			out += row[0].Text + " " + row[1].Text + " " + row[2].Text + ";"
		}
		return out
	}
	if got := text(c.SummedStacks(Page{Left: 1, Width: 4, Height: 2000})); got != "North 40 0;South 25 -5;" {
		t.Errorf("stacks %q", got)
	}
	if got := text(c.SummedStacks(Page{Left: 1, Width: 4, Height: 1})); got != "North 40 -5;" {
		t.Errorf("extent %q", got)
	}
}

// A stack sorted by its totals: the levels stay those of the dimensions, and
// every stack is layered alike.
func TestSortingAStackMovesWholeStacks(t *testing.T) {
	src := newSource(calctest.SmallData())
	def := object{"qMode": "K", "qDimensions": dims("Customer Name", "Year"), "qMeasures": measures("Sum(Sales)"), "qInterColumnSortOrder": list{2, 0, 1}}
	c := New(src, def, src.States)
	text := ""
	for _, n := range c.Stack([]Page{{Height: 9, Width: 9}})[0].Data[0].Sub {
		text += n.Text + ":"
		for _, inner := range n.Sub {
			text += " " + inner.Text
		}
		text += ";"
	}
	if want := "Bob: 2026;Cid: 2026;Ann: 2025 2026;"; text != want {
		t.Errorf("stacks %q, want %q", text, want)
	}
	if order := fmt.Sprint(layoutOf(src, def)["qEffectiveInterColumnSortOrder"]); order != "[0 1 2]" {
		t.Errorf("effective order %s", order)
	}
}

func TestPagesAreCutAndBounded(t *testing.T) {
	src := newSource(model.Data())
	c := New(src, object{"qDimensions": dims("Order Number"), "qMeasures": measures("Sum(Sales)"),
		"qInitialDataFetch": list{object{"qWidth": 50, "qHeight": 100000}}}, src.States)
	if _, err := c.Pages([]Page{{Width: 2, Height: 10000}}); err == nil {
		t.Error("20,000 cells came in one page")
	}
	pages, err := c.Pages([]Page{{Top: 9990, Width: 50, Height: 500}, {Top: -5, Left: -1, Width: -1, Height: 3}, {Top: math.MaxInt32, Width: 1, Height: 1}})
	if err != nil || len(pages[0].Matrix) != 10 || len(pages[0].Matrix[0]) != 2 || len(pages[2].Matrix) != 0 {
		t.Errorf("pages %v, %v", len(pages), err)
	}
	if n := len(c.initialPages()[0].Matrix); n != MaxCells/2 {
		t.Errorf("the layout carries %d rows", n)
	}
}
