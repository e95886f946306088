package engine

import (
	"slices"
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

func newSession(d *dataset) *session {
	return &session{app: newAppContent(App{}), data: d, objects: map[string]*genericObject{}}
}

func TestChoosingAnExcludedValueGivesUpWhatStandsInTheWay(t *testing.T) {
	d := smallData()
	ses := newSession(d)
	ses.choose(d.field("Region"), []int{1}, false)        // South, so 2025 is excluded
	ses.choose(d.field("Customer Name"), []int{0}, false) // Ann stays compatible
	if !ses.choose(d.field("Year"), []int{0}, false) {
		t.Fatal("2025 was refused")
	}
	var names []string
	for _, sel := range ses.history.current() {
		names = append(names, sel.field.name)
	}
	if !slices.Equal(names, []string{"Customer Name", "Year"}) {
		t.Errorf("selected in %q", names)
	}
}

func TestLockedFieldsRefuse(t *testing.T) {
	d := smallData()
	ses := newSession(d)
	south := choosing(d, "Region", "South")
	south.locked = true
	ses.selectNow(selections{south})
	if ses.choose(d.field("Region"), []int{0}, false) {
		t.Error("a locked field was changed")
	}
	if ses.choose(d.field("Year"), []int{0}, false) {
		t.Error("a selection was made that a locked field excludes")
	}
	if len(ses.history.current().cleared(false)) != 1 || len(ses.history.current().cleared(true)) != 0 {
		t.Error("clearing does not respect the lock")
	}
}

func TestHistoryDropsTheFutureAndIsBounded(t *testing.T) {
	d := smallData()
	var h history
	step := func(region string) selections { return selections{choosing(d, "Region", region)} }
	h.push(step("North"))
	h.push(step("North")) // changes nothing
	h.push(step("South"))
	if h.backCount() != 2 || h.move(1) {
		t.Fatalf("back %d, forward possible", h.backCount())
	}
	h.move(-1)
	h.move(-1)
	if h.forwardCount() != 2 || h.move(-1) || len(h.current()) != 0 {
		t.Fatalf("forward %d", h.forwardCount())
	}
	h.push(step("South"))
	if h.forwardCount() != 0 || h.backCount() != 1 {
		t.Errorf("back %d, forward %d after a new step", h.backCount(), h.forwardCount())
	}
	for i := range 3 * maxHistory {
		h.push(step([]string{"North", "South"}[i%2]))
	}
	if h.backCount() >= maxHistory {
		t.Errorf("history grew to %d", h.backCount())
	}
}
