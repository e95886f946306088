package cube

import (
	"cmp"
	"errors"
	"math"

	"vitrine/demo/engine/calc"
)

// MaxCells is how much one page may hold.
const MaxCells = 10000

// Cell is one entry of a matrix. qNum is the text "NaN" for a text, because
// JSON has no such number.
type Cell struct {
	Text    string     `json:"qText"`
	Num     any        `json:"qNum"`
	Element int        `json:"qElemNumber"`
	State   string     `json:"qState"`
	IsNull  bool       `json:"qIsNull,omitempty"`
	Other   bool       `json:"qIsOtherCell,omitempty"`
	Attrs   *cellAttrs `json:"qAttrExps,omitempty"`
	Freq    string     `json:"qFrequency,omitempty"`
	Ranges  []object   `json:"qHighlightRanges,omitempty"`
}

type cellAttrs struct {
	Values []attrValue `json:"qValues"`
}

type attrValue struct {
	Text string `json:"qText"`
	Num  any    `json:"qNum"`
}

// DataPage is an NxDataPage.
type DataPage struct {
	Matrix [][]Cell `json:"qMatrix"`
	Tails  []object `json:"qTails"`
	Area   Page     `json:"qArea"`
	Summed bool     `json:"qIsReduced,omitempty"`
}

// JSONNumber is a number as the protocol has it.
func JSONNumber(n float64) any {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "NaN"
	}
	return n
}

// columns returns the width of a matrix.
func (c *Cube) columns() int { return len(c.Dims) + len(c.Measures) }

// size is qSize. In a stack it counts the nodes of the first dimension.
func (c *Cube) size() object {
	height := len(c.Rows)
	if c.Def.Mode == "K" {
		height = len(c.stackRoots())
	}
	return object{"qcx": c.columns(), "qcy": height}
}

// Clip cuts a requested page down to what exists.
func (p Page) Clip(width, height int) Page {
	p.Left, p.Top = min(max(p.Left, 0), width), min(max(p.Top, 0), height)
	p.Width, p.Height = min(max(p.Width, 0), width-p.Left), min(max(p.Height, 0), height-p.Top)
	return p
}

// ErrTooLarge is returned for a page above the limit.
var ErrTooLarge = errors.New("result too large")

// Pages answers a data request; a page above the limit is an error, as in
// the real engine.
func (c *Cube) Pages(requested []Page) ([]DataPage, error) {
	out := make([]DataPage, 0, len(requested))
	for _, p := range requested {
		p = p.Clip(c.columns(), len(c.Rows))
		if p.Width*p.Height > MaxCells {
			return nil, ErrTooLarge
		}
		out = append(out, c.page(p))
	}
	return out, nil
}

// initialPages is what a layout carries. A request that is too large is cut
// here: a layout has to come.
func (c *Cube) initialPages() []DataPage {
	out := make([]DataPage, 0, len(c.Def.Fetch))
	for _, p := range c.Def.Fetch {
		p = p.Clip(c.columns(), len(c.Rows))
		if p.Width > 0 {
			p.Height = min(p.Height, MaxCells/p.Width)
		}
		out = append(out, c.page(p))
	}
	return out
}

func (c *Cube) page(p Page) DataPage {
	matrix := make([][]Cell, 0, p.Height)
	for _, row := range c.Rows[p.Top : p.Top+p.Height] {
		cells := make([]Cell, 0, p.Width)
		for column := p.Left; column < p.Left+p.Width; column++ {
			cells = append(cells, c.cell(row, column))
		}
		matrix = append(matrix, cells)
	}
	return DataPage{Matrix: matrix, Tails: []object{}, Area: p}
}

func (c *Cube) cell(row Row, column int) Cell {
	var out Cell
	if column < len(c.Dims) {
		out = c.dimensionCell(column, row.Elements[column])
	} else {
		m := column - len(c.Dims)
		out = c.measureCell(m, row.Measures[m])
	}
	if attrs := row.attrs[column]; len(attrs) > 0 {
		out.Attrs = &cellAttrs{}
		for _, v := range attrs {
			out.Attrs.Values = append(out.Attrs.Values, attrValue{v.Text, JSONNumber(v.Num)})
		}
	}
	return out
}

func (c *Cube) dimensionCell(column int, element int32) Cell {
	dim := c.Dims[column]
	if element == elementOthers {
		return Cell{Text: cmp.Or(plainLabel(dim.def.Other.Label.Text), "Others"), Num: "NaN", Element: elementOthers, State: calc.StateOptional, Other: true}
	}
	v := dim.Field.Values[element]
	return Cell{Text: v.Text, Num: JSONNumber(v.Num), Element: int(element), State: c.states.State(dim.Field)[element]}
}

// plainLabel unwraps a label written as the formula ='Others'.
func plainLabel(label string) string {
	if n := len(label); n > 3 && label[:2] == "='" && label[n-1] == '\'' {
		return label[2 : n-1]
	}
	return label
}

func (c *Cube) measureCell(m int, v calc.Value) Cell {
	return Cell{Text: c.Measures[m].def.Def.Format.Text(v), Num: JSONNumber(v.Num), State: calc.StateLocked, IsNull: v.IsNull()}
}

// grandTotals is the row of totals.
func (c *Cube) grandTotals() []Cell {
	totals := make([]Cell, 0, len(c.Measures))
	for m, measure := range c.Measures {
		t := c.measureCell(m, measure.total)
		t.Element = elementTotal
		t.State = calc.StateExcluded // as the engine marks what cannot be selected
		totals = append(totals, t)
	}
	return totals
}
