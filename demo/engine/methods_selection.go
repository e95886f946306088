package engine

import (
	"vitrine/demo/engine/calc"
)

type pathParams struct {
	Path string `json:"qPath"`
}

// settleModal ends a selection in progress in favour of what a method on the
// whole app is about to do. Clients abort it themselves first; one that does
// not shall not get stuck.
func (c *call) settleModal() {
	if modal := c.session.modal; modal != nil {
		c.touch(modal.objectID)
		c.session.endModal(true)
	}
}

func clearAll(c *call, p struct {
	LockedAlso bool   `json:"qLockedAlso"`
	State      string `json:"qStateName"`
}) (any, error) {
	c.settleModal()
	c.session.selectNow(c.session.history.current().Cleared(p.LockedAlso))
	c.selected = true
	return object{}, nil
}

func (c *call) lockAll(lock bool) (any, error) {
	c.settleModal()
	var next calc.Selections
	for _, sel := range c.session.history.current() {
		sel.Locked = lock
		next = append(next, sel)
	}
	c.session.selectNow(next)
	c.selected = true
	return object{}, nil
}

func (c *call) moveInHistory(by int) (any, error) {
	c.settleModal()
	moved := c.session.history.move(by)
	c.session.associated = nil
	c.selected = c.selected || moved
	return success(moved), nil
}

func abortModal(c *call, p struct {
	Accept bool `json:"qAccept"`
}) (any, error) {
	if modal := c.session.modal; modal != nil {
		c.touch(modal.objectID)
		c.session.endModal(p.Accept)
		c.selected = true
	}
	return object{}, nil
}

func beginSelections(c *call, p struct {
	Paths []string `json:"qPaths"`
}) (any, error) {
	ses := c.session
	if err := c.otherModal(); err != nil {
		return nil, err
	}
	for _, path := range p.Paths {
		if _, err := c.object.definitionAt(path); err != nil {
			return nil, err
		}
	}
	if ses.modal == nil {
		ses.modal = &modalState{objectID: c.object.id, before: ses.history.current(), frozen: ses.association()}
	}
	c.touch(c.object.id)
	return object{}, nil
}

// otherModal returns an error while another object is modal.
func (c *call) otherModal() error {
	if modal := c.session.modal; modal != nil && modal.objectID != c.object.id {
		return &rpcError{codeModal, modal.objectID, "Another object is in modal selection"}
	}
	return nil
}

func endSelections(c *call, p struct {
	Accept bool `json:"qAccept"`
}) (any, error) {
	if err := c.otherModal(); err != nil {
		return nil, err
	}
	if c.session.modal != nil {
		c.session.endModal(p.Accept)
		c.selected = true
	}
	c.touch(c.object.id)
	return object{}, nil
}

// resetMadeSelections goes back to what was selected at BeginSelections and
// stays modal.
func resetMadeSelections(c *call, _ none) (any, error) {
	if err := c.otherModal(); err != nil {
		return nil, err
	}
	if modal := c.session.modal; modal != nil {
		c.session.selectNow(modal.before)
		modal.made = false
		c.selected = true
	}
	c.touch(c.object.id)
	return object{}, nil
}

// selectIn is the common end of all methods that select elements of one field.
func (c *call) selectIn(f *calc.Field, elements []int, toggle bool) (any, error) {
	ok := c.session.choose(f, elements, toggle)
	c.selected = c.selected || ok
	return success(ok), nil
}

// fieldAt is the field of a list object, or of one dimension of a cube.
func (c *call) fieldAt(path string, dimension int) (*calc.Field, error) {
	if err := c.otherModal(); err != nil {
		return nil, err
	}
	def, err := c.object.definitionAt(path)
	if err != nil {
		return nil, err
	}
	if isListPath(path) {
		l, err := c.session.listDefinition(def)
		return l.field, err
	}
	hc := c.session.cube(c.object, def)
	if dimension < 0 || dimension >= len(hc.Dims) || hc.Dims[dimension].Field == nil {
		return nil, invalid("qDimNo")
	}
	return hc.Dims[dimension].Field, nil
}

func selectHyperCubeValues(c *call, p struct {
	Path   string `json:"qPath"`
	Dim    int    `json:"qDimNo"`
	Values []int  `json:"qValues"`
	Toggle bool   `json:"qToggleMode"`
}) (any, error) {
	f, err := c.fieldAt(p.Path, p.Dim)
	if err != nil {
		return nil, err
	}
	return c.selectIn(f, p.Values, p.Toggle)
}

func selectListObjectValues(c *call, p struct {
	Path     string `json:"qPath"`
	Values   []int  `json:"qValues"`
	Toggle   bool   `json:"qToggleMode"`
	SoftLock bool   `json:"qSoftLock"`
}) (any, error) {
	f, err := c.fieldAt(p.Path, 0)
	if err != nil {
		return nil, err
	}
	return c.selectIn(f, p.Values, p.Toggle)
}

// selectByState makes the methods that select all values in certain states.
// While a search is open only its hits count.
func selectByState(states ...string) method {
	return on(func(c *call, p pathParams) (any, error) {
		f, err := c.fieldAt(p.Path, 0)
		if err != nil {
			return nil, err
		}
		elements := c.session.association().Elements(f, states...)
		return c.selectIn(f, c.object.searched(p.Path, elements), false)
	})
}

func clearSelections(c *call, p struct {
	Path    string `json:"qPath"`
	Columns []int  `json:"qColIndices"`
}) (any, error) {
	if len(p.Columns) == 0 {
		p.Columns = c.dimensionsAt(p.Path)
	}
	current := c.session.history.current()
	for _, column := range p.Columns {
		f, err := c.fieldAt(p.Path, column)
		if err != nil {
			return nil, err
		}
		if !current.Locked(f) {
			current = current.Without(f)
		}
	}
	c.session.selectNow(current)
	c.selected = true
	return object{}, nil
}

func (c *call) dimensionsAt(path string) []int {
	def, err := c.object.definitionAt(path)
	if err != nil || isListPath(path) {
		return []int{0}
	}
	var columns []int
	for i := range c.session.cube(c.object, def).Dims {
		columns = append(columns, i)
	}
	return columns
}
