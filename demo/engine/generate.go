package engine

import (
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

// demoData is the orders of Nordvik Outdoor, a company that does not exist:
// tents, packs, boots, clothes and stoves, sold on three continents. The seed
// is fixed, so every start shows the same figures.
var demoData = sync.OnceValue(func() *dataset { return generate(10000) })

const (
	firstYear = 2024
	lastYear  = 2026
	lastMonth = time.October // of lastYear; what follows has not happened yet
)

// generator holds the columns while rows are added.
type generator struct {
	random  *rand.Rand
	columns []*column
	byName  map[string]*column
}

func generate(rows int) *dataset {
	g := &generator{random: rand.New(rand.NewPCG(1907, 42)), byName: make(map[string]*column)}
	g.addColumns(rows)
	months := businessMonths()
	total := 0.0
	for _, m := range months {
		total += m.volume()
	}
	number := 0
	for i, m := range months {
		orders := int(math.Round(float64(rows) * m.volume() / total))
		if i == len(months)-1 {
			orders = rows - number // rounding must not change the number of rows
		}
		for n := range orders {
			number++
			g.addOrder(number, m, 1+n*m.days()/orders)
		}
	}
	d := &dataset{rows: rows, byName: make(map[string]*field)}
	for _, c := range g.columns {
		d.fields = append(d.fields, c.field)
		d.byName[c.name] = c.field
	}
	return d
}

type businessMonth struct {
	year  int
	month time.Month
}

func businessMonths() []businessMonth {
	var months []businessMonth
	for year := firstYear; year <= lastYear; year++ {
		for m := time.January; m <= time.December && (year < lastYear || m <= lastMonth); m++ {
			months = append(months, businessMonth{year, m})
		}
	}
	return months
}

func (m businessMonth) days() int { return time.Date(m.year, m.month+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// volume is how many orders the month brings in relation to others: growth of
// 9 % a year, and the seasons of all categories together.
func (m businessMonth) volume() float64 {
	season := 0.0
	for _, c := range categories {
		season += c.weight * c.season[m.month-1]
	}
	return season * math.Pow(1.09, float64(m.year-firstYear))
}

// tags of the kinds of columns. Months and quarters carry numbers for sorting
// but no numeric tag: charts would draw them on a continuous axis.
var (
	textTags   = []string{"$ascii", "$text"}
	numberTags = []string{"$numeric"}
	wholeTags  = []string{"$numeric", "$integer"}
	dateTags   = []string{"$numeric", "$integer", "$timestamp", "$date"}
)

func (g *generator) addColumns(rows int) {
	for _, c := range []struct {
		name string
		tags []string
	}{
		{"Order Number", wholeTags}, {"Order Date", dateTags}, {"Year", wholeTags}, {"Quarter", textTags}, {"Month", textTags},
		{"YearMonth", textTags}, {"Weekday", textTags}, {"Year to Date", textTags},
		{"Region", textTags}, {"Country", textTags}, {"City", textTags}, {"Category", textTags}, {"Product", textTags},
		{"Segment", textTags}, {"Customer", textTags}, {"Channel", textTags}, {"Sales Rep", textTags}, {"Warehouse", textTags}, {"Carrier", textTags},
		{"On Time", textTags}, {"Returned", textTags},
		{"Sales", numberTags}, {"Cost", numberTags}, {"Margin", numberTags}, {"Target", numberTags}, {"Discount", numberTags},
		{"Quantity", wholeTags}, {"Delivery Days", wholeTags}, {"On Time Flag", wholeTags}, {"Return Flag", wholeTags},
	} {
		col := newColumn(c.name, rows, c.tags...)
		g.columns = append(g.columns, col)
		g.byName[c.name] = col
	}
	for m := time.January; m <= time.December; m++ {
		g.byName["Month"].seed(value{m.String()[:3], float64(m)})
	}
	for d := range 7 {
		day := time.Weekday((d + 1) % 7)
		g.byName["Weekday"].seed(value{day.String()[:3], float64(d)})
	}
}

// addOrder makes one row. Every choice draws from the generator in a fixed
// order; a change here changes all figures after it.
func (g *generator) addOrder(number int, m businessMonth, day int) {
	country := pick(g.random, countries, func(c *countryRow) float64 { return c.weight * math.Pow(c.growth, float64(m.year-firstYear)) })
	category := pick(g.random, categories, func(c *categoryRow) float64 { return c.weight * c.season[m.month-1] })
	product := pick(g.random, category.products, func(p *productRow) float64 { return p.weight })
	segment := pick(g.random, segments, func(s *segmentRow) float64 { return s.weight })
	channel := pick(g.random, segment.channels, func(c *weighted) float64 { return c.weight })
	city := country.cities[skewed(g.random, len(country.cities))]
	customer := segment.customers[skewed(g.random, len(segment.customers))]
	rep := country.region.reps[g.random.IntN(len(country.region.reps))]
	carrier := pick(g.random, carriers, func(c *carrierRow) float64 { return c.weight })

	quantity := math.Max(1, math.Round(segment.quantity*(0.4+1.3*g.random.Float64())*rep.skill))
	rate := math.Round((segment.discount+rep.generosity)*g.random.Float64()*200) / 200
	gross := quantity * product.price * math.Pow(1.02, float64(m.year-firstYear))
	sales, discount := cents(gross*(1-rate)), cents(gross*rate)
	cost := cents(gross * product.costShare * (1 + 0.03*float64(m.year-firstYear)*carrier.costTrend))
	days := math.Round(country.region.distance * carrier.speed * (0.7 + 0.8*g.random.Float64()))
	late := days > country.region.distance*1.25
	returned := g.random.Float64() < product.returns*segment.returns

	g.addCalendar(number, m, day)
	for name, text := range map[string]string{
		"Region": country.region.name, "Country": country.name, "City": city, "Category": category.name, "Product": product.name,
		"Segment": segment.name, "Customer": customer, "Channel": channel.name, "Sales Rep": rep.name, "Warehouse": country.region.warehouse,
		"Carrier": carrier.name, "On Time": either(late, "No", "Yes"), "Returned": either(returned, "Yes", "No"),
	} {
		g.byName[name].addText(text)
	}
	for name, n := range map[string]float64{
		"Sales": sales, "Cost": cost, "Margin": cents(sales - cost), "Target": cents(gross * 0.93), "Discount": discount, "Quantity": quantity,
		"Delivery Days": math.Max(1, days), "On Time Flag": flag(!late), "Return Flag": flag(returned),
	} {
		g.byName[name].addNumber(n)
	}
}

func (g *generator) addCalendar(number int, m businessMonth, day int) {
	date := time.Date(m.year, m.month, day, 0, 0, 0, 0, time.UTC)
	serial := math.Floor(date.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24) // day 0 of Qlik's calendar
	quarter := (int(m.month) + 2) / 3
	g.byName["Order Number"].addNumber(float64(100000 + number))
	g.byName["Order Date"].add(value{date.Format(time.DateOnly), serial})
	g.byName["Year"].addNumber(float64(m.year))
	g.byName["Quarter"].add(value{"Q" + formatPlain(float64(quarter)), float64(quarter)})
	g.byName["Month"].add(value{m.month.String()[:3], float64(m.month)})
	g.byName["YearMonth"].add(value{date.Format("2006-01"), float64(m.year*12 + int(m.month))})
	g.byName["Weekday"].add(value{date.Weekday().String()[:3], float64((int(date.Weekday()) + 6) % 7)})
	g.byName["Year to Date"].addText(either(m.month <= lastMonth, "Yes", "No"))
}

// pick draws one entry by weight.
func pick[T any](random *rand.Rand, from []T, weight func(*T) float64) *T {
	total := 0.0
	for i := range from {
		total += weight(&from[i])
	}
	at := random.Float64() * total
	for i := range from {
		if at -= weight(&from[i]); at < 0 {
			return &from[i]
		}
	}
	return &from[len(from)-1]
}

// skewed draws an index, the first ones far more often: a few customers and
// cities make most of the business.
func skewed(random *rand.Rand, n int) int {
	f := random.Float64()
	return int(f * f * float64(n))
}

func cents(n float64) float64 { return math.Round(n*100) / 100 }

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}
