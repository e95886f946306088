package model

// What the demo company sells, where, to whom and by whom. The weights make
// the differences that the charts show.

type regionRow struct {
	name, warehouse string
	distance        float64 // usual days to deliver
	reps            []repRow
}

type repRow struct {
	name       string
	skill      float64 // scales the quantity
	generosity float64 // discount beyond the usual
}

var (
	europe = &regionRow{"Europe", "Rotterdam", 3, []repRow{
		{"Ingrid Solberg", 1.32, 0}, {"Marco Bianchi", 1.05, 0.04}, {"Claire Fontaine", 1.14, 0.01}, {"Jonas Weber", 0.92, 0.02}, {"Zofia Nowak", 0.88, 0}}}
	northAmerica = &regionRow{"North America", "Columbus", 4, []repRow{
		{"Maya Thompson", 1.25, 0.02}, {"Luis Ortega", 0.98, 0.05}, {"Grace Kim", 1.18, 0}, {"Derek Olson", 0.8, 0.06}}}
	asiaPacific = &regionRow{"Asia Pacific", "Singapore", 6, []repRow{
		{"Hiro Tanaka", 1.2, 0}, {"Priya Nair", 1.1, 0.01}, {"Liam O'Connor", 0.9, 0.03}}}
	latinAmerica = &regionRow{"Latin America", "São Paulo", 8, []repRow{
		{"Camila Rocha", 1.08, 0.03}, {"Mateo Fernández", 0.86, 0.05}}}
)

type countryRow struct {
	name           string
	region         *regionRow
	weight, growth float64
	cities         []string
}

var countries = []countryRow{
	{"Germany", europe, 15, 1.02, []string{"Munich", "Berlin", "Hamburg", "Freiburg"}},
	{"France", europe, 10, 1, []string{"Lyon", "Paris", "Grenoble"}},
	{"United Kingdom", europe, 9, 0.94, []string{"London", "Manchester", "Edinburgh"}},
	{"Sweden", europe, 7, 1.06, []string{"Stockholm", "Gothenburg", "Åre"}},
	{"Italy", europe, 5, 0.98, []string{"Milan", "Turin", "Bolzano"}},
	{"Switzerland", europe, 5, 1.04, []string{"Zürich", "Bern"}},
	{"United States", northAmerica, 21, 1.05, []string{"Denver", "Seattle", "Boston", "Salt Lake City"}},
	{"Canada", northAmerica, 8, 1.08, []string{"Vancouver", "Calgary", "Montréal"}},
	{"Japan", asiaPacific, 7, 1.12, []string{"Tokyo", "Sapporo", "Osaka"}},
	{"Australia", asiaPacific, 5, 1.1, []string{"Melbourne", "Sydney"}},
	{"South Korea", asiaPacific, 3, 1.3, []string{"Seoul", "Busan"}},
	{"Brazil", latinAmerica, 3, 1.05, []string{"São Paulo", "Curitiba"}},
	{"Chile", latinAmerica, 2, 1.15, []string{"Santiago", "Puerto Varas"}},
}

type productRow struct {
	name                              string
	weight, price, costShare, returns float64
}

type categoryRow struct {
	name     string
	weight   float64
	season   [12]float64
	products []productRow
}

var categories = []categoryRow{
	{"Tents", 18, [12]float64{0.4, 0.5, 0.8, 1.2, 1.7, 1.9, 1.6, 1.1, 0.7, 0.5, 0.5, 0.7}, []productRow{
		{"Fjell 2 Tent", 5, 389, 0.55, 0.04}, {"Fjell 4 Family", 3, 649, 0.58, 0.05}, {"Ultra Solo", 3, 459, 0.5, 0.06}, {"Basecamp Dome", 1, 1290, 0.6, 0.02}}},
	{"Backpacks", 22, [12]float64{0.7, 0.7, 0.9, 1.1, 1.3, 1.4, 1.2, 1.1, 1, 0.8, 0.8, 1}, []productRow{
		{"Daytrip 22", 6, 89, 0.48, 0.03}, {"Trail 45", 5, 179, 0.5, 0.05}, {"Expedition 70", 2, 289, 0.53, 0.06}, {"Kids 12", 2, 49, 0.55, 0.03}}},
	{"Footwear", 24, [12]float64{0.8, 0.8, 1.1, 1.2, 1.1, 1, 0.9, 0.9, 1.2, 1.2, 0.9, 0.9}, []productRow{
		{"Ridge Boot", 5, 229, 0.52, 0.13}, {"Pebble Trail Shoe", 6, 139, 0.5, 0.15}, {"Glacier Boot", 2, 359, 0.56, 0.09}, {"Camp Sandal", 3, 69, 0.45, 0.08}}},
	{"Clothing", 26, [12]float64{1.2, 0.9, 0.8, 0.8, 0.7, 0.7, 0.7, 0.8, 1.1, 1.3, 1.6, 1.8}, []productRow{
		{"Storm Shell", 4, 329, 0.44, 0.11}, {"Merino Base", 7, 79, 0.42, 0.06}, {"Down Parka", 3, 419, 0.47, 0.1}, {"Wander Trousers", 4, 119, 0.43, 0.12}, {"Wool Hat", 4, 35, 0.4, 0.02}}},
	{"Cooking", 10, [12]float64{0.6, 0.7, 0.9, 1.1, 1.3, 1.4, 1.3, 1.1, 0.8, 0.7, 0.9, 1.2}, []productRow{
		{"Ember Stove", 4, 99, 0.5, 0.03}, {"Titan Pot Set", 3, 129, 0.54, 0.02}, {"Flask 1L", 5, 39, 0.46, 0.01}, {"Coffee Press Mug", 3, 45, 0.48, 0.02}}},
}

type weighted struct {
	name   string
	weight float64
}

type segmentRow struct {
	name              string
	weight, quantity  float64
	discount, returns float64
	channels          []weighted
	customers         []string
}

var segments = []segmentRow{
	{"Consumer", 46, 2, 0.08, 1.3, []weighted{{"Web shop", 6}, {"Stores", 4}},
		[]string{"Web orders", "Store walk-ins", "Members club", "Mobile app", "Gift cards"}},
	{"Retail chains", 26, 24, 0.18, 0.8, []weighted{{"Partners", 7}, {"Key accounts", 3}},
		[]string{"Alpin Markt", "Outdoor & Co", "Summit Sports", "Yama Store", "Nature House", "Trek Depot", "Cumbre"}},
	{"Specialists", 19, 9, 0.12, 0.7, []weighted{{"Partners", 8}, {"Web shop", 2}},
		[]string{"Bergfreund", "The Climbing Room", "Fjällhuset", "La Cordée", "Peak Nine", "Kuma Gear", "Rockhopper", "Sendero"}},
	{"Corporate", 9, 15, 0.1, 0.3, []weighted{{"Key accounts", 9}, {"Web shop", 1}},
		[]string{"Polar Expeditions", "City Rangers", "Alpine Rescue", "Helvetia Rail", "Northern Grid"}},
}

type carrierRow struct {
	name                     string
	weight, speed, costTrend float64
}

var carriers = []carrierRow{
	{"NordFreight", 5, 0.9, 0.8}, {"BlueParcel", 4, 1.05, 1}, {"SkyLine Cargo", 2, 0.7, 1.8}, {"EcoRail", 2, 1.25, 0.4},
}
