package cube

import (
	"slices"

	"vitrine/demo/engine/calc"
)

// stackNode is a node of a stacked page: the root (R), an element of a
// dimension (N) or a measure's value (V).
type stackNode struct {
	Type    string      `json:"qType"`
	Text    string      `json:"qText,omitempty"`
	Value   any         `json:"qValue,omitempty"`
	Element int         `json:"qElemNo"`
	Row     int         `json:"qRow"`
	Up      int         `json:"qUp"`
	Down    int         `json:"qDown"`
	MaxPos  float64     `json:"qMaxPos"`
	MinNeg  float64     `json:"qMinNeg"`
	State   string      `json:"qState,omitempty"`
	Attrs   *cellAttrs  `json:"qAttrExps,omitempty"`
	Sub     []stackNode `json:"qSubNodes"`
}

// StackPage is an NxStackPage.
type StackPage struct {
	Data []stackNode `json:"qData"`
	Area Page        `json:"qArea"`
}

// stackRoots returns the elements of the first dimension in the order of the
// rows, or by their totals when the cube sorts by the measure first.
func (c *Cube) stackRoots() []int32 {
	if len(c.Dims) == 0 {
		return nil
	}
	var roots []int32
	totals := make(map[int32]float64)
	for _, row := range c.Rows {
		if _, known := totals[row.Elements[0]]; !known {
			roots = append(roots, row.Elements[0])
			totals[row.Elements[0]] = 0
		}
		if len(row.Measures) > 0 && row.Measures[0].IsNumber() {
			totals[row.Elements[0]] += row.Measures[0].Num
		}
	}
	if c.order[0] >= len(c.Dims) {
		direction := c.Measures[c.order[0]-len(c.Dims)].def.Sort.ByNumeric
		if direction == 0 {
			direction = -1
		}
		slices.SortStableFunc(roots, func(a, b int32) int { return direction * compareNumbers(totals[a], totals[b]) })
	}
	return roots
}

// Stack builds the pages of mode K. Height counts the nodes of the first
// dimension; a chart that gets it the other way round draws only some of them.
func (c *Cube) Stack(requested []Page) []StackPage {
	roots := c.stackRoots()
	out := make([]StackPage, 0, len(requested))
	for _, p := range requested {
		p = p.Clip(max(p.Left+p.Width, 0), len(roots))
		root := stackNode{Type: "R", Up: p.Top, Down: len(roots) - p.Top - p.Height, Sub: []stackNode{}}
		for i, element := range roots[p.Top : p.Top+p.Height] {
			rows := withElement(c.Rows, 0, element)
			root.Sub = append(root.Sub, c.stackNode(rows, 0, p.Top+i))
		}
		out = append(out, StackPage{Data: []stackNode{root}, Area: p})
	}
	return out
}

// stackNode is the node that the given rows share at a depth, with all below.
func (c *Cube) stackNode(rows []Row, depth, place int) stackNode {
	if depth == len(c.Dims) {
		return stackNode{}
	}
	cell := c.cell(rows[0], depth)
	node := stackNode{Type: "N", Text: cell.Text, Value: cell.Num, Element: cell.Element, Row: place, State: cell.State, Attrs: cell.Attrs, Sub: []stackNode{}}
	for _, row := range rows {
		for _, v := range row.Measures {
			if v.IsNumber() && v.Num > 0 {
				node.MaxPos += v.Num
			} else if v.IsNumber() {
				node.MinNeg += v.Num
			}
		}
	}
	if depth == len(c.Dims)-1 {
		for m := range c.Measures {
			value := c.cell(rows[0], len(c.Dims)+m)
			node.Sub = append(node.Sub, stackNode{Type: "V", Text: value.Text, Value: value.Num, Row: m, Attrs: value.Attrs, Sub: []stackNode{}})
		}
		return node
	}
	for i, element := range c.elementsAt(rows, depth+1) {
		node.Sub = append(node.Sub, c.stackNode(withElement(rows, depth+1, element), depth+1, i))
	}
	return node
}

// elementsAt lists the elements of a column in the order in which the whole
// cube has them, so that every stack is layered alike.
func (c *Cube) elementsAt(rows []Row, column int) []int32 {
	var elements []int32
	for _, row := range rows {
		if !slices.Contains(elements, row.Elements[column]) {
			elements = append(elements, row.Elements[column])
		}
	}
	return elements
}

func withElement(rows []Row, column int, element int32) []Row {
	var found []Row
	for _, row := range rows {
		if row.Elements[column] == element {
			found = append(found, row)
		}
	}
	return found
}

// SummedStacks has one row per stack: its element, the sum of what is above
// zero and the sum of what is below. Asked for a single row, which is how
// charts ask for the extent of their axis, it gives the extremes of all.
func (c *Cube) SummedStacks(p Page) DataPage {
	var matrix [][]Cell
	var highest, lowest float64
	for _, node := range c.Stack([]Page{{Height: len(c.Rows), Width: 1}})[0].Data[0].Sub {
		highest, lowest = max(highest, node.MaxPos), min(lowest, node.MinNeg)
		matrix = append(matrix, summedRow(node, node.MaxPos, node.MinNeg))
	}
	if p.Height == 1 && len(matrix) > 1 {
		matrix = [][]Cell{{matrix[0][0], sumCell(highest), sumCell(lowest)}}
	}
	area := Page{Left: 1, Top: p.Top, Width: 3, Height: p.Height}.Clip(4, len(matrix))
	return DataPage{Matrix: matrix[area.Top : area.Top+area.Height], Tails: []object{}, Area: area, Summed: true}
}

func summedRow(node stackNode, positive, negative float64) []Cell {
	return []Cell{{Text: node.Text, Num: node.Value, Element: node.Element, State: node.State}, sumCell(positive), sumCell(negative)}
}

func sumCell(n float64) Cell { return Cell{Text: calc.FormatPlain(n), Num: n, State: calc.StateLocked} }
