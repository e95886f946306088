package engine

import "strconv"

// limit keeps the n largest rows of a one-dimensional cube and sums the rest up
// as "Others", which is what a pie asks for. Other limits are not applied.
func (c *cube) limit() {
	if len(c.dims) != 1 || len(c.measures) == 0 || c.dims[0].def.Other.Mode != "OTHER_COUNTED" {
		return
	}
	spec := c.dims[0].def.Other
	n, err := strconv.Atoi(string(spec.Counted.N))
	if err != nil || n <= 0 || len(c.rows) <= n || c.measures[0].expr == nil {
		return
	}
	ascending := spec.SortMode == "OTHER_SORT_ASCENDING"
	sortRows(c.rows, func(a, b cubeRow) int {
		return compareNumbers(a.measures[0].num, b.measures[0].num) * either(ascending, 1, -1)
	})
	rest := make(map[int32]bool)
	for _, row := range c.rows[n:] {
		rest[row.elements[0]] = true
	}
	c.rows = c.rows[:n:n]
	if spec.Suppress {
		return
	}
	f := c.dims[0].field
	others := grouping{1, func(row int32) int {
		if rest[f.rows[row]] {
			return 0
		}
		return -1
	}}
	row := cubeRow{elements: []int32{elementOthers}, attrs: make([][]value, 1+len(c.measures))}
	for _, m := range c.measures {
		row.measures = append(row.measures, evaluateOrNull(m.expr, c.rowsFrom, others)[0])
	}
	c.rows = append(c.rows, row)
}
