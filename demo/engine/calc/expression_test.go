package calc_test

import (
	"math"
	"strings"
	"testing"

	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/calc/calctest"
)

func TestExpressionsAreEvaluated(t *testing.T) {
	d := calctest.SmallData()
	all := calc.Associate(d, nil)
	north := calc.Associate(d, calc.Selections{calctest.Choosing(d, "Region", "North")})
	for _, tt := range []struct {
		expr string
		on   *calc.Association
		want string
	}{
		{"Sum(Sales)", all, "60"},
		{"=sum( Sales )", all, "60"},
		{"Sum(Sales)", north, "40"},
		{"Count(Sales)", all, "4"},
		{"Count([Customer Name])", all, "4"},
		{"Count(distinct [Customer Name])", all, "3"},
		{"Count(DISTINCT Year)", north, "2"},
		{`Count(distinct "Customer Name")`, all, "3"},
		{"Avg(Sales)", all, "15"},
		{"Min(Sales)", all, "-5"},
		{"Max(Sales)", all, "30"},
		{"1+2*3", all, "7"},
		{"(1+2)*3", all, "9"},
		{"7-2-1", all, "4"},
		{"8/4/2", all, "1"},
		{"-2*-3", all, "6"},
		{"- Sum(Sales) + 1", all, "-59"},
		{".5+1.25", all, "1.75"},
		{"Sum(Sales*2)", all, "120"},
		{"Sum(Sales*Year)/Sum(Sales)", north, "2025.75"},
		{"Sum(Sales)/Count(distinct Region)", all, "30"},
		{"1/0", all, "-"},
		{"Sum(Sales)/(1-1)", all, "-"},
		{"Sum(Region)", all, "0"},
		{"Avg(Region)", all, "-"},
		{"'Sales: ' & Sum(Sales)", all, "Sales: 60"},
		{"'it''s'", all, "it's"},
		{"Region", all, "-"},
		{"Region", north, "North"},
		{"Only(Region) & '!'", north, "North!"},
		{"Sum({1} Sales)", north, "60"},
		{"Sum({$<Region={South}>} Sales)", north, "20"},
		{"Sum({<Region=>} Sales)", north, "60"},
		{"Sum({<Year={2026},Region={'South'}>} Sales)", all, "20"},
		{"Sum({1<Year={2025,2026}>} Sales)", north, "60"},
		{`Sum({<Year={">=2026"}>} Sales)`, all, "50"},
		{"Sum({<Region={Nowhere}>} Sales)", all, "0"},
		{"Sum(Sales)/Sum(total Sales)", all, "1"},
	} {
		x, err := calc.Parse(d, tt.expr)
		if err != nil {
			t.Errorf("%s: %v", tt.expr, err)
			continue
		}
		if got := x.Single(tt.on).Text; got != tt.want {
			t.Errorf("%s = %s, want %s", tt.expr, got, tt.want)
		}
	}
}

func TestBadExpressionsAreRefused(t *testing.T) {
	d := calctest.SmallData()
	for _, expr := range []string{
		"", "=", "Sum(", "Sum(Sales", "Sum()", "Sum(Unknown)", "Unknown", "Median(Sales)", "Sum(Sum(Sales))", "1+", "*2", "(1", "1)", "'open",
		"[open", "1 2", "Sum(Sales) Sum(Sales)", "Sum({<Region>} Sales)", "Sum({<Nope={1}>} Sales)", "Sum({<Region={North>} Sales)", "1.2.3", "#", "$(x)",
		strings.Repeat("(", 10000) + "1" + strings.Repeat(")", 10000), strings.Repeat("-", 10000) + "1",
	} {
		if x, err := calc.Parse(d, expr); err == nil {
			t.Errorf("%.30q is understood as %v", expr, x.Single(calc.Associate(d, nil)))
		}
	}
}

func TestNumbersAreFormattedByPattern(t *testing.T) {
	for _, tt := range []struct {
		pattern string
		n       float64
		want    string
	}{
		{"#,##0", 1234567.5, "1,234,568"},
		{"#,##0", 999, "999"},
		{"#,##0.00 €", -1234.5, "-1,234.50 €"},
		{"$#,##0.0", 0.25, "$0.2"},
		{"0.0%", 0.1234, "12.3%"},
		{"0", -0.4, "0"},
		{"#,##0", math.NaN(), "-"},
	} {
		if got := (calc.NumberFormat{Type: "F", Pattern: tt.pattern}).Text(calc.NumberValue(tt.n)); got != tt.want {
			t.Errorf("%v by %q = %q, want %q", tt.n, tt.pattern, got, tt.want)
		}
	}
}

func TestPatternsFindValues(t *testing.T) {
	d := calctest.SmallData()
	for _, tt := range []struct {
		field, pattern string
		want           int
	}{
		{"Region", "north", 1}, {"Region", "nor", 0}, {"Region", "*o*", 2}, {"Region", "Nort?", 1}, {"Region", "(North|South)", 2}, {"Region", `("North")`, 1},
		{"Region", ".*", 0}, {"Region", "*", 2}, {"Sales", ">10", 2}, {"Sales", ">=10", 3}, {"Sales", ">-5<30", 2}, {"Sales", "<=-5", 1}, {"Region", ">1", 0},
	} {
		if got := len(d.Field(tt.field).Match(tt.pattern)); got != tt.want {
			t.Errorf("%s %q finds %d values, want %d", tt.field, tt.pattern, got, tt.want)
		}
	}
	if got := len(d.Field("Customer Name").Search("an ci")); got != 2 {
		t.Errorf("search finds %d values, want 2: any of the words", got)
	}
}
