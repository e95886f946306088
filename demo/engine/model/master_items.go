package model

import "vitrine/demo/engine/calc"

// The library that all demo apps share.

var masterDimensions = []LibraryItem{
	dimension("region", "Region", "The sales region of the customer's country"),
	dimension("country", "Country", ""),
	dimension("city", "City", ""),
	dimension("category", "Category", ""),
	dimension("product", "Product", ""),
	dimension("segment", "Segment", "The kind of customer"),
	dimension("customer", "Customer", ""),
	dimension("channel", "Channel", "How the order came in"),
	dimension("rep", "Sales Rep", "Who looks after the customer"),
	dimension("warehouse", "Warehouse", ""),
	dimension("carrier", "Carrier", ""),
	dimension("year", "Year", ""),
	dimension("quarter", "Quarter", ""),
	dimension("month", "Month", ""),
	dimension("yearmonth", "YearMonth", ""),
	dimension("weekday", "Weekday", ""),
	dimension("ontime", "On Time", ""),
	dimension("returned", "Returned", ""),
}

func dimension(id, field, description string) LibraryItem {
	title := field
	if field == "YearMonth" {
		title = "Year and month"
	}
	return LibraryItem{ID: id, kind: "dimension", Title: title, description: description, Definition: "[" + field + "]"}
}

// This year's figures up to the last month with data, and the same months of
// the year before: whole years would compare ten months with twelve.
const (
	thisYear     = "{<Year={2026}>}"
	yearBefore   = "{<Year={2025},[Year to Date]={Yes}>}"
	millions     = "#,##0.0 M€"
	wholeNumbers = "#,##0"
	shares       = "0.0%"
)

var masterMeasures = []LibraryItem{
	amount("sales", "Sales", "Sum(Sales)"),
	amount("cost", "Cost", "Sum(Cost)"),
	amount("margin", "Margin", "Sum(Margin)"),
	amount("target", "Target", "Sum(Target)"),
	amount("discount", "Discount", "Sum(Discount)"),
	amount("aov", "Average order", "Sum(Sales)/Count([Order Number])"),
	amount("salesperrep", "Sales per rep", "Sum(Sales)/Count(distinct [Sales Rep])"),

	formatted("salesm", "Sales, M€", "Sum(Sales)/1000000", millions),
	formatted("marginm", "Margin, M€", "Sum(Margin)/1000000", millions),
	formatted("costm", "Cost, M€", "Sum(Cost)/1000000", millions),
	formatted("discountm", "Discount, M€", "Sum(Discount)/1000000", millions),
	formatted("reptsdk", "Sales per rep, k€", "Sum(Sales)/Count(distinct [Sales Rep])/1000", "#,##0 k€"),

	formatted("marginshare", "Margin %", "Sum(Margin)/Sum(Sales)", shares),
	formatted("discountshare", "Discount %", "Sum(Discount)/(Sum(Sales)+Sum(Discount))", shares),
	formatted("attainment", "Target attainment", "Sum(Sales)/Sum(Target)", shares),
	formatted("growth", "Growth on last year", "Sum("+thisYear+" Sales)/Sum("+yearBefore+" Sales)-1", shares),
	formatted("ontimeshare", "On time", "Avg([On Time Flag])", shares),
	formatted("returnshare", "Returns", "Sum([Return Flag])/Count([Order Number])", shares),
	formatted("salesshare", "Share of sales", "Sum(Sales)/Sum(total Sales)", shares),

	formatted("orders", "Orders", "Count([Order Number])", wholeNumbers),
	formatted("quantity", "Units", "Sum(Quantity)", wholeNumbers),
	formatted("customers", "Customers", "Count(distinct Customer)", wholeNumbers),
	formatted("reps", "Sales reps", "Count(distinct [Sales Rep])", wholeNumbers),
	formatted("ordersperrep", "Orders per rep", "Count([Order Number])/Count(distinct [Sales Rep])", wholeNumbers),
	formatted("days", "Delivery days", "Avg([Delivery Days])", "0.0"),
	formatted("slowest", "Slowest delivery, days", "Max([Delivery Days])", "0"),
}

func amount(id, title, expression string) LibraryItem {
	item := formatted(id, title, expression, "#,##0 €")
	item.Format.Type = "M"
	item.abbreviated = true
	return item
}

func formatted(id, title, expression, pattern string) LibraryItem {
	return LibraryItem{ID: id, kind: "measure", Title: title, Definition: expression,
		Format: calc.NumberFormat{Type: "F", Pattern: pattern, Decimal: ".", Thousands: ","}}
}
