package engine

import (
	"math"
	"slices"
	"strings"
)

// value is one entry of a field: what is shown, and its number. The number of
// a text is NaN.
type value struct {
	text string
	num  float64
}

func (v value) isNumber() bool { return !math.IsNaN(v.num) }

// null is what an expression without a result gives; it is shown as a dash.
var null = value{"-", math.NaN()}

// isNull compares the text, since NaN equals nothing, not even itself.
func (v value) isNull() bool { return v.text == null.text && !v.isNumber() }

func textValue(s string) value { return value{s, math.NaN()} }

func numberValue(n float64) value {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return null
	}
	return value{formatPlain(n), n}
}

// field is a column stored as its distinct values, in load order, and the index
// of the value in each row. The index is the element number of the protocol.
type field struct {
	name   string
	tags   []string
	values []value
	rows   []int32
}

func (f *field) at(row int32) value { return f.values[f.rows[row]] }

func (f *field) numeric() bool { return slices.Contains(f.tags, "$numeric") }

func (f *field) hasTag(tag string) bool { return slices.Contains(f.tags, tag) }

// dataset is one table. With a single table, two values are associated when a
// row holds both.
type dataset struct {
	rows   int
	fields []*field
	byName map[string]*field
}

// field finds a field by its name, with or without brackets, as expressions and
// dimensions write it. Names are compared exactly, as the engine does.
func (d *dataset) field(name string) *field {
	name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "="))
	if strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]") {
		name = name[1 : len(name)-1]
	}
	return d.byName[name]
}

// withoutRows is the data of an app opened with noData: the fields are there
// but nothing is in them.
func (d *dataset) withoutRows() *dataset {
	empty := &dataset{byName: make(map[string]*field, len(d.fields))}
	for _, f := range d.fields {
		hollow := &field{name: f.name, tags: f.tags}
		empty.fields = append(empty.fields, hollow)
		empty.byName[f.name] = hollow
	}
	return empty
}

// column collects a field row by row.
type column struct {
	*field
	texts   map[string]int32
	numbers map[float64]int32 // so that a number is formatted once
}

func newColumn(name string, rows int, tags ...string) *column {
	return &column{&field{name: name, tags: tags, rows: make([]int32, 0, rows)}, make(map[string]int32), make(map[float64]int32)}
}

// seed fixes the load order of values that rows would bring in another one,
// such as months.
func (c *column) seed(values ...value) {
	for _, v := range values {
		c.intern(v)
	}
}

func (c *column) intern(v value) int32 {
	i, known := c.texts[v.text]
	if !known {
		i = int32(len(c.values))
		c.texts[v.text] = i
		c.values = append(c.values, v)
	}
	return i
}

func (c *column) add(v value) { c.rows = append(c.rows, c.intern(v)) }

func (c *column) addNumber(n float64) {
	i, known := c.numbers[n]
	if !known {
		i = int32(len(c.values))
		c.numbers[n] = i
		c.values = append(c.values, value{formatPlain(n), n})
	}
	c.rows = append(c.rows, i)
}
