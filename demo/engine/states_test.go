package engine

import (
	"strings"
	"testing"
)

func statesOf(a *association, name string) string {
	return strings.Join(a.state(a.data.field(name)), " ")
}

// Elements: Region North South; Year 2025 2026; Customer Ann Bob Cid.
func TestStatesFollowTheSelections(t *testing.T) {
	d := smallData()
	for _, tt := range []struct {
		name                   string
		chosen                 selections
		region, year, customer string
	}{
		{"nothing", nil, "O O", "O O", "O O O"},
		{"one field", selections{choosing(d, "Region", "South")}, "A S", "X O", "O X O"},
		{"two fields", selections{choosing(d, "Region", "South"), choosing(d, "Customer Name", "Ann")}, "A S", "X O", "S X A"},
		{"selected but excluded", selections{choosing(d, "Region", "North", "South"), choosing(d, "Year", "2025")}, "S XS", "S A", "O X X"},
		{"contradiction", selections{choosing(d, "Region", "South"), choosing(d, "Year", "2025")}, "A XS", "XS A", "X X X"},
	} {
		a := associate(d, tt.chosen)
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
	locked := choosing(d, "Region", "South")
	locked.locked = true
	if got := statesOf(associate(d, selections{locked}), "Region"); got != "A L" {
		t.Errorf("locked: %q", got)
	}
	if got := statesOf(associate(d, selections{locked, choosing(d, "Year", "2025")}), "Region"); got != "A XL" {
		t.Errorf("locked and excluded: %q", got)
	}
}

// Every value's state on the real data, against the definition spelled out.
func TestStatesAgreeWithTheDefinition(t *testing.T) {
	d := demoData()
	chosen := selections{choosing(d, "Region", "Europe", "Asia Pacific"), choosing(d, "Year", "2026"), choosing(d, "Category", "Tents")}
	a := associate(d, chosen)
	for _, name := range []string{"Region", "Year", "Category", "Product", "City", "Month"} {
		f := d.field(name)
		own, selectedIn := chosen.of(f)
		for element, state := range a.state(f) {
			reachable := false
			for row := range d.rows {
				meets := int(f.rows[row]) == element
				for _, sel := range chosen {
					meets = meets && (sel.field == f || sel.selected[sel.field.rows[row]])
				}
				reachable = reachable || meets
			}
			want := map[bool]string{true: "O", false: "X"}[reachable]
			if selectedIn && own.selected[element] {
				want = map[bool]string{true: "S", false: "XS"}[reachable]
			} else if selectedIn && reachable {
				want = "A"
			}
			if state != want {
				t.Errorf("%s %s: %s, want %s", name, f.values[element].text, state, want)
			}
		}
	}
}
