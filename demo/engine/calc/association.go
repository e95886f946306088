package calc

// The states of a value, as the charts read them.
const (
	StateLocked           = "L"
	StateSelected         = "S"
	StateOptional         = "O" // possible, nothing selected in its field
	StateAlternative      = "A" // possible, were it not for its own field's selection
	StateExcluded         = "X"
	StateSelectedExcluded = "XS"
	stateLockedExcluded   = "XL"
)

// StateRank is the order of qSortByState.
var StateRank = map[string]int{
	StateLocked: 0, StateSelected: 0, StateOptional: 1, StateAlternative: 2,
	StateExcluded: 3, StateSelectedExcluded: 3, stateLockedExcluded: 3,
}

// Association is what a set of selections leaves possible.
type Association struct {
	Data     *Dataset
	chosen   Selections
	Included []int32 // the rows that meet every selection

	// For each row, how many selections it misses and one of those: a row that
	// misses only the selection of a field F still makes F's other values
	// alternatives.
	misses []uint16
	missed []int16
	states map[*Field][]string
}

// Associate computes what the selections leave possible.
func Associate(d *Dataset, chosen Selections) *Association {
	a := &Association{Data: d, chosen: chosen, misses: make([]uint16, d.Rows), missed: make([]int16, d.Rows), states: make(map[*Field][]string)}
	for i, sel := range chosen {
		for row, element := range sel.Field.Rows {
			if !sel.Selected[element] {
				a.misses[row]++
				a.missed[row] = int16(i)
			}
		}
	}
	a.Included = make([]int32, 0, d.Rows)
	for row, n := range a.misses {
		if n == 0 {
			a.Included = append(a.Included, int32(row))
		}
	}
	return a
}

// State returns the state of every value of a field.
func (a *Association) State(f *Field) []string {
	if known, ok := a.states[f]; ok {
		return known
	}
	own := -1
	for i, sel := range a.chosen {
		if sel.Field == f {
			own = i
		}
	}
	reachable := make([]bool, len(f.Values))
	for row, n := range a.misses {
		if n == 0 || n == 1 && int(a.missed[row]) == own {
			reachable[f.Rows[row]] = true
		}
	}
	states := make([]string, len(f.Values))
	for i, r := range reachable {
		states[i] = a.stateOf(own, i, r)
	}
	a.states[f] = states
	return states
}

func (a *Association) stateOf(own, element int, reachable bool) string {
	if own < 0 {
		return Either(reachable, StateOptional, StateExcluded)
	}
	sel := a.chosen[own]
	switch {
	case sel.Selected[element] && sel.Locked:
		return Either(reachable, StateLocked, stateLockedExcluded)
	case sel.Selected[element]:
		return Either(reachable, StateSelected, StateSelectedExcluded)
	}
	return Either(reachable, StateAlternative, StateExcluded)
}

// Either returns a if the condition holds, else b.
func Either[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}

// Elements lists the values of a field that are in one of the states.
func (a *Association) Elements(f *Field, states ...string) []int {
	var found []int
	for i, s := range a.State(f) {
		for _, wanted := range states {
			if s == wanted {
				found = append(found, i)
			}
		}
	}
	return found
}

// StateCounts is the qStateCounts of a field.
func (a *Association) StateCounts(f *Field) map[string]int {
	names := map[string]string{
		StateLocked: "qLocked", StateSelected: "qSelected", StateOptional: "qOption", StateAlternative: "qAlternative",
		StateExcluded: "qExcluded", StateSelectedExcluded: "qSelectedExcluded", stateLockedExcluded: "qLockedExcluded",
	}
	counts := map[string]int{}
	for _, s := range a.State(f) {
		counts[names[s]]++
	}
	out := map[string]int{"qDeselected": 0}
	for _, name := range names {
		out[name] = counts[name]
	}
	return out
}
