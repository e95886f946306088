package engine

import "slices"

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

type stackPage struct {
	Data []stackNode `json:"qData"`
	Area page        `json:"qArea"`
}

// stackRoots returns the elements of the first dimension in the order of the
// rows, or by their totals when the cube sorts by the measure first.
func (c *cube) stackRoots() []int32 {
	if len(c.dims) == 0 {
		return nil
	}
	var roots []int32
	totals := make(map[int32]float64)
	for _, row := range c.rows {
		if _, known := totals[row.elements[0]]; !known {
			roots = append(roots, row.elements[0])
			totals[row.elements[0]] = 0
		}
		if len(row.measures) > 0 && row.measures[0].isNumber() {
			totals[row.elements[0]] += row.measures[0].num
		}
	}
	if c.order[0] >= len(c.dims) {
		direction := c.measures[c.order[0]-len(c.dims)].def.Sort.ByNumeric
		if direction == 0 {
			direction = -1
		}
		slices.SortStableFunc(roots, func(a, b int32) int { return direction * compareNumbers(totals[a], totals[b]) })
	}
	return roots
}

// stack builds the pages of mode K. Height counts the nodes of the first
// dimension; a chart that gets it the other way round draws only some of them.
func (c *cube) stack(requested []page) []stackPage {
	roots := c.stackRoots()
	out := make([]stackPage, 0, len(requested))
	for _, p := range requested {
		p = p.clip(max(p.Left+p.Width, 0), len(roots))
		root := stackNode{Type: "R", Up: p.Top, Down: len(roots) - p.Top - p.Height, Sub: []stackNode{}}
		for i, element := range roots[p.Top : p.Top+p.Height] {
			rows := withElement(c.rows, 0, element)
			root.Sub = append(root.Sub, c.stackNode(rows, 0, p.Top+i))
		}
		out = append(out, stackPage{Data: []stackNode{root}, Area: p})
	}
	return out
}

// stackNode is the node that the given rows share at a depth, with all below.
func (c *cube) stackNode(rows []cubeRow, depth, place int) stackNode {
	if depth == len(c.dims) {
		return stackNode{}
	}
	cell := c.cell(rows[0], depth)
	node := stackNode{Type: "N", Text: cell.Text, Value: cell.Num, Element: cell.Element, Row: place, State: cell.State, Attrs: cell.Attrs, Sub: []stackNode{}}
	for _, row := range rows {
		for _, v := range row.measures {
			if v.isNumber() && v.num > 0 {
				node.MaxPos += v.num
			} else if v.isNumber() {
				node.MinNeg += v.num
			}
		}
	}
	if depth == len(c.dims)-1 {
		for m := range c.measures {
			value := c.cell(rows[0], len(c.dims)+m)
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
func (c *cube) elementsAt(rows []cubeRow, column int) []int32 {
	var elements []int32
	for _, row := range rows {
		if !slices.Contains(elements, row.elements[column]) {
			elements = append(elements, row.elements[column])
		}
	}
	return elements
}

func withElement(rows []cubeRow, column int, element int32) []cubeRow {
	var found []cubeRow
	for _, row := range rows {
		if row.elements[column] == element {
			found = append(found, row)
		}
	}
	return found
}

// summedStacks has one row per stack: its element, the sum of what is above
// zero and the sum of what is below. Asked for a single row, which is how
// charts ask for the extent of their axis, it gives the extremes of all.
func (c *cube) summedStacks(p page) dataPage {
	var matrix [][]cell
	var highest, lowest float64
	for _, node := range c.stack([]page{{Height: len(c.rows), Width: 1}})[0].Data[0].Sub {
		highest, lowest = max(highest, node.MaxPos), min(lowest, node.MinNeg)
		matrix = append(matrix, summedRow(node, node.MaxPos, node.MinNeg))
	}
	if p.Height == 1 && len(matrix) > 1 {
		matrix = [][]cell{{matrix[0][0], sumCell(highest), sumCell(lowest)}}
	}
	area := page{Left: 1, Top: p.Top, Width: 3, Height: p.Height}.clip(4, len(matrix))
	return dataPage{Matrix: matrix[area.Top : area.Top+area.Height], Tails: []object{}, Area: area, Summed: true}
}

func summedRow(node stackNode, positive, negative float64) []cell {
	return []cell{{Text: node.Text, Num: node.Value, Element: node.Element, State: node.State}, sumCell(positive), sumCell(negative)}
}

func sumCell(n float64) cell { return cell{Text: formatPlain(n), Num: n, State: stateLocked} }
