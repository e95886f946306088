package state

import "strings"

// The four spaces.
const (
	spaceSales      = "Sales"
	spaceOperations = "Operations"
	spaceFinance    = "Finance"
	spacePeople     = "People & Culture"
)

var spaceRows = []struct{ name, kind, template, description string }{
	{spaceSales, "shared", "sales", "Revenue, pipeline and customers, region by region"},
	{spaceOperations, "shared", "operations", "Supply, production and delivery"},
	{spaceFinance, "managed", "finance", "Approved figures only; changes go through the controllers"},
	{spacePeople, "managed", "people", "Headcount, hiring and wellbeing. Confidential"},
}

type appRow struct {
	name, description string
	subType           string
	owner             string // role of the owner, personal apps only
	template          string // default: the space's
}

// Some names are hostile on purpose: quotes, markup, emoji, right-to-left and
// very long text are what real tenants contain sooner or later.
var appRows = map[string][]appRow{
	spaceSales: {
		{name: "Sales Overview", description: "Revenue, margin and orders by region and month. Start here."},
		{name: "Pipeline & Forecast", description: "Open opportunities weighted by stage, against the quarter's target"},
		{name: "Customer 360", description: "Everything about one customer on one page"},
		{name: "Regional Performance", description: "Regions side by side, with their best and weakest products"},
		{name: "Product Mix", description: "What sells together, and what stopped selling"},
		{name: "Price & Discount Monitor", description: "Where discounts eat the margin"},
		{name: "Key Accounts", description: "The forty customers who make half of the revenue"},
		{name: "Churn Watch", description: "Customers who order less than they used to"},
		{name: "Campaign Results", description: "Cost and return of each campaign"},
		{name: "Sales Team Scorecard", description: "Targets, visits and closings per person"},
		{name: `The "Big Deals" Board`, description: `Deals above 1 M€ – "user, when, how likely?"`},
		{name: "<b>Bold</b> Moves & <script>alert(1)</script>", description: `<img src=x onerror=alert(1)> is text here, "and" nothing else`},
		{name: "Store Openings 🏪🚀", description: "New shops and how they ramp up 📈"},
		{name: "مبيعات الشرق الأوسط", description: "المبيعات حسب البلد والشهر"},
		{name: "Online Shop Funnel", description: "From visit to basket to order"},
		{name: "Web Orders Today", description: ""},
	},
	spaceOperations: {
		{name: "Supply Chain Control Tower", description: "Orders, stock and transport in one view"},
		{name: "Inventory Health", description: "Days of stock, dead stock and shortages"},
		{name: "On-Time Delivery", description: "Promised against delivered, by carrier and lane"},
		{name: "Production Line Monitor", description: "Output, scrap and stops per line and shift"},
		{name: "Supplier Scorecard", description: "Quality, punctuality and price of each supplier"},
		{name: "Warehouse Throughput", description: "Picks, packs and dock times by hour"},
		{name: "Quality Incidents", description: "What went wrong, where, and what it cost"},
		{name: "Energy & Emissions", description: "Consumption and CO₂ per site"},
		{name: "Fleet & Routes", description: "Kilometres, fuel and empty runs"},
		{name: "Maintenance Planner", description: "What is due, and what fails before it is due"},
		{name: "Demand Planning", description: "Forecast accuracy by product family"},
		{name: "Returns Analysis", description: "Why goods come back"},
		{name: "Purchasing Spend Cube", description: "Spend by category, supplier and plant"},
		{name: "Capacity " + strings.Repeat("and Utilisation ", 11) + "(the name nobody dared to shorten)", description: strings.Repeat("A description that goes on. ", 30)},
		{name: "Supplier master preparation", description: "Cleans the supplier records every night", subType: "dataflow-prep"},
		{name: "Werkübersicht Süd / Größen & Maße", description: "Umlaute, Schrägstrich und Prozent: 100 %"},
	},
	spaceFinance: {
		{name: "Profit & Loss", description: "Monthly statement with budget and last year"},
		{name: "Cash Flow", description: "Thirteen weeks ahead"},
		{name: "Budget vs Actual", description: "Deviation by cost centre"},
		{name: "Accounts Receivable", description: "Who owes what, and since when"},
		{name: "Accounts Payable", description: "What is due this week"},
		{name: "Cost Centres", description: "Spend by department and account"},
		{name: "Group Consolidation", description: "All companies, one currency"},
		{name: "Working Capital", description: "Stock, receivables and payables together"},
		{name: "Tax & Duties", description: "By country and quarter"},
		{name: "Board Report", description: "The eight figures the board asks for"},
		{name: "Investment Tracker", description: "Approved, committed and spent"},
		{name: "Audit Samples", description: "Journal entries worth a second look"},
		{name: "Travel & Expenses", description: "Trips, hotels and late claims"},
		{name: "Currency Exposure", description: "Open positions and hedges"},
		{name: "Margin Bridge", description: "From last year's margin to this year's, step by step"},
		{name: "Month-End Checklist", description: "What is closed and what still waits"},
	},
	spacePeople: {
		{name: "Headcount", description: "People by team, site and contract"},
		{name: "Hiring Funnel", description: "From application to first day"},
		{name: "Attrition", description: "Who leaves, and after how long"},
		{name: "Engagement Survey", description: "Answers by team, never by person"},
		{name: "Learning & Certificates", description: "Courses taken and certificates that expire"},
		{name: "Absence Monitor", description: "Planned and unplanned, by month"},
		{name: "Pay Equity", description: "Differences that experience does not explain"},
		{name: "Workforce Planning", description: "Retirements, growth and gaps"},
		{name: "Onboarding", description: "The first ninety days"},
		{name: "Health & Safety", description: "Incidents and near misses"},
		{name: "Diversity Dashboard", description: "Representation by level"},
		{name: "Internal Mobility", description: "Who moves where"},
		{name: "Overtime & Shifts", description: "Hours beyond the plan"},
		{name: "Talent Review", description: "Readiness for the next step"},
		{name: "Contractors", description: "Who works here without being employed here"},
		{name: "Wellbeing Pulse", description: "Three questions a week"},
	},
}

var personalRows = []appRow{
	{name: "My territory", description: "A copy to play with", owner: RoleViewer, template: "sales"},
	{name: "Amir's scratchpad", description: "Half-finished ideas", owner: RoleAnalyst, template: "finance"},
	{name: "Margin model (draft 7, final, really)", description: "Not ready to be shared", owner: RoleAnalyst, template: "finance"},
	{name: "Tenant usage", description: "Reloads and sessions", owner: RoleAdmin, template: "operations"},
	{name: "Reorganisation 2027", description: "Private to somebody one cannot sign in as", template: "people"},
}
