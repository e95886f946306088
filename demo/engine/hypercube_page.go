package engine

import (
	"cmp"
	"errors"
	"math"
)

// maxCells is how much one page may hold.
const maxCells = 10000

// cell is one entry of a matrix. qNum is the text "NaN" for a text, because
// JSON has no such number.
type cell struct {
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

type dataPage struct {
	Matrix [][]cell `json:"qMatrix"`
	Tails  []object `json:"qTails"`
	Area   page     `json:"qArea"`
	Summed bool     `json:"qIsReduced,omitempty"`
}

func jsonNumber(n float64) any {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "NaN"
	}
	return n
}

// columns returns the width of a matrix.
func (c *cube) columns() int { return len(c.dims) + len(c.measures) }

// size is qSize. In a stack it counts the nodes of the first dimension.
func (c *cube) size() object {
	height := len(c.rows)
	if c.def.Mode == "K" {
		height = len(c.stackRoots())
	}
	return object{"qcx": c.columns(), "qcy": height}
}

// clip cuts a requested page down to what exists.
func (p page) clip(width, height int) page {
	p.Left, p.Top = min(max(p.Left, 0), width), min(max(p.Top, 0), height)
	p.Width, p.Height = min(max(p.Width, 0), width-p.Left), min(max(p.Height, 0), height-p.Top)
	return p
}

// errTooLarge is returned for a page above the limit.
var errTooLarge = errors.New("Result too large")

// pages answers a data request; a page above the limit is refused as the
// engine does it.
func (c *cube) pages(requested []page) ([]dataPage, error) {
	out := make([]dataPage, 0, len(requested))
	for _, p := range requested {
		p = p.clip(c.columns(), len(c.rows))
		if p.Width*p.Height > maxCells {
			return nil, errTooLarge
		}
		out = append(out, c.page(p))
	}
	return out, nil
}

// initialPages is what a layout carries. A request that is too large is cut
// here: a layout has to come.
func (c *cube) initialPages() []dataPage {
	out := make([]dataPage, 0, len(c.def.Fetch))
	for _, p := range c.def.Fetch {
		p = p.clip(c.columns(), len(c.rows))
		if p.Width > 0 {
			p.Height = min(p.Height, maxCells/p.Width)
		}
		out = append(out, c.page(p))
	}
	return out
}

func (c *cube) page(p page) dataPage {
	matrix := make([][]cell, 0, p.Height)
	for _, row := range c.rows[p.Top : p.Top+p.Height] {
		cells := make([]cell, 0, p.Width)
		for column := p.Left; column < p.Left+p.Width; column++ {
			cells = append(cells, c.cell(row, column))
		}
		matrix = append(matrix, cells)
	}
	return dataPage{Matrix: matrix, Tails: []object{}, Area: p}
}

func (c *cube) cell(row cubeRow, column int) cell {
	var out cell
	if column < len(c.dims) {
		out = c.dimensionCell(column, row.elements[column])
	} else {
		m := column - len(c.dims)
		out = c.measureCell(m, row.measures[m])
	}
	if attrs := row.attrs[column]; len(attrs) > 0 {
		out.Attrs = &cellAttrs{}
		for _, v := range attrs {
			out.Attrs.Values = append(out.Attrs.Values, attrValue{v.text, jsonNumber(v.num)})
		}
	}
	return out
}

func (c *cube) dimensionCell(column int, element int32) cell {
	dim := c.dims[column]
	if element == elementOthers {
		return cell{Text: cmp.Or(plainLabel(dim.def.Other.Label.Text), "Others"), Num: "NaN", Element: elementOthers, State: stateOptional, Other: true}
	}
	v := dim.field.values[element]
	return cell{Text: v.text, Num: jsonNumber(v.num), Element: int(element), State: c.states.state(dim.field)[element]}
}

// plainLabel unwraps a label written as the formula ='Others'.
func plainLabel(label string) string {
	if n := len(label); n > 3 && label[:2] == "='" && label[n-1] == '\'' {
		return label[2 : n-1]
	}
	return label
}

func (c *cube) measureCell(m int, v value) cell {
	return cell{Text: c.measures[m].def.Def.Format.text(v), Num: jsonNumber(v.num), State: stateLocked, IsNull: v.isNull()}
}

// grandTotals is the row of totals.
func (c *cube) grandTotals() []cell {
	totals := make([]cell, 0, len(c.measures))
	for m, measure := range c.measures {
		t := c.measureCell(m, measure.total)
		t.Element = elementTotal
		t.State = stateExcluded // as the engine marks what cannot be selected
		totals = append(totals, t)
	}
	return totals
}
