// The charts Vitrine draws itself: Qlik's open-source nebula.js, its chart
// packages, and the few things they lack. Used by the `nebula` embed mode of
// the portal and by the demo tenant's main.js, which share these chunks.

import { embed } from '@nebula.js/stardust';
import { loadUnknown, types } from './types.js';
import { themes } from './themes.js';

export { embed, types, themes };

// preload fetches the packages of the charts that are about to be drawn, while
// the app is still being opened.
export function preload(kinds) {
  for (const { name, load } of types) {
    if (kinds.includes(name)) {
      load().catch(() => {}); // whoever draws the chart is told
    }
  }
}
export { mountSheet, SheetNotFoundError } from './sheet.js';
export { mountCell } from './cell.js';
export { adoptStyles } from './styles.js';

// createInstance returns a nebula.js instance with everything of ours
// registered. One per sheet: a chart that throws while it renders takes the
// whole instance with it, and others must survive.
export function createInstance(doc, { theme = 'light', language = 'en-US', context = {} } = {}) {
  return embed(doc, {
    types,
    themes,
    load: loadUnknown,
    context: { keyboardNavigation: true, ...context, theme: themeName(theme), language },
  });
}

export function themeName(theme) {
  return theme === 'dark' ? 'vitrine-dark' : 'vitrine-light';
}
