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

// disjoint reports whether no row has a selected value in both fields.
func disjoint(a, b fieldSelection) bool {
	for row := range a.field.rows {
		if a.selected[a.field.rows[row]] && b.selected[b.field.rows[row]] {
			return false
		}
	}
	return true
}
