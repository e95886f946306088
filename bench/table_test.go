package bench

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// side is floor or portal under a load. measure returns what one round cost.
type side struct {
	child   *child
	measure func(tb testing.TB) float64
}

// cpuPer measures CPU time for each thing that run does, in microseconds. run
// returns how many it did.
func cpuPer(c *child, run func(tb testing.TB) float64) side {
	return side{c, func(tb testing.TB) float64 {
		tb.Helper()
		before := c.cpu(tb)
		done := run(tb)
		return float64((c.cpu(tb) - before).Nanoseconds()) / 1000 / done
	}}
}

// roundTime is how long one round takes: long enough for thousands of requests
// and a garbage collection, short enough that both sides of a pair have the
// same neighbours on the machine.
const roundTime = 200 * time.Millisecond

// spread is what many rounds came to.
type spread struct{ low, median, high float64 }

func spreadOf(values []float64) spread {
	slices.Sort(values)
	at := func(share float64) float64 { return values[int(share*float64(len(values)-1)+0.5)] }
	return spread{at(0.25), at(0.5), at(0.75)}
}

// comparison is what interleaved rounds came to: the ratio of each pair, and
// the costs themselves.
type comparison struct{ ratio, floor, portal spread }

// pair is floor and portal under the same load.
type pair struct{ floor, portal side }

// compare lets both sides of a pair take turns, and the pairs, for so many rounds
// that begin with either by turns: whatever else the machine does meets both.
func compare(b *testing.B, rounds int, pairs ...pair) comparison {
	b.Helper()
	for range 5 { // connections, pools and caches are there after that
		for _, p := range pairs {
			p.floor.measure(b)
			p.portal.measure(b)
		}
	}
	var ratios, floors, portals []float64
	for i := range rounds {
		p := pairs[i/2%len(pairs)]
		var of, by float64
		if i%2 == 0 {
			by = p.floor.measure(b)
			of = p.portal.measure(b)
		} else {
			of = p.portal.measure(b)
			by = p.floor.measure(b)
		}
		ratios, floors, portals = append(ratios, of/by), append(floors, by), append(portals, of)
	}
	return comparison{spreadOf(ratios), spreadOf(floors), spreadOf(portals)}
}

// row is a line of the table.
type row struct{ measure, straightforward, bar, here, met string }

var table []row

// enter enters a comparison under its bar, the most the ratio may be. A row
// without a straightforward figure is a note: no bar was set for it.
func (c comparison) enter(b *testing.B, measure, straightforward string, bar float64, unit string) {
	b.Helper()
	b.ReportMetric(c.ratio.median, "x-floor")
	b.ReportMetric(c.portal.median, unit)
	r := row{measure: measure, straightforward: straightforward}
	if straightforward != "" {
		r.bar = fmt.Sprintf("%.2f × floor", bar)
	}
	r.met = met(r.bar, c.ratio.median <= bar)
	r.here = fmt.Sprintf("%.2f × floor (%.2f–%.2f); %.4g against %.4g %s",
		c.ratio.median, c.ratio.low, c.ratio.high, c.portal.median, c.floor.median, unit)
	table = append(table, r)
}

func met(bar string, yes bool) string {
	switch {
	case bar == "":
		return "" // a note
	case yes:
		return "yes"
	}
	return "no"
}

// tableText is the table in Markdown, its columns in line.
func tableText(rows []row) string {
	cells := [][]string{{"measure", "a straightforward build", "the bar", "here: median (quartiles); portal against floor", "met"}}
	for _, r := range rows {
		cells = append(cells, []string{r.measure, r.straightforward, r.bar, r.here, r.met})
	}
	width := make([]int, len(cells[0]))
	for _, line := range cells {
		for i, cell := range line {
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	rule := make([]string, len(width))
	for i, w := range width {
		rule[i] = strings.Repeat("-", w)
	}
	cells = slices.Insert(cells, 1, rule)
	var text strings.Builder
	for _, line := range cells {
		for i, cell := range line {
			fmt.Fprintf(&text, "| %-*s ", width[i], cell)
		}
		text.WriteString("|\n")
	}
	return text.String()
}
