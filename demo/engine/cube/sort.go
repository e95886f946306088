package cube

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"vitrine/demo/engine/calc"
)

// sortOrder completes qInterColumnSortOrder: unknown columns are dropped,
// missing ones follow in their natural order.
func (c *Cube) sortOrder() []int {
	columns := len(c.Dims) + len(c.Measures)
	order := make([]int, 0, columns)
	for _, column := range c.Def.SortOrder {
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
func (c *Cube) sort(src Source) {
	compare := make([]func(a, b Row) int, 0, len(c.order))
	for _, column := range c.order {
		if column < len(c.Dims) {
			ranks := c.elementRanks(src, column)
			compare = append(compare, func(a, b Row) int {
				return cmp.Compare(rankOf(ranks, a.Elements[column]), rankOf(ranks, b.Elements[column]))
			})
			continue
		}
		if c.Def.Mode == "K" {
			continue // stackRoots sorts by the totals; the layers keep one order in all stacks
		}
		m := column - len(c.Dims)
		direction := c.Measures[m].def.Sort.ByNumeric
		if direction == 0 {
			direction = c.Measures[m].def.Sort.ByLoadOrder
		}
		if direction == 0 && column == c.order[0] && len(c.Def.SortOrder) > 0 {
			direction = -1 // the first sorting column with no direction: largest first
		}
		if direction != 0 {
			compare = append(compare, func(a, b Row) int {
				return direction * compareNumbers(a.Measures[m].Num, b.Measures[m].Num)
			})
		}
	}
	sortRows(c.Rows, func(a, b Row) int {
		if len(a.Elements) == 1 && (a.Elements[0] < 0) != (b.Elements[0] < 0) {
			return calc.Either(a.Elements[0] < 0, 1, -1)
		}
		for _, by := range compare {
			if order := by(a, b); order != 0 {
				return order
			}
		}
		return 0
	})
}

func sortRows(rows []Row, compare func(a, b Row) int) { slices.SortStableFunc(rows, compare) }

func rankOf(ranks []int, element int32) int {
	if element < 0 {
		return math.MaxInt
	}
	return ranks[element]
}

// compareNumbers puts missing numbers below all others.
func compareNumbers(a, b float64) int { return cmp.Compare(a, b) }

// elementRanks is the place of every element of a dimension in its own order.
func (c *Cube) elementRanks(src Source, column int) []int {
	dim := c.Dims[column]
	return ranks(SortedElements(src, dim.Field, dim.def.Def.SortCriteria, c.states))
}

func ranks(elements []int) []int {
	out := make([]int, len(elements))
	for place, element := range elements {
		out[element] = place
	}
	return out
}

// SortedElements orders the elements of a field by the first of the criteria,
// in the engine's order of precedence; load order decides what is left.
func SortedElements(src Source, f *calc.Field, criteria []sortCriteria, a *calc.Association) []int {
	elements := make([]int, len(f.Values))
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
		states := a.State(f)
		use(by.ByState, func(x, y int) int { return cmp.Compare(calc.StateRank[states[x]], calc.StateRank[states[y]]) })
	}
	if by.ByExpression != 0 {
		if x, err := calc.Parse(src.Data, by.Expression.Text); err == nil {
			results := x.Evaluate(a, groupedBy(f))
			use(by.ByExpression, func(x, y int) int { return compareNumbers(results[x].Num, results[y].Num) })
		}
	}
	if by.ByFrequency != 0 {
		counts := Frequencies(f, a)
		use(by.ByFrequency, func(x, y int) int { return cmp.Compare(counts[x], counts[y]) })
	}
	// Not only for numeric fields: months are texts that carry a number to sort
	// by. Texts without one are all alike here.
	use(by.ByNumeric, func(x, y int) int { return compareNumbers(f.Values[x].Num, f.Values[y].Num) })
	use(by.ByASCII, func(x, y int) int {
		return cmp.Compare(strings.ToLower(f.Values[x].Text), strings.ToLower(f.Values[y].Text))
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
func groupedBy(f *calc.Field) calc.Grouping {
	return calc.Grouping{Count: len(f.Values), Of: func(row int32) int { return int(f.Rows[row]) }}
}

// Frequencies counts the included rows of every element.
func Frequencies(f *calc.Field, a *calc.Association) []int {
	counts := make([]int, len(f.Values))
	for _, row := range a.Included {
		counts[f.Rows[row]]++
	}
	return counts
}
