package calc

import (
	"math"
	"slices"
	"strings"
)

// Value is one entry of a field: what is shown, and its number. The number of
// a text is NaN.
type Value struct {
	Text string
	Num  float64
}

// IsNumber reports whether the value has a number.
func (v Value) IsNumber() bool { return !math.IsNaN(v.Num) }

// Null is what an expression without a result gives; it is shown as a dash.
var Null = Value{"-", math.NaN()}

// IsNull compares the text, since NaN equals nothing, not even itself.
func (v Value) IsNull() bool { return v.Text == Null.Text && !v.IsNumber() }

// TextValue is a value without a number.
func TextValue(s string) Value { return Value{s, math.NaN()} }

// NumberValue is a number shown plainly; NaN and infinity are null.
func NumberValue(n float64) Value {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return Null
	}
	return Value{FormatPlain(n), n}
}

// Field is a column stored as its distinct values, in load order, and the index
// of the value in each row. The index is the element number of the protocol.
type Field struct {
	Name   string
	Tags   []string
	Values []Value
	Rows   []int32
}

// At returns the value of a row.
func (f *Field) At(row int32) Value { return f.Values[f.Rows[row]] }

// Numeric reports whether the field is tagged as numeric.
func (f *Field) Numeric() bool { return slices.Contains(f.Tags, "$numeric") }

// HasTag reports whether the field has the tag.
func (f *Field) HasTag(tag string) bool { return slices.Contains(f.Tags, tag) }

// Dataset is one table. With a single table, two values are associated when a
// row holds both.
type Dataset struct {
	Rows   int
	Fields []*Field
	ByName map[string]*Field
}

// Field finds a field by its name, with or without brackets, as expressions and
// dimensions write it. Names are compared exactly, as the engine does.
func (d *Dataset) Field(name string) *Field {
	name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "="))
	if strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]") {
		name = name[1 : len(name)-1]
	}
	return d.ByName[name]
}

// WithoutRows is the data of an app opened with noData: the fields are there
// but nothing is in them.
func (d *Dataset) WithoutRows() *Dataset {
	empty := &Dataset{ByName: make(map[string]*Field, len(d.Fields))}
	for _, f := range d.Fields {
		hollow := &Field{Name: f.Name, Tags: f.Tags}
		empty.Fields = append(empty.Fields, hollow)
		empty.ByName[f.Name] = hollow
	}
	return empty
}

// Column collects a field row by row.
type Column struct {
	*Field
	texts   map[string]int32
	numbers map[float64]int32 // so that a number is formatted once
}

// NewColumn returns an empty column with room for the rows.
func NewColumn(name string, rows int, tags ...string) *Column {
	return &Column{&Field{Name: name, Tags: tags, Rows: make([]int32, 0, rows)}, make(map[string]int32), make(map[float64]int32)}
}

// Seed fixes the load order of values that rows would bring in another one,
// such as months.
func (c *Column) Seed(values ...Value) {
	for _, v := range values {
		c.intern(v)
	}
}

func (c *Column) intern(v Value) int32 {
	i, known := c.texts[v.Text]
	if !known {
		i = int32(len(c.Values))
		c.texts[v.Text] = i
		c.Values = append(c.Values, v)
	}
	return i
}

// Add appends a row.
func (c *Column) Add(v Value) { c.Rows = append(c.Rows, c.intern(v)) }

// AddNumber appends a row with a number.
func (c *Column) AddNumber(n float64) {
	i, known := c.numbers[n]
	if !known {
		i = int32(len(c.Values))
		c.numbers[n] = i
		c.Values = append(c.Values, Value{FormatPlain(n), n})
	}
	c.Rows = append(c.Rows, i)
}
