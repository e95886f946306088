package cube

import (
	"cmp"
	"math"
	"strconv"

	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/model"
)

// object and list shorten the many JSON literals.
type (
	object = model.Object
	list   = model.List
)

// Error codes inside a cube. Charts show "the calculation condition is not
// fulfilled" for the first and "invalid" for any other.
const (
	conditionFailed   = 7005
	InvalidDefinition = 7000
)

// Element numbers that are no element.
const (
	elementTotal  = -1
	elementNull   = -2
	elementOthers = -3
)

// Source is what cubes and lists are computed from.
type Source struct {
	Data   *calc.Dataset
	App    *model.App
	States *calc.Association // of the present selections
}

// Cube is a hypercube computed for the present selections.
type Cube struct {
	Def      Def
	raw      object // the definition with all its keys, for those that are only copied
	Dims     []Dimension
	Measures []Measure
	Rows     []Row
	order    []int // the effective qInterColumnSortOrder
	failure  int   // a qErrorCode for the whole cube, or 0

	rowsFrom *calc.Association // whose included rows are grouped
	states   *calc.Association // whose states the cells carry
}

// Dimension is a dimension of a cube.
type Dimension struct {
	def    DimensionDef
	Field  *calc.Field // nil when invalid
	title  string
	values []calc.Value // what each element shows; a copy of field.values unless "others" were added
	attrs  []Attribute
}

// Measure is a measure of a cube.
type Measure struct {
	def   measureDef
	expr  *calc.Expression // nil when invalid
	title string
	total calc.Value
	attrs []Attribute
}

// Attribute is an attribute expression, evaluated for each row of the cube.
type Attribute struct {
	expr  *calc.Expression
	label string
}

// Row is one combination of dimension elements with its measures and, in
// the order of the columns, its attributes.
type Row struct {
	Elements []int32
	Measures []calc.Value
	attrs    [][]calc.Value
}

// New computes everything but pages. rowsFrom differs from src.States only for an object in a modal selection.
func New(src Source, raw object, rowsFrom *calc.Association) *Cube {
	c := &Cube{raw: raw, rowsFrom: rowsFrom, states: src.States}
	if err := Recast(raw, &c.Def); err != nil {
		c.failure = InvalidDefinition
		return c
	}
	if cond := cmp.Or(c.Def.Condition.Expr, c.Def.Conditional.Cond.Expr); cond != "" && !src.holds(cond) {
		c.failure = conditionFailed
	}
	for _, def := range c.Def.Dimensions {
		f, title, err := src.ResolveDimension(&def)
		dim := Dimension{def: def, Field: f, title: title, attrs: src.attributes(def.Attributes)}
		if err != nil {
			c.failure = InvalidDefinition
		} else {
			dim.values = f.Values
		}
		c.Dims = append(c.Dims, dim)
	}
	for _, def := range c.Def.Measures {
		x, title, err := src.resolveMeasure(&def)
		if err != nil {
			x = nil
		}
		c.Measures = append(c.Measures, Measure{def: def, expr: x, title: title, total: calc.Null, attrs: src.attributes(def.Attributes)})
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
func (src Source) holds(cond string) bool {
	x, err := calc.Parse(src.Data, cond)
	if err != nil {
		return false
	}
	v := x.Single(src.States)
	return v.IsNumber() && v.Num != 0
}

func (src Source) attributes(defs []attributeDef) []Attribute {
	var attrs []Attribute
	for _, def := range defs {
		text, label := def.Expr, ""
		if item, known := src.App.Measures[def.LibraryID]; known {
			text, label = item.Definition, item.Title
		}
		x, err := calc.Parse(src.Data, text)
		if err != nil {
			x = nil // an empty attribute is common, charts leave placeholders
		}
		attrs = append(attrs, Attribute{x, cmp.Or(label, text)})
	}
	return attrs
}

// compute groups the rows by the dimensions and evaluates the measures.
func (c *Cube) compute() {
	groups, g := c.group()
	c.Rows = make([]Row, len(groups))
	for i, elements := range groups {
		c.Rows[i] = Row{Elements: elements, Measures: make([]calc.Value, len(c.Measures)), attrs: make([][]calc.Value, len(c.Dims)+len(c.Measures))}
	}
	for m := range c.Measures {
		if x := c.Measures[m].expr; x != nil {
			c.Measures[m].total = x.Single(c.rowsFrom)
		}
		for i, v := range evaluateOrNull(c.Measures[m].expr, c.rowsFrom, g) {
			c.Rows[i].Measures[m] = v
		}
	}
	for column, attrs := range c.attributeColumns() {
		for _, attr := range attrs {
			for i, v := range evaluateOrNull(attr.expr, c.rowsFrom, g) {
				c.Rows[i].attrs[column] = append(c.Rows[i].attrs[column], v)
			}
		}
	}
	if len(c.Measures) > 0 && len(c.Dims) > 0 {
		c.dropEmpty()
	}
}

func (c *Cube) attributeColumns() [][]Attribute {
	var columns [][]Attribute
	for _, d := range c.Dims {
		columns = append(columns, d.attrs)
	}
	for _, m := range c.Measures {
		columns = append(columns, m.attrs)
	}
	return columns
}

func evaluateOrNull(x *calc.Expression, a *calc.Association, g calc.Grouping) []calc.Value {
	if x != nil {
		return x.Evaluate(a, g)
	}
	out := make([]calc.Value, g.Count)
	for i := range out {
		out[i] = calc.Null
	}
	return out
}

// group finds the combinations of elements that occur in the rows that any
// measure looks at. Set analysis makes these more than the included ones.
func (c *Cube) group() ([][]int32, calc.Grouping) {
	if len(c.Dims) == 0 {
		return make([][]int32, 1), calc.Everything
	}
	seen := make(map[string]int)
	var groups [][]int32
	ofRow := make([]int32, c.rowsFrom.Data.Rows)
	for i := range ofRow {
		ofRow[i] = -1
	}
	key := make([]byte, 0, 4*len(c.Dims))
	for _, rows := range c.rowSets() {
		for _, row := range rows {
			if ofRow[row] >= 0 {
				continue
			}
			key = key[:0]
			for _, d := range c.Dims {
				key = append(strconv.AppendInt(key, int64(d.Field.Rows[row]), 36), '/')
			}
			group, known := seen[string(key)]
			if !known {
				group = len(groups)
				seen[string(key)] = group
				elements := make([]int32, len(c.Dims))
				for i, d := range c.Dims {
					elements[i] = d.Field.Rows[row]
				}
				groups = append(groups, elements)
			}
			ofRow[row] = int32(group)
		}
	}
	return groups, calc.Grouping{Count: len(groups), Of: func(row int32) int { return int(ofRow[row]) }}
}

func (c *Cube) rowSets() [][]int32 {
	sets := [][]int32{c.rowsFrom.Included}
	for _, m := range c.Measures {
		if m.expr == nil {
			continue
		}
		for _, agg := range m.expr.Aggregations {
			if agg.Set != nil {
				sets = append(sets, agg.Set.Rows(c.rowsFrom))
			}
		}
	}
	return sets
}

// dropEmpty removes rows in which no measure has a value, or with qSuppressZero
// one other than zero. Rows that only set analysis brought in vanish the same
// way when their own measures are empty.
func (c *Cube) dropEmpty() {
	kept := c.Rows[:0]
	for _, row := range c.Rows {
		for _, v := range row.Measures {
			if v.IsNumber() && (v.Num != 0 || !c.Def.SuppressZero) || !v.IsNumber() && !v.IsNull() {
				kept = append(kept, row)
				break
			}
		}
	}
	// A cube whose measures are all invalid keeps its rows, to show the dashes.
	if len(kept) > 0 || c.Def.SuppressZero {
		c.Rows = kept
	}
}

// extremes returns the smallest and largest number of a measure over all rows.
func (c *Cube) extremes(m int) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, row := range c.Rows {
		if v := row.Measures[m]; v.IsNumber() {
			low, high = math.Min(low, v.Num), math.Max(high, v.Num)
		}
	}
	if low > high {
		return 0, 0
	}
	return low, high
}
