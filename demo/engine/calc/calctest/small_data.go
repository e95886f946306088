package calctest

import "vitrine/demo/engine/calc"

// SmallData is four rows that can be reckoned by hand.
//
//	Region  Year  Customer  Sales
//	North   2025  Ann       10
//	North   2026  Bob       30
//	South   2026  Ann       -5
//	South   2026  Cid       25
func SmallData() *calc.Dataset {
	region, year := calc.NewColumn("Region", 4, "$text"), calc.NewColumn("Year", 4, "$numeric")
	customer, sales := calc.NewColumn("Customer Name", 4, "$text"), calc.NewColumn("Sales", 4, "$numeric")
	for _, r := range []struct {
		region   string
		year     float64
		customer string
		sales    float64
	}{{"North", 2025, "Ann", 10}, {"North", 2026, "Bob", 30}, {"South", 2026, "Ann", -5}, {"South", 2026, "Cid", 25}} {
		region.Add(calc.TextValue(r.region))
		year.AddNumber(r.year)
		customer.Add(calc.TextValue(r.customer))
		sales.AddNumber(r.sales)
	}
	d := &calc.Dataset{Rows: 4, ByName: map[string]*calc.Field{}}
	for _, c := range []*calc.Column{region, year, customer, sales} {
		d.Fields = append(d.Fields, c.Field)
		d.ByName[c.Name] = c.Field
	}
	return d
}

// Choosing selects the values of those texts in a field.
func Choosing(d *calc.Dataset, name string, texts ...string) calc.FieldSelection {
	f := d.Field(name)
	var elements []int
	for _, text := range texts {
		elements = append(elements, f.Match(text)...)
	}
	return calc.Select(f, elements, calc.FieldSelection{}, false)
}
