package model

var salesSheets = []sheet{
	{id: "sales-overview", title: "Overview", description: "How the business is doing, at one glance",
		cells: append(figures(
			kpi("sales-kpi-sales", "Sales", "salesm"),
			kpi("sales-kpi-growth", "Growth on last year", "growth"),
			kpi("sales-kpi-margin", "Margin", "marginshare"),
			kpi("sales-kpi-customers", "Active customers", "customers"),
		),
			place{0, 2, 16, 5, line("sales-by-month", "Sales by month, year over year", []string{"month", "year"}, "sales")},
			place{16, 2, 8, 5, pie("sales-by-segment", "Sales by segment", "segment", "sales")},
			place{0, 7, 10, 5, horizontal(bar("sales-by-country", "Sales by country", "country", "sales"))},
			place{10, 7, 8, 5, horizontal(bar("sales-by-category", "Sales by category", "category", "sales"))},
			place{18, 7, 3, 5, listBox("sales-region", "Region", "region")},
			place{21, 7, 3, 5, listBox("sales-year", "Year", "year")},
		)},
	{id: "sales-products", title: "Products", description: "What sells, and what it earns",
		cells: []place{
			{0, 0, 12, 6, horizontal(bar("product-sales", "Sales by product", "product", "sales"))},
			{12, 0, 12, 6, bar("product-margin", "Margin % by product", "product", "marginshare")},
			{0, 6, 18, 6, table("product-table", "Products in figures", []string{"category", "product"}, "sales", "quantity", "marginshare", "returnshare", "salesshare")},
			{18, 6, 6, 6, listBox("product-category", "Category", "category")},
		}},
	{id: "sales-customers", title: "Customers", description: "Who buys, and through which door",
		cells: []place{
			{0, 0, 14, 6, bar("customer-sales", "Sales by customer", "customer", "sales")},
			{14, 0, 10, 6, pie("customer-channel", "Sales by channel", "channel", "sales")},
			{0, 6, 14, 6, table("customer-table", "Customers in figures", []string{"customer", "segment"}, "sales", "orders", "aov", "discountshare")},
			{14, 6, 10, 6, along(layered(bar("customer-quarters", "Sales by quarter and region", "quarter", "sales"), "region"))},
		}},
	{id: "sales-seasons", title: "Seasons", description: "Shared by a member: when people buy what", standing: community,
		condition: "=Count(distinct Category)", // nothing to compare without any
		cells: []place{
			{0, 0, 24, 7, line("season-categories", "Sales by month and category", []string{"month", "category"}, "sales")},
			{0, 7, 12, 5, along(bar("season-weekdays", "Orders by weekday", "weekday", "orders"))},
			{12, 7, 12, 5, along(bar("season-discount", "Discount % by month", "month", "discountshare"))},
		}},
	hidden("sales"),
	draft("sales"),
}
