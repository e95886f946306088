package model

// Short forms for the definitions of the sheets in sheets_*.go.

func bar(id, title, dimension string, measures ...string) chart {
	return chart{kind: "barchart", id: id, title: title, dimensions: []string{dimension}, measures: measures}
}

func line(id, title string, dimensions []string, measures ...string) chart {
	c := chart{kind: "linechart", id: id, title: title, dimensions: dimensions, measures: measures}
	if len(dimensions) > 1 {
		c.differs = stacked
	}
	return c
}

func pie(id, title, dimension, measure string) chart {
	return chart{kind: "piechart", id: id, title: title, dimensions: []string{dimension}, measures: []string{measure},
		differs: Object{"donut": Object{"showAsDonut": true}}}
}

func table(id, title string, dimensions []string, measures ...string) chart {
	return chart{kind: "table", id: id, title: title, dimensions: dimensions, measures: measures,
		differs: Object{"totals": Object{"show": true, "position": "top"}}}
}

func kpi(id, title, measure string) chart {
	return chart{kind: "kpi", id: id, title: title, measures: []string{measure}, differs: Object{"showMeasureTitle": false}}
}

func listBox(id, title, dimension string) chart {
	return chart{kind: "listbox", id: id, title: title, dimensions: []string{dimension}}
}

// stacked is the mode of charts with two dimensions in which the second one
// becomes layers or lines.
var stacked = Object{"qHyperCubeDef": Object{"qMode": "K", "qAlwaysFullyExpanded": true}}

// layered makes a bar chart with a second dimension stacked upon the first.
func layered(c chart, second string) chart {
	c.dimensions = append(c.dimensions, second)
	c.differs = Object{"barGrouping": Object{"grouping": "stacked"},
		"qHyperCubeDef": Object{"qMode": "K", "qAlwaysFullyExpanded": true}}
	return c
}

// horizontal suits bars with long names.
func horizontal(c chart) chart {
	c.differs = Object{"orientation": "horizontal"}
	return c
}

// along keeps the bars in the order of their dimension, as months need it.
func along(c chart) chart {
	order := List{}
	for column := range len(c.dimensions) + len(c.measures) {
		order = append(order, column)
	}
	differs := Object{}
	merge(differs, c.differs)
	merge(differs, Object{"qHyperCubeDef": Object{"qInterColumnSortOrder": order}})
	c.differs = differs
	return c
}

// figures lays out four key figures over the two top rows of a sheet.
func figures(charts ...chart) []place {
	var cells []place
	width := GridColumns / len(charts)
	for i, c := range charts {
		cells = append(cells, place{i * width, 0, width, 2, c})
	}
	return cells
}

// hidden is a sheet that its show condition hides from all; every
// template has one, as many real apps do, and clients have to respect it.
func hidden(prefix string) sheet {
	return sheet{id: prefix + "-workings", title: "Workings", description: "Checks for whoever maintains this app", condition: "0", cells: []place{
		{0, 0, 24, 12, table(prefix+"-workings-rows", "Rows by month", []string{"yearmonth"}, "orders", "sales", "cost")},
	}}
}

// draft is a sheet that only the app's owner sees.
func draft(prefix string) sheet {
	return sheet{id: prefix + "-draft", title: "My draft", description: "Not published yet", standing: private, cells: []place{
		{0, 0, 16, 12, bar(prefix+"-draft-cities", "Sales by city", "city", "sales")},
		{16, 0, 8, 12, listBox(prefix+"-draft-country", "Country", "country")},
	}}
}
