package cube

import (
	"strconv"

	"vitrine/demo/engine/calc"
)

// limit keeps the n largest rows of a one-dimensional cube and sums the rest up
// as "Others", as pie charts need it. Other limits are not applied.
func (c *Cube) limit() {
	if len(c.Dims) != 1 || len(c.Measures) == 0 || c.Dims[0].def.Other.Mode != "OTHER_COUNTED" {
		return
	}
	spec := c.Dims[0].def.Other
	n, err := strconv.Atoi(string(spec.Counted.N))
	if err != nil || n <= 0 || len(c.Rows) <= n || c.Measures[0].expr == nil {
		return
	}
	ascending := spec.SortMode == "OTHER_SORT_ASCENDING"
	sortRows(c.Rows, func(a, b Row) int {
		return compareNumbers(a.Measures[0].Num, b.Measures[0].Num) * calc.Either(ascending, 1, -1)
	})
	rest := make(map[int32]bool)
	for _, row := range c.Rows[n:] {
		rest[row.Elements[0]] = true
	}
	c.Rows = c.Rows[:n:n]
	if spec.Suppress {
		return
	}
	f := c.Dims[0].Field
	others := calc.Grouping{Count: 1, Of: func(row int32) int {
		if rest[f.Rows[row]] {
			return 0
		}
		return -1
	}}
	row := Row{Elements: []int32{elementOthers}, attrs: make([][]calc.Value, 1+len(c.Measures))}
	for _, m := range c.Measures {
		row.Measures = append(row.Measures, evaluateOrNull(m.expr, c.rowsFrom, others)[0])
	}
	c.Rows = append(c.Rows, row)
}
