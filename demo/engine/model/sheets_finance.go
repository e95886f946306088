package model

var financeSheets = []sheet{
	{id: "finance-overview", title: "Profit at a glance", description: "Revenue, cost and what remains",
		cells: append(figures(
			kpi("finance-kpi-sales", "Revenue", "salesm"),
			kpi("finance-kpi-cost", "Cost of goods", "costm"),
			kpi("finance-kpi-margin", "Gross margin", "marginm"),
			kpi("finance-kpi-share", "Gross margin %", "marginshare"),
		),
			place{0, 2, 16, 5, line("finance-trend", "Revenue and cost by month", []string{"yearmonth"}, "sales", "cost")},
			place{16, 2, 8, 5, pie("finance-regions", "Margin by region", "region", "margin")},
			place{0, 7, 12, 5, along(layered(bar("finance-quarters", "Margin by quarter and category", "quarter", "margin"), "category"))},
			place{12, 7, 8, 5, bar("finance-share", "Margin % by category", "category", "marginshare")},
			place{20, 7, 4, 5, listBox("finance-year", "Year", "year")},
		)},
	{id: "finance-targets", title: "Target and actual", description: "Where the plan holds",
		cells: []place{
			{0, 0, 14, 6, bar("target-regions", "Sales against target", "region", "sales", "target")},
			{14, 0, 10, 6, bar("target-attainment", "Attainment by country", "country", "attainment")},
			{0, 6, 19, 6, table("target-table", "By country", []string{"region", "country"}, "sales", "target", "attainment", "margin")},
			{19, 6, 5, 6, listBox("target-quarter", "Quarter", "quarter")},
		}},
	{id: "finance-discounts", title: "Discounts", description: "What we give away, and to whom",
		cells: []place{
			{0, 0, 6, 3, kpi("discount-kpi", "Discounts given", "discountm")},
			{0, 3, 6, 3, kpi("discount-kpi-share", "Discount %", "discountshare")},
			{6, 0, 18, 6, line("discount-trend", "Discount % by month", []string{"yearmonth"}, "discountshare")},
			{0, 6, 12, 6, bar("discount-reps", "Discount % by sales rep", "rep", "discountshare")},
			{12, 6, 12, 6, table("discount-table", "By customer", []string{"customer"}, "sales", "discount", "discountshare", "marginshare")},
		}},
	{id: "finance-channels", title: "Channels", description: "Shared by a member: margin by way of selling", standing: community,
		cells: []place{
			{0, 0, 12, 12, pie("channel-margin", "Margin by channel", "channel", "margin")},
			{12, 0, 12, 12, bar("channel-share", "Margin % by channel", "channel", "marginshare")},
		}},
	hidden("finance"),
	draft("finance"),
}
