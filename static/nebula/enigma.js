// enigma.js with the schema of the engine, for pages that open an app without
// the tenant's runtime.

import enigma from 'enigma.js';
import schema from 'enigma.js/schemas/12.2015.0.json';

export { schema };

// create returns a session over a socket at url, such as
// wss://portal.example/qlik/app/…; nothing is sent before it is opened.
export function create(url) {
  return enigma.create({ schema, url });
}

export default enigma;
