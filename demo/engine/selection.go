package engine

import "slices"

// fieldSelection is what is selected in one field. Values are never changed in
// place, because history keeps the older ones.
type fieldSelection struct {
	field    *field
	selected []bool // by element number
	count    int
	locked   bool
}

// selections are the selected fields in the order in which they were first
// selected, which is the order the selection bar shows.
type selections []fieldSelection

func (s selections) of(f *field) (fieldSelection, bool) {
	for _, sel := range s {
		if sel.field == f {
			return sel, true
		}
	}
	return fieldSelection{field: f}, false
}

func (s selections) locked(f *field) bool {
	sel, _ := s.of(f)
	return sel.locked
}

// with replaces one field's selection; an empty one removes the field.
func (s selections) with(sel fieldSelection) selections {
	next := slices.Clone(s)
	i := slices.IndexFunc(next, func(old fieldSelection) bool { return old.field == sel.field })
	switch {
	case sel.count == 0 && i >= 0:
		return slices.Delete(next, i, i+1)
	case sel.count == 0:
		return next
	case i >= 0:
		next[i] = sel
		return next
	}
	return append(next, sel)
}

func (s selections) without(f *field) selections {
	return s.with(fieldSelection{field: f})
}

// cleared drops all but the locked fields, or all with lockedAlso.
func (s selections) cleared(lockedAlso bool) selections {
	var kept selections
	for _, sel := range s {
		if sel.locked && !lockedAlso {
			kept = append(kept, sel)
		}
	}
	return kept
}

func (s selections) equal(other selections) bool {
	return slices.EqualFunc(s, other, func(a, b fieldSelection) bool {
		return a.field == b.field && a.locked == b.locked && slices.Equal(a.selected, b.selected)
	})
}

// newFieldSelection selects the given elements, or flips them in the former
// selection when toggle is set. Numbers outside the field are ignored: charts
// send -1 for totals and -3 for "others".
func newFieldSelection(f *field, elements []int, former fieldSelection, toggle bool) fieldSelection {
	next := fieldSelection{field: f, selected: make([]bool, len(f.values))}
	if toggle {
		copy(next.selected, former.selected)
	}
	for _, e := range elements {
		if e >= 0 && e < len(next.selected) {
			next.selected[e] = !toggle || !next.selected[e]
		}
	}
	for _, on := range next.selected {
		if on {
			next.count++
		}
	}
	return next
}

// choose makes the selection in one field and says whether it was possible:
// locked fields refuse. When none of the chosen values agrees with the other
// selections, those that stand in the way are given up, as the engine does when
// somebody clicks an excluded value.
func (ses *session) choose(f *field, elements []int, toggle bool) bool {
	current := ses.history.current()
	former, _ := current.of(f)
	if former.locked {
		return false
	}
	sel := newFieldSelection(f, elements, former, toggle)
	next := current.with(sel)
	if sel.count > 0 && len(associate(ses.data, next).included) == 0 {
		for _, other := range current {
			if other.field == f || !disjoint(sel, other) {
				continue
			}
			if other.locked {
				return false
			}
			next = next.without(other.field)
		}
		if len(associate(ses.data, next).included) == 0 {
			// No single field is to blame, only their combination.
			next = current.cleared(false).with(sel)
		}
		if len(associate(ses.data, next).included) == 0 {
			return false
		}
	}
	ses.selectNow(next)
	return true
}

func disjoint(a, b fieldSelection) bool {
	for row := range a.field.rows {
		if a.selected[a.field.rows[row]] && b.selected[b.field.rows[row]] {
			return false
		}
	}
	return true
}

// history is the list behind back and forward. It starts with nothing selected.
type history struct {
	steps []selections
	at    int
}

// maxHistory bounds what one session keeps.
const maxHistory = 100

func (h *history) current() selections {
	if len(h.steps) == 0 {
		return nil
	}
	return h.steps[h.at]
}

// amend replaces the current step without a trace.
func (h *history) amend(s selections) {
	if len(h.steps) == 0 {
		h.steps = []selections{nil}
	}
	h.steps[h.at] = s
}

func (h *history) push(s selections) {
	if s.equal(h.current()) {
		return // a click that changes nothing is no step to go back over
	}
	if len(h.steps) == 0 {
		h.steps = []selections{nil}
	}
	h.steps = append(h.steps[:h.at+1:h.at+1], s)
	if len(h.steps) > maxHistory {
		h.steps = h.steps[1:]
	}
	h.at = len(h.steps) - 1
}

// move goes back (-1) or forward (+1) and says whether there was anywhere to go.
func (h *history) move(by int) bool {
	to := h.at + by
	if to < 0 || to >= len(h.steps) {
		return false
	}
	h.at = to
	return true
}

func (h *history) backCount() int { return h.at }

func (h *history) forwardCount() int { return max(0, len(h.steps)-1-h.at) }
