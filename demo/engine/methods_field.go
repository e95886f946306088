package engine

import (
	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/model"
)

// The target of a field's handle exists: GetField has looked, and fields of a
// session never go away.
func (c *call) field() *calc.Field { return c.session.data.ByName[c.target.id] }

func returned(ok bool) object { return object{"qReturn": ok} }

func (c *call) chooseField(elements []int, toggle bool) (any, error) {
	c.settleModal()
	ok := c.session.choose(c.field(), elements, toggle)
	c.selected = c.selected || ok
	return returned(ok), nil
}

func fieldClear(c *call, _ none) (any, error) {
	c.settleModal()
	current := c.session.history.current()
	if current.Locked(c.field()) {
		return returned(false), nil
	}
	c.session.selectNow(current.Without(c.field()))
	c.selected = true
	return returned(true), nil
}

func fieldClearOthers(c *call, p struct {
	SoftLock bool `json:"qSoftLock"`
}) (any, error) {
	c.settleModal()
	var kept calc.Selections
	for _, sel := range c.session.history.current() {
		if sel.Field == c.field() || sel.Locked {
			kept = append(kept, sel)
		}
	}
	c.session.selectNow(kept)
	c.selected = true
	return returned(true), nil
}

type matchParams struct {
	Match    string `json:"qMatch"`
	SoftLock bool   `json:"qSoftLock"`
	Excluded int    `json:"qExcludedValuesMode"`
}

func fieldSelect(c *call, p matchParams) (any, error) { return c.chooseMatching(p.Match, false) }

func fieldToggleSelect(c *call, p matchParams) (any, error) { return c.chooseMatching(p.Match, true) }

func (c *call) chooseMatching(pattern string, toggle bool) (any, error) {
	elements := c.field().Match(pattern)
	if len(elements) == 0 {
		return returned(false), nil
	}
	return c.chooseField(elements, toggle)
}

func fieldSelectValues(c *call, p struct {
	Values []struct {
		Text      string  `json:"qText"`
		IsNumeric bool    `json:"qIsNumeric"`
		Number    float64 `json:"qNumber"`
	} `json:"qFieldValues"`
	Toggle   bool `json:"qToggleMode"`
	SoftLock bool `json:"qSoftLock"`
}) (any, error) {
	var elements []int
	for i, v := range c.field().Values {
		for _, wanted := range p.Values {
			if wanted.IsNumeric && v.Num == wanted.Number || !wanted.IsNumeric && v.Text == wanted.Text {
				elements = append(elements, i)
				break
			}
		}
	}
	if len(elements) == 0 {
		return returned(false), nil
	}
	return c.chooseField(elements, p.Toggle)
}

func fieldLowLevelSelect(c *call, p struct {
	Values   []int `json:"qValues"`
	Toggle   bool  `json:"qToggleMode"`
	SoftLock bool  `json:"qSoftLock"`
}) (any, error) {
	return c.chooseField(p.Values, p.Toggle)
}

func fieldSelectStates(states ...string) method {
	return on(func(c *call, _ none) (any, error) {
		return c.chooseField(c.session.association().Elements(c.field(), states...), false)
	})
}

// lockField locks what is selected; a field with nothing selected has nothing
// to lock.
func (c *call) lockField(lock bool) (any, error) {
	c.settleModal()
	current := c.session.history.current()
	sel, selected := current.Of(c.field())
	if !selected {
		return returned(false), nil
	}
	sel.Locked = lock
	c.session.selectNow(current.With(sel))
	c.selected = true
	return returned(true), nil
}

func fieldCardinal(c *call, _ none) (any, error) {
	return object{"qReturn": len(c.field().Values)}, nil
}

func (c *call) libraryItem() model.LibraryItem {
	if c.target.kind == kindDimension {
		return c.session.app.Dimensions[c.target.id]
	}
	return c.session.app.Measures[c.target.id]
}

func libraryLayout(c *call, _ none) (any, error) {
	item := c.libraryItem()
	out := item.Properties()
	delete(out, "qMetaDef")
	out["qMeta"] = item.Meta()
	return object{"qLayout": out}, nil
}

func libraryProperties(c *call, _ none) (any, error) {
	return object{"qProp": c.libraryItem().Properties()}, nil
}

func libraryDimension(c *call, _ none) (any, error) {
	return object{"qDim": c.libraryItem().Properties()["qDim"]}, nil
}

func libraryMeasure(c *call, _ none) (any, error) {
	return object{"qMeasure": c.libraryItem().Properties()["qMeasure"]}, nil
}
