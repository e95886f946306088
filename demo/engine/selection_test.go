package engine

import (
	"slices"
	"testing"

	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/calc/calctest"
	"vitrine/demo/engine/model"
)

func newSession(d *calc.Dataset) *session {
	return &session{app: model.NewApp(model.AppInfo{}), data: d, objects: map[string]*genericObject{}}
}

func TestChoosingAnExcludedValueGivesUpWhatStandsInTheWay(t *testing.T) {
	d := calctest.SmallData()
	ses := newSession(d)
	ses.choose(d.Field("Region"), []int{1}, false)        // South, so 2025 is excluded
	ses.choose(d.Field("Customer Name"), []int{0}, false) // Ann stays compatible
	if !ses.choose(d.Field("Year"), []int{0}, false) {
		t.Fatal("2025 was refused")
	}
	var names []string
	for _, sel := range ses.history.current() {
		names = append(names, sel.Field.Name)
	}
	if !slices.Equal(names, []string{"Customer Name", "Year"}) {
		t.Errorf("selected in %q", names)
	}
}

func TestLockedFieldsRefuse(t *testing.T) {
	d := calctest.SmallData()
	ses := newSession(d)
	south := calctest.Choosing(d, "Region", "South")
	south.Locked = true
	ses.selectNow(calc.Selections{south})
	if ses.choose(d.Field("Region"), []int{0}, false) {
		t.Error("a locked field was changed")
	}
	if ses.choose(d.Field("Year"), []int{0}, false) {
		t.Error("a selection was made that a locked field excludes")
	}
	if len(ses.history.current().Cleared(false)) != 1 || len(ses.history.current().Cleared(true)) != 0 {
		t.Error("clearing does not respect the lock")
	}
}

func TestHistoryDropsTheFutureAndIsBounded(t *testing.T) {
	d := calctest.SmallData()
	var h history
	step := func(region string) calc.Selections { return calc.Selections{calctest.Choosing(d, "Region", region)} }
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
