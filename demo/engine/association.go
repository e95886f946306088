package engine

// The states of a value, as the charts read them.
const (
	stateLocked           = "L"
	stateSelected         = "S"
	stateOptional         = "O" // possible, nothing selected in its field
	stateAlternative      = "A" // possible, were it not for its own field's selection
	stateExcluded         = "X"
	stateSelectedExcluded = "XS"
	stateLockedExcluded   = "XL"
)

// stateRank is the order of qSortByState.
var stateRank = map[string]int{
	stateLocked: 0, stateSelected: 0, stateOptional: 1, stateAlternative: 2,
	stateExcluded: 3, stateSelectedExcluded: 3, stateLockedExcluded: 3,
}

// association is what a set of selections leaves possible.
type association struct {
	data     *dataset
	chosen   selections
	included []int32 // the rows that meet every selection

	// For each row, how many selections it misses and one of those: a row that
	// misses only the selection of a field F still makes F's other values
	// alternatives.
	misses []uint16
	missed []int16
	states map[*field][]string
}

func associate(d *dataset, chosen selections) *association {
	a := &association{data: d, chosen: chosen, misses: make([]uint16, d.rows), missed: make([]int16, d.rows), states: make(map[*field][]string)}
	for i, sel := range chosen {
		for row, element := range sel.field.rows {
			if !sel.selected[element] {
				a.misses[row]++
				a.missed[row] = int16(i)
			}
		}
	}
	a.included = make([]int32, 0, d.rows)
	for row, n := range a.misses {
		if n == 0 {
			a.included = append(a.included, int32(row))
		}
	}
	return a
}

// state returns the state of every value of a field.
func (a *association) state(f *field) []string {
	if known, ok := a.states[f]; ok {
		return known
	}
	own := -1
	for i, sel := range a.chosen {
		if sel.field == f {
			own = i
		}
	}
	reachable := make([]bool, len(f.values))
	for row, n := range a.misses {
		if n == 0 || n == 1 && int(a.missed[row]) == own {
			reachable[f.rows[row]] = true
		}
	}
	states := make([]string, len(f.values))
	for i, r := range reachable {
		states[i] = a.stateOf(own, i, r)
	}
	a.states[f] = states
	return states
}

func (a *association) stateOf(own, element int, reachable bool) string {
	if own < 0 {
		return either(reachable, stateOptional, stateExcluded)
	}
	sel := a.chosen[own]
	switch {
	case sel.selected[element] && sel.locked:
		return either(reachable, stateLocked, stateLockedExcluded)
	case sel.selected[element]:
		return either(reachable, stateSelected, stateSelectedExcluded)
	}
	return either(reachable, stateAlternative, stateExcluded)
}

// either returns a if the condition holds, else b.
func either[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}

// elements lists the values of a field that are in one of the states.
func (a *association) elements(f *field, states ...string) []int {
	var found []int
	for i, s := range a.state(f) {
		for _, wanted := range states {
			if s == wanted {
				found = append(found, i)
			}
		}
	}
	return found
}

// stateCounts is the qStateCounts of a field.
func (a *association) stateCounts(f *field) map[string]int {
	names := map[string]string{
		stateLocked: "qLocked", stateSelected: "qSelected", stateOptional: "qOption", stateAlternative: "qAlternative",
		stateExcluded: "qExcluded", stateSelectedExcluded: "qSelectedExcluded", stateLockedExcluded: "qLockedExcluded",
	}
	counts := map[string]int{}
	for _, s := range a.state(f) {
		counts[names[s]]++
	}
	out := map[string]int{"qDeselected": 0}
	for _, name := range names {
		out[name] = counts[name]
	}
	return out
}
