package engine

import "math"

// env is where a node is evaluated.
type env struct {
	row     int32
	group   int
	results [][]value // per aggregation, per group
}

func (l literal) eval(*env) value { return l.v }

func (f fieldRef) eval(e *env) value { return f.f.at(e.row) }

func (a *aggregation) eval(e *env) value {
	if a.total {
		return e.results[a.index][0]
	}
	return e.results[a.index][e.group]
}

func (b binary) eval(e *env) value {
	l, r := b.left.eval(e), b.right.eval(e)
	switch b.op {
	case '&':
		return textValue(l.shown() + r.shown())
	case '+':
		return numberValue(l.num + r.num)
	case '-':
		return numberValue(l.num - r.num)
	case '*':
		return numberValue(l.num * r.num)
	}
	return numberValue(l.num / r.num) // a division by zero is null
}

// shown is the text in a concatenation, where null is nothing.
func (v value) shown() string {
	if v.isNull() {
		return ""
	}
	return v.text
}

// grouping puts rows into groups; a negative number leaves the row out.
type grouping struct {
	count int
	of    func(row int32) int
}

// everything is the grouping of totals: one group for all rows.
var everything = grouping{1, func(int32) int { return 0 }}

// evaluate runs the aggregations over their rows and returns the expression's
// value for every group.
func (x *expression) evaluate(a *association, g grouping) []value {
	e := &env{results: make([][]value, len(x.aggregations))}
	for i, agg := range x.aggregations {
		e.results[i] = agg.run(a, g, e)
	}
	out := make([]value, g.count)
	for e.group = range out {
		out[e.group] = x.root.eval(e)
	}
	return out
}

// single is the value over all rows, for titles and other lone expressions.
func (x *expression) single(a *association) value { return x.evaluate(a, everything)[0] }

func (a *aggregation) run(assoc *association, g grouping, e *env) []value {
	if a.total {
		g = everything
	}
	sums := make([]accumulator, g.count)
	for _, row := range a.set.rows(assoc) {
		group := g.of(row)
		if group < 0 {
			continue
		}
		e.row = row
		sums[group].add(a.arg.eval(e), a.distinct)
	}
	out := make([]value, g.count)
	for i := range sums {
		out[i] = sums[i].result(a.kind)
	}
	return out
}

// accumulator gathers the values of one group for any kind of aggregation.
type accumulator struct {
	count, numbers int
	sum, min, max  float64
	first          value
	differs        bool
	seen           map[string]struct{}
}

func (acc *accumulator) add(v value, distinct bool) {
	if v.isNull() {
		return
	}
	if distinct {
		if _, known := acc.seen[v.text]; known {
			return
		}
		if acc.seen == nil {
			acc.seen = make(map[string]struct{})
		}
		acc.seen[v.text] = struct{}{}
	}
	if acc.count == 0 {
		acc.first = v
	} else if v.text != acc.first.text {
		acc.differs = true
	}
	acc.count++
	if !v.isNumber() {
		return
	}
	if acc.numbers == 0 {
		acc.min, acc.max = v.num, v.num
	}
	acc.numbers++
	acc.sum += v.num
	acc.min, acc.max = math.Min(acc.min, v.num), math.Max(acc.max, v.num)
}

// result follows the engine: a sum or count of nothing is 0, an average or
// extreme of nothing is null.
func (acc *accumulator) result(kind string) value {
	switch kind {
	case "sum":
		return numberValue(acc.sum)
	case "count":
		return numberValue(float64(acc.count))
	}
	switch {
	case kind == "only" && acc.count > 0 && !acc.differs:
		return acc.first
	case kind == "only" || acc.numbers == 0:
		return null
	case kind == "avg":
		return numberValue(acc.sum / float64(acc.numbers))
	case kind == "min":
		return numberValue(acc.min)
	}
	return numberValue(acc.max)
}
