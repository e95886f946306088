package calc

import "math"

// env is where a node is evaluated.
type env struct {
	row     int32
	group   int
	results [][]Value // per aggregation, per group
}

func (l literal) eval(*env) Value { return l.v }

func (f fieldRef) eval(e *env) Value { return f.f.At(e.row) }

func (a *aggregation) eval(e *env) Value {
	if a.total {
		return e.results[a.index][0]
	}
	return e.results[a.index][e.group]
}

func (b binary) eval(e *env) Value {
	l, r := b.left.eval(e), b.right.eval(e)
	switch b.op {
	case '&':
		return TextValue(l.Shown() + r.Shown())
	case '+':
		return NumberValue(l.Num + r.Num)
	case '-':
		return NumberValue(l.Num - r.Num)
	case '*':
		return NumberValue(l.Num * r.Num)
	}
	return NumberValue(l.Num / r.Num) // a division by zero is null
}

// Shown is the text in a concatenation, where null is nothing.
func (v Value) Shown() string {
	if v.IsNull() {
		return ""
	}
	return v.Text
}

// Grouping puts rows into groups; a negative number leaves the row out.
type Grouping struct {
	Count int
	Of    func(row int32) int
}

// Everything is the grouping of totals: one group for all rows.
var Everything = Grouping{1, func(int32) int { return 0 }}

// Evaluate runs the aggregations over their rows and returns the expression's
// value for every group.
func (x *Expression) Evaluate(a *Association, g Grouping) []Value {
	e := &env{results: make([][]Value, len(x.Aggregations))}
	for i, agg := range x.Aggregations {
		e.results[i] = agg.run(a, g, e)
	}
	out := make([]Value, g.Count)
	for e.group = range out {
		out[e.group] = x.root.eval(e)
	}
	return out
}

// Single is the value over all rows, for titles and other lone expressions.
func (x *Expression) Single(a *Association) Value { return x.Evaluate(a, Everything)[0] }

func (a *aggregation) run(assoc *Association, g Grouping, e *env) []Value {
	if a.total {
		g = Everything
	}
	sums := make([]accumulator, g.Count)
	for _, row := range a.Set.Rows(assoc) {
		group := g.Of(row)
		if group < 0 {
			continue
		}
		e.row = row
		sums[group].add(a.arg.eval(e), a.distinct)
	}
	out := make([]Value, g.Count)
	for i := range sums {
		out[i] = sums[i].result(a.kind)
	}
	return out
}

// accumulator gathers the values of one group for any kind of aggregation.
type accumulator struct {
	count, numbers int
	sum, min, max  float64
	first          Value
	differs        bool
	seen           map[string]struct{}
}

func (acc *accumulator) add(v Value, distinct bool) {
	if v.IsNull() {
		return
	}
	if distinct {
		if _, known := acc.seen[v.Text]; known {
			return
		}
		if acc.seen == nil {
			acc.seen = make(map[string]struct{})
		}
		acc.seen[v.Text] = struct{}{}
	}
	if acc.count == 0 {
		acc.first = v
	} else if v.Text != acc.first.Text {
		acc.differs = true
	}
	acc.count++
	if !v.IsNumber() {
		return
	}
	if acc.numbers == 0 {
		acc.min, acc.max = v.Num, v.Num
	}
	acc.numbers++
	acc.sum += v.Num
	acc.min, acc.max = math.Min(acc.min, v.Num), math.Max(acc.max, v.Num)
}

// result follows the engine: a sum or count of nothing is 0, an average or
// extreme of nothing is null.
func (acc *accumulator) result(kind string) Value {
	switch kind {
	case "sum":
		return NumberValue(acc.sum)
	case "count":
		return NumberValue(float64(acc.count))
	}
	switch {
	case kind == "only" && acc.count > 0 && !acc.differs:
		return acc.first
	case kind == "only" || acc.numbers == 0:
		return Null
	case kind == "avg":
		return NumberValue(acc.sum / float64(acc.numbers))
	case kind == "min":
		return NumberValue(acc.min)
	}
	return NumberValue(acc.max)
}
