package engine

import (
	"cmp"
	"math"
	"strconv"
)

// Error codes inside a cube. Charts show "the calculation condition is not
// fulfilled" for the first and "invalid" for any other.
const (
	cubeConditionFailed   = 7005
	cubeInvalidDefinition = 7000
)

// Element numbers that are no element.
const (
	elementTotal  = -1
	elementNull   = -2
	elementOthers = -3
)

// source is what cubes and lists are computed from.
type source struct {
	data   *dataset
	app    *appContent
	states *association // of the present selections
}

// cube is a hypercube computed for the present selections.
type cube struct {
	def      cubeDef
	raw      object // the definition with all its keys, for those that are only copied
	dims     []cubeDimension
	measures []cubeMeasure
	rows     []cubeRow
	order    []int // the effective qInterColumnSortOrder
	failure  int   // a qErrorCode for the whole cube, or 0

	rowsFrom *association // whose included rows are grouped
	states   *association // whose states the cells carry
}

type cubeDimension struct {
	def    dimensionDef
	field  *field // nil when invalid
	title  string
	values []value // what each element shows; a copy of field.values unless "others" were added
	attrs  []cubeAttribute
}

type cubeMeasure struct {
	def   measureDef
	expr  *expression // nil when invalid
	title string
	total value
	attrs []cubeAttribute
}

// cubeAttribute is an attribute expression, evaluated for each row of the cube.
type cubeAttribute struct {
	expr  *expression
	label string
}

// cubeRow is one combination of dimension elements with its measures and, in
// the order of the columns, its attributes.
type cubeRow struct {
	elements []int32
	measures []value
	attrs    [][]value
}

// newCube computes everything but pages. rowsFrom differs from src.states only for an object in a modal selection.
func newCube(src source, raw object, rowsFrom *association) *cube {
	c := &cube{raw: raw, rowsFrom: rowsFrom, states: src.states}
	if err := recast(raw, &c.def); err != nil {
		c.failure = cubeInvalidDefinition
		return c
	}
	if cond := cmp.Or(c.def.Condition.Expr, c.def.Conditional.Cond.Expr); cond != "" && !src.holds(cond) {
		c.failure = cubeConditionFailed
	}
	for _, def := range c.def.Dimensions {
		f, title, err := src.resolveDimension(&def)
		dim := cubeDimension{def: def, field: f, title: title, attrs: src.attributes(def.Attributes)}
		if err != nil {
			c.failure = cubeInvalidDefinition
		} else {
			dim.values = f.values
		}
		c.dims = append(c.dims, dim)
	}
	for _, def := range c.def.Measures {
		x, title, err := src.resolveMeasure(&def)
		if err != nil {
			x = nil
		}
		c.measures = append(c.measures, cubeMeasure{def: def, expr: x, title: title, total: null, attrs: src.attributes(def.Attributes)})
	}
	c.order = c.sortOrder()
	if c.failure == 0 {
		c.compute()
		c.limit()
		c.sort(src)
	}
	return c
}

// holds evaluates a condition: anything but zero or nothing is true.
func (src source) holds(cond string) bool {
	x, err := parseExpression(src.data, cond)
	if err != nil {
		return false
	}
	v := x.single(src.states)
	return v.isNumber() && v.num != 0
}

func (src source) attributes(defs []attributeDef) []cubeAttribute {
	var attrs []cubeAttribute
	for _, def := range defs {
		text, label := def.Expr, ""
		if item, known := src.app.measures[def.LibraryID]; known {
			text, label = item.definition, item.title
		}
		x, err := parseExpression(src.data, text)
		if err != nil {
			x = nil // an empty attribute is common, charts leave placeholders
		}
		attrs = append(attrs, cubeAttribute{x, cmp.Or(label, text)})
	}
	return attrs
}

// compute groups the rows by the dimensions and evaluates the measures.
func (c *cube) compute() {
	groups, g := c.group()
	c.rows = make([]cubeRow, len(groups))
	for i, elements := range groups {
		c.rows[i] = cubeRow{elements: elements, measures: make([]value, len(c.measures)), attrs: make([][]value, len(c.dims)+len(c.measures))}
	}
	for m := range c.measures {
		if x := c.measures[m].expr; x != nil {
			c.measures[m].total = x.single(c.rowsFrom)
		}
		for i, v := range evaluateOrNull(c.measures[m].expr, c.rowsFrom, g) {
			c.rows[i].measures[m] = v
		}
	}
	for column, attrs := range c.attributeColumns() {
		for _, attr := range attrs {
			for i, v := range evaluateOrNull(attr.expr, c.rowsFrom, g) {
				c.rows[i].attrs[column] = append(c.rows[i].attrs[column], v)
			}
		}
	}
	if len(c.measures) > 0 && len(c.dims) > 0 {
		c.dropEmpty()
	}
}

func (c *cube) attributeColumns() [][]cubeAttribute {
	var columns [][]cubeAttribute
	for _, d := range c.dims {
		columns = append(columns, d.attrs)
	}
	for _, m := range c.measures {
		columns = append(columns, m.attrs)
	}
	return columns
}

func evaluateOrNull(x *expression, a *association, g grouping) []value {
	if x != nil {
		return x.evaluate(a, g)
	}
	out := make([]value, g.count)
	for i := range out {
		out[i] = null
	}
	return out
}

// group finds the combinations of elements that occur in the rows that any
// measure looks at. Set analysis makes these more than the included ones.
func (c *cube) group() ([][]int32, grouping) {
	if len(c.dims) == 0 {
		return make([][]int32, 1), everything
	}
	seen := make(map[string]int)
	var groups [][]int32
	ofRow := make([]int32, c.rowsFrom.data.rows)
	for i := range ofRow {
		ofRow[i] = -1
	}
	key := make([]byte, 0, 4*len(c.dims))
	for _, rows := range c.rowSets() {
		for _, row := range rows {
			if ofRow[row] >= 0 {
				continue
			}
			key = key[:0]
			for _, d := range c.dims {
				key = append(strconv.AppendInt(key, int64(d.field.rows[row]), 36), '/')
			}
			group, known := seen[string(key)]
			if !known {
				group = len(groups)
				seen[string(key)] = group
				elements := make([]int32, len(c.dims))
				for i, d := range c.dims {
					elements[i] = d.field.rows[row]
				}
				groups = append(groups, elements)
			}
			ofRow[row] = int32(group)
		}
	}
	return groups, grouping{len(groups), func(row int32) int { return int(ofRow[row]) }}
}

func (c *cube) rowSets() [][]int32 {
	sets := [][]int32{c.rowsFrom.included}
	for _, m := range c.measures {
		if m.expr == nil {
			continue
		}
		for _, agg := range m.expr.aggregations {
			if agg.set != nil {
				sets = append(sets, agg.set.rows(c.rowsFrom))
			}
		}
	}
	return sets
}

// dropEmpty removes rows in which no measure has a value, or with qSuppressZero
// one other than zero. Rows that only set analysis brought in vanish the same
// way when their own measures are empty.
func (c *cube) dropEmpty() {
	kept := c.rows[:0]
	for _, row := range c.rows {
		for _, v := range row.measures {
			if v.isNumber() && (v.num != 0 || !c.def.SuppressZero) || !v.isNumber() && !v.isNull() {
				kept = append(kept, row)
				break
			}
		}
	}
	// A cube whose measures are all invalid keeps its rows, to show the dashes.
	if len(kept) > 0 || c.def.SuppressZero {
		c.rows = kept
	}
}

// extremes returns the smallest and largest number of a measure over all rows.
func (c *cube) extremes(m int) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, row := range c.rows {
		if v := row.measures[m]; v.isNumber() {
			low, high = math.Min(low, v.num), math.Max(high, v.num)
		}
	}
	if low > high {
		return 0, 0
	}
	return low, high
}
