import kpi from './kpi.js';
import { kinds, loadPackage } from './packages.js';
import placeholder from './placeholder.js';

export const types = [
  { name: 'kpi', load: async () => kpi },
  ...kinds.map((name) => ({ name, load: () => loadPackage(name) })),
];

// loadUnknown answers for charts that are not in the set. A quiet placeholder
// beats the library's error, because the rest of the sheet is fine.
export const loadUnknown = (texts) => async ({ name }) => placeholder(name, texts);
