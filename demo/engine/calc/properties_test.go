package calc_test

import (
	"fmt"
	"math"
	"math/rand"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/quick"

	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/calc/calctest"
)

// table is a random dataset with two text fields A and B, a number N, and
// selections in some of them.
type table struct {
	data   *calc.Dataset
	chosen calc.Selections
}

func (table) Generate(random *rand.Rand, size int) reflect.Value {
	rows := random.Intn(size + 1)
	a, b, n := calc.NewColumn("A", rows, "$text"), calc.NewColumn("B", rows, "$text"), calc.NewColumn("N", rows, "$numeric")
	for range rows {
		a.Add(calc.TextValue("a" + strconv.Itoa(random.Intn(5))))
		b.Add(calc.TextValue("b" + strconv.Itoa(random.Intn(3))))
		n.AddNumber(float64(random.Intn(41)-20) / 4) // sums of quarters are exact
	}
	t := table{data: &calc.Dataset{Rows: rows, ByName: map[string]*calc.Field{}}}
	for _, c := range []*calc.Column{a, b, n} {
		t.data.Fields = append(t.data.Fields, c.Field)
		t.data.ByName[c.Name] = c.Field
		if len(c.Values) > 0 && random.Intn(2) == 0 {
			t.chosen = t.chosen.With(randomSelection(random, c.Field))
		}
	}
	return reflect.ValueOf(t)
}

func randomSelection(random *rand.Rand, f *calc.Field) calc.FieldSelection {
	var elements []int
	for range 1 + random.Intn(3) {
		elements = append(elements, random.Intn(len(f.Values)+2)-1) // -1 and one too many are no elements
	}
	return calc.Select(f, elements, calc.FieldSelection{}, false)
}

func (t table) now() *calc.Association { return calc.Associate(t.data, t.chosen) }

func (t table) value(test *testing.T, expr string) float64 {
	test.Helper()
	x, err := calc.Parse(t.data, expr)
	if err != nil {
		test.Fatalf("%s: %v", expr, err)
	}
	return x.Single(t.now()).Num
}

// perGroup evaluates an expression for each value of a field.
func (t table) perGroup(test *testing.T, expr string, f *calc.Field) []calc.Value {
	test.Helper()
	x, err := calc.Parse(t.data, expr)
	if err != nil {
		test.Fatalf("%s: %v", expr, err)
	}
	return x.Evaluate(t.now(), calc.Grouping{Count: len(f.Values), Of: func(row int32) int { return int(f.Rows[row]) }})
}

func check(t *testing.T, property any) {
	t.Helper()
	if err := quick.Check(property, &quick.Config{MaxCount: 300}); err != nil {
		t.Error(err)
	}
}

func TestIncludedRowsMeetEverySelection(t *testing.T) {
	check(t, func(table table) bool {
		var want []int32
		for row := range int32(table.data.Rows) {
			if !slices.ContainsFunc(table.chosen, func(s calc.FieldSelection) bool { return !s.Selected[s.Field.Rows[row]] }) {
				want = append(want, row)
			}
		}
		return slices.Equal(table.now().Included, want)
	})
}

func TestEveryValueHasOneState(t *testing.T) {
	check(t, func(table table) bool {
		for _, f := range table.data.Fields {
			sum := 0
			for _, n := range table.now().StateCounts(f) {
				sum += n
			}
			if sum != len(f.Values) {
				return false
			}
		}
		return true
	})
}

// The order in which fields are selected makes no difference, and one more
// selection never brings rows back.
func TestSelectionsCommuteAndNarrow(t *testing.T) {
	check(t, func(table table) bool {
		reversed := slices.Clone(table.chosen)
		slices.Reverse(reversed)
		rows := table.now().Included
		if !slices.Equal(rows, calc.Associate(table.data, reversed).Included) {
			return false
		}
		for _, s := range table.chosen {
			wider := calc.Associate(table.data, table.chosen.Without(s.Field)).Included
			if slices.ContainsFunc(rows, func(row int32) bool { return !slices.Contains(wider, row) }) {
				return false
			}
		}
		return true
	})
}

func TestTogglingTwiceChangesNothing(t *testing.T) {
	check(t, func(table table, seed int64) bool {
		for _, former := range table.chosen {
			element := []int{int(uint64(seed) % uint64(len(former.Selected)))}
			once := calc.Select(former.Field, element, former, true)
			twice := calc.Select(former.Field, element, once, true)
			if !slices.Equal(twice.Selected, former.Selected) || twice.Count != former.Count || once.Count == former.Count {
				return false
			}
		}
		return true
	})
}

func TestGroupsAddUpToTheTotal(t *testing.T) {
	check(t, func(table table) bool {
		for _, f := range table.data.Fields {
			for _, expr := range []string{"Sum(N)", "Count(A)", "Sum(N*2+1)"} {
				sum := 0.0
				for _, v := range table.perGroup(t, expr, f) {
					sum += v.Num
				}
				if sum != table.value(t, expr) {
					return false
				}
			}
		}
		return true
	})
}

func TestAggregationsKeepTheirOrder(t *testing.T) {
	check(t, func(table table) bool {
		if len(table.now().Included) == 0 {
			return math.IsNaN(table.value(t, "Avg(N)")) && table.value(t, "Sum(N)") == 0 && table.value(t, "Count(N)") == 0
		}
		least, mean, most := table.value(t, "Min(N)"), table.value(t, "Avg(N)"), table.value(t, "Max(N)")
		distinct, count := table.value(t, "Count(distinct N)"), table.value(t, "Count(N)")
		return least <= mean && mean <= most && 1 <= distinct && distinct <= count &&
			math.Abs(mean*count-table.value(t, "Sum(N)")) < 1e-9 && table.value(t, "Sum(N)/Sum(total N)-1") != 1
	})
}

// {1} ignores the selections, {<A=>} only that of A.
func TestSetsReplaceSelections(t *testing.T) {
	check(t, func(given table) bool {
		all := table{data: given.data}
		withoutA := table{given.data, given.chosen.Without(given.data.ByName["A"])}
		return given.value(t, "Sum({1} N)") == all.value(t, "Sum(N)") &&
			given.value(t, "Sum({$} N)") == given.value(t, "Sum(N)") &&
			given.value(t, "Sum({<A=>} N)") == withoutA.value(t, "Sum(N)") &&
			given.value(t, "Count({<A={a1}>} N)")+given.value(t, "Count({<A={a0,a2,a3,a4}>} N)") == withoutA.value(t, "Count(N)")
	})
}

// sum is random arithmetic with its value as Go computes it.
type sum struct {
	text  string
	value float64
}

func (sum) Generate(random *rand.Rand, _ int) reflect.Value {
	return reflect.ValueOf(randomSum(random, 4))
}

func randomSum(random *rand.Rand, depth int) sum {
	if depth == 0 || random.Intn(4) == 0 {
		n := float64(random.Intn(9))
		return sum{strconv.FormatFloat(n, 'f', -1, 64), n}
	}
	l, r := randomSum(random, depth-1), randomSum(random, depth-1)
	values := map[string]float64{"+": l.value + r.value, "-": l.value - r.value, "*": l.value * r.value}
	op := []string{"+", "-", "*"}[random.Intn(3)]
	return sum{"(" + l.text + " " + op + r.text + ")", values[op]}
}

func TestArithmeticAgreesWithGo(t *testing.T) {
	data := calctest.SmallData()
	check(t, func(s sum) bool {
		x, err := calc.Parse(data, s.text)
		return err == nil && x.Single(calc.Associate(data, nil)).Num == s.value
	})
}

func TestProductsBindCloserThanSums(t *testing.T) {
	check(t, func(a, b, c uint8) bool {
		t := table{data: calctest.SmallData()}
		x, err := calc.Parse(t.data, fmt.Sprintf("%d+%d*%d-%d", a, b, c, a))
		return err == nil && x.Single(t.now()).Num == float64(b)*float64(c)
	})
}

func TestFormattedNumbersReadBack(t *testing.T) {
	check(t, func(n int64) bool {
		n /= 1 << 12 // what a float holds exactly
		v := calc.NumberValue(float64(n))
		text := calc.NumberFormat{Type: "F", Pattern: "#,##0"}.Text(v)
		plain := strings.ReplaceAll(text, ",", "")
		back, err := strconv.ParseInt(plain, 10, 64)
		grouped := strings.Count(text, ",") == (len(strings.TrimPrefix(plain, "-"))-1)/3
		return err == nil && back == n && grouped && (v.Text == plain || n >= 1e15 || n <= -1e15)
	})
}

func TestPatternsPartitionTheValues(t *testing.T) {
	check(t, func(table table, bound int8) bool {
		n := table.data.ByName["N"]
		below, above := n.Match(fmt.Sprintf("<%d", bound)), n.Match(fmt.Sprintf(">=%d", bound))
		if len(below)+len(above) != len(n.Values) || len(n.Match("*")) != len(n.Values) {
			return false
		}
		for i, v := range n.Values {
			if !slices.Contains(n.Match(v.Text), i) || !slices.Contains(n.Search(v.Text), i) {
				return false
			}
		}
		return true
	})
}

// Expressions come from clients: no text may make the parser or the evaluation
// panic, and what is accepted has a value.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"Sum(Sales)", "=Count(distinct [Customer Name])/2", "Sum({$<Year={\">=2026\"},Region=>} Sales)", "'a' & -(1+.5)", "Sum({1", "[", "\"\"", "((((", "Only(Region) & '\x00'", "Sum({<Region={\"*\xcb\"}>} Sales)"} {
		f.Add(text)
	}
	data := calctest.SmallData()
	all := calc.Associate(data, nil)
	f.Fuzz(func(t *testing.T, text string) {
		x, err := calc.Parse(data, text)
		if err != nil {
			return
		}
		if v := x.Single(all); math.IsInf(v.Num, 0) {
			t.Errorf("%q is infinite", text)
		}
	})
}
