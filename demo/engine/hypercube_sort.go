package engine

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// sortOrder completes qInterColumnSortOrder: unknown columns are dropped,
// missing ones follow in their natural order.
func (c *cube) sortOrder() []int {
	columns := len(c.dims) + len(c.measures)
	order := make([]int, 0, columns)
	for _, column := range c.def.SortOrder {
		if column >= 0 && column < columns && !slices.Contains(order, column) {
			order = append(order, column)
		}
	}
	for column := range columns {
		if !slices.Contains(order, column) {
			order = append(order, column)
		}
	}
	return order
}

// sort orders the rows column after column. "Others" stay last in any case.
func (c *cube) sort(src source) {
	compare := make([]func(a, b cubeRow) int, 0, len(c.order))
	for _, column := range c.order {
		if column < len(c.dims) {
			ranks := c.elementRanks(src, column)
			compare = append(compare, func(a, b cubeRow) int {
				return cmp.Compare(rankOf(ranks, a.elements[column]), rankOf(ranks, b.elements[column]))
			})
			continue
		}
		if c.def.Mode == "K" {
			continue // stackRoots sorts by the totals; the layers keep one order in all stacks
		}
		m := column - len(c.dims)
		direction := c.measures[m].def.Sort.ByNumeric
		if direction == 0 {
			direction = c.measures[m].def.Sort.ByLoadOrder
		}
		if direction == 0 && column == c.order[0] && len(c.def.SortOrder) > 0 {
			direction = -1 // the first sorting column with no direction: largest first
		}
		if direction != 0 {
			compare = append(compare, func(a, b cubeRow) int {
				return direction * compareNumbers(a.measures[m].num, b.measures[m].num)
			})
		}
	}
	sortRows(c.rows, func(a, b cubeRow) int {
		if len(a.elements) == 1 && (a.elements[0] < 0) != (b.elements[0] < 0) {
			return either(a.elements[0] < 0, 1, -1)
		}
		for _, by := range compare {
			if order := by(a, b); order != 0 {
				return order
			}
		}
		return 0
	})
}

func sortRows(rows []cubeRow, compare func(a, b cubeRow) int) { slices.SortStableFunc(rows, compare) }

func rankOf(ranks []int, element int32) int {
	if element < 0 {
		return math.MaxInt
	}
	return ranks[element]
}

// compareNumbers puts missing numbers below all others.
func compareNumbers(a, b float64) int { return cmp.Compare(a, b) }

// elementRanks is the place of every element of a dimension in its own order.
func (c *cube) elementRanks(src source, column int) []int {
	dim := c.dims[column]
	return ranks(sortedElements(src, dim.field, dim.def.Def.SortCriteria, c.states))
}

func ranks(elements []int) []int {
	out := make([]int, len(elements))
	for place, element := range elements {
		out[element] = place
	}
	return out
}

// sortedElements orders the elements of a field by the first of the criteria,
// in the engine's order of precedence; load order decides what is left.
func sortedElements(src source, f *field, criteria []sortCriteria, a *association) []int {
	elements := make([]int, len(f.values))
	for i := range elements {
		elements[i] = i
	}
	if len(criteria) == 0 {
		return elements
	}
	by := criteria[0]
	var compare []func(x, y int) int
	use := func(direction int, order func(x, y int) int) {
		if direction != 0 {
			compare = append(compare, func(x, y int) int { return direction * order(x, y) })
		}
	}
	if by.ByState != 0 {
		states := a.state(f)
		use(by.ByState, func(x, y int) int { return cmp.Compare(stateRank[states[x]], stateRank[states[y]]) })
	}
	if by.ByExpression != 0 {
		if x, err := parseExpression(src.data, by.Expression.Text); err == nil {
			results := x.evaluate(a, groupedBy(f))
			use(by.ByExpression, func(x, y int) int { return compareNumbers(results[x].num, results[y].num) })
		}
	}
	if by.ByFrequency != 0 {
		counts := frequencies(f, a)
		use(by.ByFrequency, func(x, y int) int { return cmp.Compare(counts[x], counts[y]) })
	}
	// Not only for numeric fields: months are texts that carry a number to sort
	// by. Texts without one are all alike here.
	use(by.ByNumeric, func(x, y int) int { return compareNumbers(f.values[x].num, f.values[y].num) })
	use(by.ByASCII, func(x, y int) int {
		return cmp.Compare(strings.ToLower(f.values[x].text), strings.ToLower(f.values[y].text))
	})
	use(by.ByLoadOrder, cmp.Compare[int])
	slices.SortStableFunc(elements, func(x, y int) int {
		for _, order := range compare {
			if result := order(x, y); result != 0 {
				return result
			}
		}
		return 0
	})
	return elements
}

// groupedBy is the grouping by one field.
func groupedBy(f *field) grouping {
	return grouping{len(f.values), func(row int32) int { return int(f.rows[row]) }}
}

// frequencies counts the included rows of every element.
func frequencies(f *field, a *association) []int {
	counts := make([]int, len(f.values))
	for _, row := range a.included {
		counts[f.rows[row]]++
	}
	return counts
}
