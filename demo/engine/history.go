package engine

import "vitrine/demo/engine/calc"

// history is the list behind back and forward. It starts with nothing selected.
type history struct {
	steps []calc.Selections
	at    int
}

// maxHistory bounds what one session keeps.
const maxHistory = 100

func (h *history) current() calc.Selections {
	if len(h.steps) == 0 {
		return nil
	}
	return h.steps[h.at]
}

// amend replaces the current step without a trace.
func (h *history) amend(s calc.Selections) {
	if len(h.steps) == 0 {
		h.steps = []calc.Selections{nil}
	}
	h.steps[h.at] = s
}

func (h *history) push(s calc.Selections) {
	if s.Equal(h.current()) {
		return // a click that changes nothing is no step to go back over
	}
	if len(h.steps) == 0 {
		h.steps = []calc.Selections{nil}
	}
	h.steps = append(h.steps[:h.at+1:h.at+1], s)
	if len(h.steps) > maxHistory {
		h.steps = h.steps[1:]
	}
	h.at = len(h.steps) - 1
}

// move goes back (-1) or forward (+1) and reports whether there was a step.
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

// choose makes the selection in one field and reports whether it was possible,
// which it is not in a locked field. When none of the chosen values agrees with the other
// selections, those that stand in the way are given up, as the engine does at a
// click on an excluded value.
func (ses *session) choose(f *calc.Field, elements []int, toggle bool) bool {
	current := ses.history.current()
	former, _ := current.Of(f)
	if former.Locked {
		return false
	}
	sel := calc.Select(f, elements, former, toggle)
	next := current.With(sel)
	if sel.Count > 0 && len(calc.Associate(ses.data, next).Included) == 0 {
		for _, other := range current {
			if other.Field == f || !calc.Disjoint(sel, other) {
				continue
			}
			if other.Locked {
				return false
			}
			next = next.Without(other.Field)
		}
		if len(calc.Associate(ses.data, next).Included) == 0 {
			// No single field is to blame, only their combination.
			next = current.Cleared(false).With(sel)
		}
		if len(calc.Associate(ses.data, next).Included) == 0 {
			return false
		}
	}
	ses.selectNow(next)
	return true
}
