package qlik

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

func TestDataFollowsWhatWasSelected(t *testing.T) {
	e := openSales(t, "bob")
	before, err := e.Data(t.Context(), "sales-kpi-sales")
	if err != nil {
		t.Fatal(err)
	}
	lost, err := e.Select(t.Context(), "", map[string][]string{"Region": {"Europe"}, "Year": {"2025"}, "No such field": {"x"}, "Category": {"No such value"}})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lost)
	if !slices.Equal(lost, []string{"Category", "No such field"}) {
		t.Errorf("lost %q", lost)
	}
	after, err := e.Data(t.Context(), "sales-kpi-sales")
	if err != nil || after.Rows[0][0] == before.Rows[0][0] {
		t.Errorf("%v before and %v after, %v", before.Rows, after.Rows, err)
	}
	years, err := e.Data(t.Context(), "sales-by-month")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range years.Rows {
		if row[1] != "2025" {
			t.Errorf("row %q is of another year", row)
		}
	}
}

func TestUnknownBookmarkIsLostAndNoFault(t *testing.T) {
	lost, err := openSales(t, "bob").Select(t.Context(), "no-such-bookmark", nil)
	if err != nil || !slices.Equal(lost, []string{""}) {
		t.Errorf("lost %q, %v", lost, err)
	}
}

// JSON has no NaN, and a text that only begins like a number is none.
func TestValuesAreNumbersOnlyWhereTheyAre(t *testing.T) {
	for text, want := range map[string]bool{"2025": true, "-1.5": true, "NaN": false, "Inf": false, "1,5": false, "2025-01": false, "": false} {
		if _, got := fieldValues([]string{text}, true)[0]["qIsNumeric"]; got != want {
			t.Errorf("%q is a number: %v, want %v", text, got, want)
		}
		if _, got := fieldValues([]string{text}, false)[0]["qIsNumeric"]; got {
			t.Errorf("%q is a number though asked by text", text)
		}
	}
}

// The table is read by the browser's tests, too: a link selects the same in
// charts and in tables.
func TestFieldValuesAreNumbersWhereTheBrowserSaysSo(t *testing.T) {
	raw, err := os.ReadFile("testdata/fieldvalues.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Text   string
		Number *float64
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		got, isNumber := fieldValues([]string{row.Text}, true)[0]["qNumber"]
		if isNumber != (row.Number != nil) || isNumber && got != *row.Number {
			t.Errorf("%q: %v, want %v", row.Text, got, row.Number)
		}
	}
	if len(rows) < 20 {
		t.Errorf("only %d rows", len(rows))
	}
}
