import kpi from './kpi.js';
import placeholder from './placeholder.js';

// Each chart package is some hundred kilobytes and shares nothing with the
// others, so each is loaded when the first chart of its kind is drawn.
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

const load = (name) => async () => (await packages[name]()).default;

export const types = [
  { name: 'kpi', load: async () => kpi },
  ...Object.keys(packages).map((name) => ({ name, load: load(name) })),
  ...Object.entries(aliases).map(([alias, name]) => ({ name: alias, load: load(name) })),
];

// loadUnknown answers for charts that are not in the set. A quiet placeholder
// beats the library's error, because the rest of the sheet is fine.
export async function loadUnknown({ name }) {
  return placeholder(name);
}
