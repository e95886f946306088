package engine

// target is what a handle stands for. Objects are named, not pointed to, so
// that a handle to a destroyed object finds nothing.
type target struct{ kind, id string }

const (
	kindGlobal    = "Global"
	kindDoc       = "Doc"
	kindObject    = "GenericObject"
	kindField     = "Field"
	kindDimension = "GenericDimension"
	kindMeasure   = "GenericMeasure"
	kindBookmark  = "GenericBookmark"
)

const globalHandle = -1

// handleTable numbers what one socket has opened. The same thing gets the same
// handle each time: the charts keep their models by it.
type handleTable struct {
	next    int
	targets map[int]target
	numbers map[target]int
}

func newHandleTable() *handleTable {
	return &handleTable{targets: map[int]target{globalHandle: {kind: kindGlobal}}, numbers: make(map[target]int)}
}

func (t *handleTable) open(what target) int {
	if h, known := t.numbers[what]; known {
		return h
	}
	t.next++
	t.targets[t.next] = what
	t.numbers[what] = t.next
	return t.next
}

// close forgets a handle and returns it, or 0 when it was not open.
func (t *handleTable) close(what target) int {
	h := t.numbers[what]
	delete(t.numbers, what)
	delete(t.targets, h)
	if h == 0 {
		return 0
	}
	return h
}
