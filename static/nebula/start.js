// What the page of the `nebula` mode names: small, so that it runs while the
// page's other scripts are still coming, and by running starts what takes long.

import { leading, loadPackage } from './packages.js';

const charts = import('./nebula.js');
charts.catch(() => {}); // whoever awaits it is told

export const library = () => charts;

// preload brings the package that draws first, while the app is being opened.
export function preload(cells) {
  const lead = leading(cells);
  if (lead) loadPackage(lead).catch(() => {}); // whoever draws the chart is told
}
