package model

var operationsSheets = []sheet{
	{id: "operations-overview", title: "Deliveries", description: "Are the goods where they should be?",
		cells: append(figures(
			kpi("operations-kpi-orders", "Orders", "orders"),
			kpi("operations-kpi-ontime", "Delivered on time", "ontimeshare"),
			kpi("operations-kpi-days", "Days to deliver", "days"),
			kpi("operations-kpi-returns", "Returns", "returnshare"),
		),
			place{0, 2, 16, 5, line("operations-trend", "On time by month", []string{"yearmonth"}, "ontimeshare")},
			place{16, 2, 8, 5, pie("operations-carriers", "Orders by carrier", "carrier", "orders")},
			place{0, 7, 10, 5, bar("operations-days", "Days to deliver by warehouse", "warehouse", "days")},
			place{10, 7, 10, 5, bar("operations-carrier-ontime", "On time by carrier", "carrier", "ontimeshare")},
			place{20, 7, 4, 5, listBox("operations-warehouse", "Warehouse", "warehouse")},
		)},
	{id: "operations-volume", title: "Volume", description: "What the warehouses have to move",
		cells: []place{
			{0, 0, 24, 6, line("volume-months", "Units by month and year", []string{"month", "year"}, "quantity")},
			{0, 6, 10, 6, along(bar("volume-weekdays", "Orders by weekday", "weekday", "orders"))},
			{10, 6, 14, 6, table("volume-table", "By warehouse and carrier", []string{"warehouse", "carrier"}, "orders", "quantity", "days", "slowest", "ontimeshare")},
		}},
	{id: "operations-returns", title: "Returns", description: "Why goods come back",
		cells: []place{
			{0, 0, 14, 6, bar("return-products", "Returns by product", "product", "returnshare")},
			{14, 0, 10, 6, bar("return-segments", "Returns by segment", "segment", "returnshare")},
			{0, 6, 19, 6, table("return-table", "By product", []string{"category", "product"}, "orders", "returnshare", "sales")},
			{19, 6, 5, 6, listBox("return-returned", "Returned", "returned")},
		}},
	{id: "operations-lanes", title: "Lanes", description: "Shared by a member: countries by speed", standing: community,
		cells: []place{
			{0, 0, 12, 12, horizontal(bar("lane-days", "Days to deliver by country", "country", "days"))},
			{12, 0, 12, 12, horizontal(bar("lane-ontime", "On time by country", "country", "ontimeshare"))},
		}},
	hidden("operations"),
	draft("operations"),
}
