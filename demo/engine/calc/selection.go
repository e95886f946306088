package calc

import "slices"

// FieldSelection is what is selected in one field. Values are never changed in
// place, because history keeps the older ones.
type FieldSelection struct {
	Field    *Field
	Selected []bool // by element number
	Count    int
	Locked   bool
}

// Selections are the selected fields in the order in which they were first
// selected, which is the order the selection bar shows.
type Selections []FieldSelection

// Of returns the selection of a field, and whether it has one.
func (s Selections) Of(f *Field) (FieldSelection, bool) {
	for _, sel := range s {
		if sel.Field == f {
			return sel, true
		}
	}
	return FieldSelection{Field: f}, false
}

// Locked reports whether the selection of a field is locked.
func (s Selections) Locked(f *Field) bool {
	sel, _ := s.Of(f)
	return sel.Locked
}

// With replaces one field's selection; an empty one removes the field.
func (s Selections) With(sel FieldSelection) Selections {
	next := slices.Clone(s)
	i := slices.IndexFunc(next, func(old FieldSelection) bool { return old.Field == sel.Field })
	switch {
	case sel.Count == 0 && i >= 0:
		return slices.Delete(next, i, i+1)
	case sel.Count == 0:
		return next
	case i >= 0:
		next[i] = sel
		return next
	}
	return append(next, sel)
}

// Without drops the selection of a field.
func (s Selections) Without(f *Field) Selections {
	return s.With(FieldSelection{Field: f})
}

// Cleared drops all but the locked fields, or all with lockedAlso.
func (s Selections) Cleared(lockedAlso bool) Selections {
	var kept Selections
	for _, sel := range s {
		if sel.Locked && !lockedAlso {
			kept = append(kept, sel)
		}
	}
	return kept
}

// Equal reports whether both select the same values.
func (s Selections) Equal(other Selections) bool {
	return slices.EqualFunc(s, other, func(a, b FieldSelection) bool {
		return a.Field == b.Field && a.Locked == b.Locked && slices.Equal(a.Selected, b.Selected)
	})
}

// Select selects the given elements, or flips them in the former
// selection when toggle is set. Numbers outside the field are ignored: charts
// send -1 for totals and -3 for "others".
func Select(f *Field, elements []int, former FieldSelection, toggle bool) FieldSelection {
	next := FieldSelection{Field: f, Selected: make([]bool, len(f.Values))}
	if toggle {
		copy(next.Selected, former.Selected)
	}
	for _, e := range elements {
		if e >= 0 && e < len(next.Selected) {
			next.Selected[e] = !toggle || !next.Selected[e]
		}
	}
	for _, on := range next.Selected {
		if on {
			next.Count++
		}
	}
	return next
}

// Disjoint reports whether no row has a selected value in both fields.
func Disjoint(a, b FieldSelection) bool {
	for row := range a.Field.Rows {
		if a.Selected[a.Field.Rows[row]] && b.Selected[b.Field.Rows[row]] {
			return false
		}
	}
	return true
}
