// The demo tenant's /qlik-embed/main.js: a classic script, and the first thing
// that pages with embedded charts load.

import { defineQlikMain } from './qlik-main.js';

defineQlikMain(new URL('..', document.currentScript.src).href.replace(/\/$/, ''));
