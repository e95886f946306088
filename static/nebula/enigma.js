// enigma.js with the schema of the engine, for pages that open an app without
// the tenant's runtime.

import enigma from 'enigma.js';
import schema from 'enigma.js/schemas/12.2015.0.json';

export { schema };

// openApp opens an app over a socket under the relay's prefix, such as
// wss://portal.example/qlik.
export async function openApp(socketRoot, appId) {
  const session = enigma.create({ schema, url: `${socketRoot}/app/${encodeURIComponent(appId)}` });
  const global = await session.open();
  return { session, doc: await global.openDoc(appId) };
}

export default enigma;
