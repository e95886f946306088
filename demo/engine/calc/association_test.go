package calc_test

import (
	"strings"
	"testing"

	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/calc/calctest"
	"vitrine/demo/engine/model"
)

func statesOf(a *calc.Association, name string) string {
	return strings.Join(a.State(a.Data.Field(name)), " ")
}

// Elements: Region North South; Year 2025 2026; Customer Ann Bob Cid.
func TestStatesFollowTheSelections(t *testing.T) {
	d := calctest.SmallData()
	for _, tt := range []struct {
		name                   string
		chosen                 calc.Selections
		region, year, customer string
	}{
		{"nothing", nil, "O O", "O O", "O O O"},
		{"one field", calc.Selections{calctest.Choosing(d, "Region", "South")}, "A S", "X O", "O X O"},
		{"two fields", calc.Selections{calctest.Choosing(d, "Region", "South"), calctest.Choosing(d, "Customer Name", "Ann")}, "A S", "X O", "S X A"},
		{"selected but excluded", calc.Selections{calctest.Choosing(d, "Region", "North", "South"), calctest.Choosing(d, "Year", "2025")}, "S XS", "S A", "O X X"},
		{"contradiction", calc.Selections{calctest.Choosing(d, "Region", "South"), calctest.Choosing(d, "Year", "2025")}, "A XS", "XS A", "X X X"},
	} {
		a := calc.Associate(d, tt.chosen)
		if got := statesOf(a, "Region"); got != tt.region {
			t.Errorf("%s: Region %q, want %q", tt.name, got, tt.region)
		}
		if got := statesOf(a, "Year"); got != tt.year {
			t.Errorf("%s: Year %q, want %q", tt.name, got, tt.year)
		}
		if got := statesOf(a, "Customer Name"); got != tt.customer {
			t.Errorf("%s: Customer %q, want %q", tt.name, got, tt.customer)
		}
	}
	locked := calctest.Choosing(d, "Region", "South")
	locked.Locked = true
	if got := statesOf(calc.Associate(d, calc.Selections{locked}), "Region"); got != "A L" {
		t.Errorf("locked: %q", got)
	}
	if got := statesOf(calc.Associate(d, calc.Selections{locked, calctest.Choosing(d, "Year", "2025")}), "Region"); got != "A XL" {
		t.Errorf("locked and excluded: %q", got)
	}
}

// Every value's state on the real data, against the definition spelled out.
func TestStatesAgreeWithTheDefinition(t *testing.T) {
	d := model.Data()
	chosen := calc.Selections{calctest.Choosing(d, "Region", "Europe", "Asia Pacific"), calctest.Choosing(d, "Year", "2026"), calctest.Choosing(d, "Category", "Tents")}
	a := calc.Associate(d, chosen)
	for _, name := range []string{"Region", "Year", "Category", "Product", "City", "Month"} {
		f := d.Field(name)
		own, selectedIn := chosen.Of(f)
		for element, state := range a.State(f) {
			reachable := false
			for row := range d.Rows {
				meets := int(f.Rows[row]) == element
				for _, sel := range chosen {
					meets = meets && (sel.Field == f || sel.Selected[sel.Field.Rows[row]])
				}
				reachable = reachable || meets
			}
			want := map[bool]string{true: "O", false: "X"}[reachable]
			if selectedIn && own.Selected[element] {
				want = map[bool]string{true: "S", false: "XS"}[reachable]
			} else if selectedIn && reachable {
				want = "A"
			}
			if state != want {
				t.Errorf("%s %s: %s, want %s", name, f.Values[element].Text, state, want)
			}
		}
	}
}
