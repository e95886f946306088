package model

var peopleSheets = []sheet{
	{id: "people-overview", title: "The team", description: "Who carries the business, and how much",
		cells: append(figures(
			kpi("people-kpi-reps", "Sales reps", "reps"),
			kpi("people-kpi-per-rep", "Sales per rep", "reptsdk"),
			kpi("people-kpi-orders", "Orders per rep", "ordersperrep"),
			kpi("people-kpi-attainment", "Target attainment", "attainment"),
		),
			place{0, 2, 14, 5, bar("people-sales", "Sales by rep", "rep", "sales")},
			place{14, 2, 10, 5, bar("people-attainment", "Attainment by rep", "rep", "attainment")},
			place{0, 7, 20, 5, table("people-table", "Reps in figures", []string{"rep", "region"}, "sales", "orders", "customers", "discountshare", "marginshare", "attainment")},
			place{20, 7, 4, 5, listBox("people-region", "Region", "region")},
		)},
	{id: "people-workload", title: "Workload", description: "How evenly the work is spread",
		cells: []place{
			{0, 0, 24, 6, line("workload-months", "Orders by month and region", []string{"yearmonth", "region"}, "orders")},
			{0, 6, 14, 6, bar("workload-reps", "Orders by rep", "rep", "orders")},
			{14, 6, 10, 6, pie("workload-regions", "Orders by region", "region", "orders")},
		}},
	{id: "people-habits", title: "Habits", description: "How differently people sell",
		cells: []place{
			{0, 0, 12, 6, bar("habit-discount", "Discount % by rep", "rep", "discountshare")},
			{12, 0, 12, 6, bar("habit-order", "Average order by rep", "rep", "aov")},
			{0, 6, 19, 6, layered(bar("habit-channels", "Sales by rep and channel", "rep", "sales"), "channel")},
			{19, 6, 5, 6, listBox("habit-segment", "Segment", "segment")},
		}},
	{id: "people-weekdays", title: "Weekdays", description: "Shared by a member: when the team is busiest", standing: community,
		cells: []place{
			{0, 0, 24, 12, along(layered(bar("weekday-orders", "Orders by weekday and region", "weekday", "orders"), "region"))},
		}},
	hidden("people"),
	draft("people"),
}
