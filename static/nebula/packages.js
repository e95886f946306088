// Each chart package is over a megabyte and shares nothing with the others, so
// each is loaded when the first chart of its kind is drawn.
const packages = {
  barchart: () => import('@nebula.js/sn-bar-chart'),
  linechart: () => import('@nebula.js/sn-line-chart'),
  combochart: () => import('@nebula.js/sn-combo-chart'),
  piechart: () => import('@nebula.js/sn-pie-chart'),
  scatterplot: () => import('@nebula.js/sn-scatter-plot'),
  table: () => import('@nebula.js/sn-table'),
};

// Type names are Qlik's own, also those that newer clients write for the same
// chart.
const aliases = { 'sn-table': 'table', 'qlik-barchart': 'barchart' };

export const kinds = [...Object.keys(packages), ...Object.keys(aliases)];

const kindOf = (type) => aliases[type] ?? type;

export const loadPackage = async (type) => (await packages[kindOf(type)]()).default;

// leading is the kind of chart that comes first: the one that draws most of a
// sheet. Its package has the browser to itself, for each of them keeps the
// page busy for a while and the person is better off with one than with none.
export function leading(cells) {
  const area = new Map();
  for (const { type, colspan = 1, rowspan = 1 } of cells.filter(({ type }) => kinds.includes(type))) {
    area.set(kindOf(type), (area.get(kindOf(type)) ?? 0) + colspan * rowspan);
  }
  const [first] = [...area].sort(([, a], [, b]) => b - a);
  return first?.[0];
}

// turnOf tells when a cell is drawn: charts of the leading kind first, those
// of other packages later, and what needs no package at any time.
export function turnOf(type, lead) {
  if (!kinds.includes(type)) return 'any';
  return kindOf(type) === lead ? 'first' : 'later';
}
