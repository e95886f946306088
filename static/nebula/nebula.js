// The charts Vitrine draws itself: Qlik's open-source nebula.js, its chart
// packages, and the few things they lack. Used by the `nebula` embed mode of
// the portal and by the demo tenant's main.js, which share these chunks.

import stardust from '@nebula.js/stardust';
import { loadUnknown, types } from './types.js';
import { themes } from './themes.js';

const { embed } = stardust;

export { embed, types, themes };

export { mountSheet, SheetNotFoundError } from './sheet.js';
export { mountCell } from './cell.js';
export { adoptStyles } from './styles.js';

// What is said by default, which is in the demo tenant; the portal has sentences
// of its own in the page's language.
const english = {
  unknown: 'This kind of chart (%s) is not drawn here.',
  none: 'This sheet has no charts yet.',
  fault: 'This chart could not be drawn.',
};

// createInstance returns a nebula.js instance with everything of ours
// registered. One per sheet: a chart that throws while it renders takes the
// whole instance with it, and others must survive.
//
// List boxes come from a second one. Where nebula.js is to navigate by keys it
// wants the host to hand the focus into them, and nothing on a sheet could be
// selected by Tab; by themselves their rows are ordinary tab stops.
export function createInstance(doc, { theme = 'light', language = 'en-US', texts = english, context = {} } = {}) {
  let look = themeName(theme);
  let now = { ...context, theme: look, language };
  const make = (keyboardNavigation) => embed(doc, { types, themes, loadTheme, load: loadUnknown(texts), context: { keyboardNavigation, ...now } });
  const charts = make(true);
  let lists;
  return {
    texts,
    selectable: !(context.constraints?.select || context.constraints?.active),
    render: charts.render,
    selections: charts.selections,
    field: (identifier) => (lists ??= make(false)).field(identifier),
    context({ theme: wanted = look, ...rest }) {
      const next = wanted === look ? rest : { ...rest, theme: freshName(wanted) };
      look = wanted;
      now = { ...now, ...next };
      charts.context(next);
      lists?.context(next);
    },
  };
}

// A chart whose size changes draws with the theme of the moment, but nebula.js
// does not take note of that: when the theme before then comes back by the same
// name, the chart is not told and keeps the other one's colours. So no theme
// comes back by the same name.
let turn = 0;
const freshName = (name) => `${name}-${++turn}`;

async function loadTheme(name) {
  return themes.find(({ id }) => name.startsWith(id)).load();
}

export function themeName(theme) {
  return theme === 'dark' ? 'vitrine-dark' : 'vitrine-light';
}
