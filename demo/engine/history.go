package engine

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
