package engine

import (
	"slices"
	"testing"
)

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
