package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"vitrine/demo/engine/calc"
)

// Data is the orders of Nordvik Outdoor, a company that does not exist:
// tents, packs, boots, clothes and stoves, sold on three continents. The seed
// is fixed, so every start shows the same figures.
var Data = sync.OnceValue(func() *calc.Dataset { return generate(10000) })

// The time that the data covers.
const (
	firstYear = 2024
	LastYear  = 2026         // of the data
	lastMonth = time.October // of LastYear; what follows has not happened yet
)

// generator holds the columns while rows are added.
type generator struct {
	random  *rand.Rand
	columns []*calc.Column
	byName  map[string]*calc.Column
	growth  map[int][]float64 // by year: the weight of each country
}

func generate(rows int) *calc.Dataset {
	g := &generator{random: rand.New(rand.NewPCG(1907, 42)), byName: make(map[string]*calc.Column), growth: make(map[int][]float64)}
	g.addColumns(rows)
	for year := firstYear; year <= LastYear; year++ {
		for _, c := range countries {
			g.growth[year] = append(g.growth[year], c.weight*math.Pow(c.growth, float64(year-firstYear)))
		}
	}
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
	d := &calc.Dataset{Rows: rows, ByName: make(map[string]*calc.Field)}
	for _, c := range g.columns {
		d.Fields = append(d.Fields, c.Field)
		d.ByName[c.Name] = c.Field
	}
	return d
}

type businessMonth struct {
	year  int
	month time.Month
}

func businessMonths() []businessMonth {
	var months []businessMonth
	for year := firstYear; year <= LastYear; year++ {
		for m := time.January; m <= time.December && (year < LastYear || m <= lastMonth); m++ {
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

// addOrder makes one row. Every choice draws from the generator in a fixed
// order; a change here changes all figures after it.
func (g *generator) addOrder(number int, m businessMonth, day int) {
	country := &countries[draw(g.random, g.growth[m.year])]
	category := pick(g.random, categories, func(c *categoryRow) float64 { return c.weight * c.season[m.month-1] })
	product := pick(g.random, category.products, func(p *productRow) float64 { return p.weight })
	segment := pick(g.random, segments, func(s *segmentRow) float64 { return s.weight })
	channel := pick(g.random, segment.channels, func(c *weighted) float64 { return c.weight })
	city := country.cities[skewed(g.random, len(country.cities))]
	customer := segment.customers[skewed(g.random, len(segment.customers))]
	rep := country.region.reps[g.random.IntN(len(country.region.reps))]
	carrier := pick(g.random, carriers, func(c *carrierRow) float64 { return c.weight })

	years := float64(m.year - firstYear)
	quantity := math.Max(1, math.Round(segment.quantity*(0.4+1.3*g.random.Float64())*rep.skill))
	rate := math.Round((segment.discount+rep.generosity)*g.random.Float64()*200) / 200
	gross := quantity * product.price * (1 + 0.02*years)
	sales, discount := cents(gross*(1-rate)), cents(gross*rate)
	cost := cents(gross * product.costShare * (1 + 0.03*years*carrier.costTrend))
	target := cents(gross * 0.93 / (0.6 + 0.4*rep.skill)) // the same bar for all, so skill shows as attainment
	days := math.Round(country.region.distance * carrier.speed * (0.7 + 0.8*g.random.Float64()))
	late := days > country.region.distance*1.3
	returned := g.random.Float64() < product.returns*segment.returns

	g.addCalendar(number, m, day)
	g.addTexts(country.region.name, country.name, city, category.name, product.name, segment.name, customer, channel.name, rep.name,
		country.region.warehouse, carrier.name, calc.Either(late, "No", "Yes"), calc.Either(returned, "Yes", "No"))
	g.addNumbers(sales, cost, cents(sales-cost), target, discount, quantity, math.Max(1, days), flag(!late), flag(returned))
}

// The columns in three groups; addOrder gives the values in this order.
var (
	calendarColumns = []columnRow{{"Order Number", wholeTags}, {"Order Date", dateTags}, {"Year", wholeTags}, {"Quarter", textTags},
		{"Month", textTags}, {"YearMonth", textTags}, {"Weekday", textTags}, {"Year to Date", textTags}}
	textColumns = []columnRow{{"Region", textTags}, {"Country", textTags}, {"City", textTags}, {"Category", textTags}, {"Product", textTags},
		{"Segment", textTags}, {"Customer", textTags}, {"Channel", textTags}, {"Sales Rep", textTags}, {"Warehouse", textTags},
		{"Carrier", textTags}, {"On Time", textTags}, {"Returned", textTags}}
	numberColumns = []columnRow{{"Sales", numberTags}, {"Cost", numberTags}, {"Margin", numberTags}, {"Target", numberTags},
		{"Discount", numberTags}, {"Quantity", wholeTags}, {"Delivery Days", wholeTags}, {"On Time Flag", wholeTags}, {"Return Flag", wholeTags}}
)

type columnRow struct {
	name string
	tags []string
}

func (g *generator) addColumns(rows int) {
	for _, row := range slices.Concat(calendarColumns, textColumns, numberColumns) {
		col := calc.NewColumn(row.name, rows, row.tags...)
		g.columns = append(g.columns, col)
		g.byName[row.name] = col
	}
	for m := time.January; m <= time.December; m++ {
		g.byName["Month"].Seed(calc.Value{Text: m.String()[:3], Num: float64(m)})
	}
	for d := range 7 {
		day := time.Weekday((d + 1) % 7)
		g.byName["Weekday"].Seed(calc.Value{Text: day.String()[:3], Num: float64(d)})
	}
}

func (g *generator) addTexts(texts ...string) {
	for i, text := range texts {
		g.columns[len(calendarColumns)+i].Add(calc.TextValue(text))
	}
}

func (g *generator) addNumbers(numbers ...float64) {
	for i, n := range numbers {
		g.columns[len(calendarColumns)+len(textColumns)+i].AddNumber(n)
	}
}

func (g *generator) addCalendar(number int, m businessMonth, day int) {
	if weekend := m.date(day).Weekday(); (weekend == time.Saturday || weekend == time.Sunday) && number%5 < 3 && day > 5 {
		day -= 2 + number%3 // shops are closed, offices too
	}
	date := m.date(day)
	serial := math.Floor(date.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24) // day 0 of Qlik's calendar
	quarter := (int(m.month) + 2) / 3
	for i, v := range []calc.Value{
		{Text: strconv.Itoa(100000 + number), Num: float64(100000 + number)},
		{Text: date.Format(time.DateOnly), Num: serial},
		{Text: strconv.Itoa(m.year), Num: float64(m.year)},
		{Text: "Q" + strconv.Itoa(quarter), Num: float64(quarter)},
		{Text: m.month.String()[:3], Num: float64(m.month)},
		{Text: date.Format("2006-01"), Num: float64(m.year*12 + int(m.month))},
		{Text: date.Weekday().String()[:3], Num: float64((date.Weekday() + 6) % 7)},
		calc.TextValue(calc.Either(m.month <= lastMonth, "Yes", "No")),
	} {
		g.columns[i].Add(v)
	}
}

func (m businessMonth) date(day int) time.Time {
	return time.Date(m.year, m.month, day, 0, 0, 0, 0, time.UTC)
}

// draw picks an index by weight.
func draw(random *rand.Rand, weights []float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	at := random.Float64() * total
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// pick draws one entry by weight.
func pick[T any](random *rand.Rand, from []T, weight func(*T) float64) *T {
	weights := make([]float64, 0, 8)
	for i := range from {
		weights = append(weights, weight(&from[i]))
	}
	return &from[draw(random, weights)]
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
