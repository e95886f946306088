package engine

// smallData is four rows that can be reckoned by hand.
//
//	Region  Year  Customer  Sales
//	North   2025  Ann       10
//	North   2026  Bob       30
//	South   2026  Ann       -5
//	South   2026  Cid       25
func smallData() *dataset {
	region, year := newColumn("Region", 4, "$text"), newColumn("Year", 4, "$numeric")
	customer, sales := newColumn("Customer Name", 4, "$text"), newColumn("Sales", 4, "$numeric")
	for _, r := range []struct {
		region   string
		year     float64
		customer string
		sales    float64
	}{{"North", 2025, "Ann", 10}, {"North", 2026, "Bob", 30}, {"South", 2026, "Ann", -5}, {"South", 2026, "Cid", 25}} {
		region.add(textValue(r.region))
		year.addNumber(r.year)
		customer.add(textValue(r.customer))
		sales.addNumber(r.sales)
	}
	d := &dataset{rows: 4, byName: map[string]*field{}}
	for _, c := range []*column{region, year, customer, sales} {
		d.fields = append(d.fields, c.field)
		d.byName[c.name] = c.field
	}
	return d
}

// choosing selects the values of those texts in a field.
func choosing(d *dataset, name string, texts ...string) fieldSelection {
	f := d.field(name)
	var elements []int
	for _, text := range texts {
		elements = append(elements, f.match(text)...)
	}
	return newFieldSelection(f, elements, fieldSelection{}, false)
}
