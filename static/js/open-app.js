// Opens an app with enigma.js through the relay, in an engine session of this
// tab that outlives a broken connection.

import { told } from "./told.js";

// How long the engine keeps the session of a tab that is gone: long enough for
// a train through a tunnel, and selections are known to the page as well.
const keepSeconds = 300;

export function socketRoot(address) {
  return address.replace(/^http/, "ws");
}

// openRelayed resolves to { doc, session, close }. A passing session is one that
// nobody will come back to: it ends with its connection.
export async function openRelayed(view, identity, options = {}) {
  const enigma = await import(view.enigma).catch(() => { throw told("library", { hold: "blur" }); });
  const ttl = options.passing ? "" : `/ttl/${keepSeconds}`;
  const path = `/app/${encodeURIComponent(view.appId)}/identity/${encodeURIComponent(identity)}${ttl}`;
  return openAt(enigma, socketRoot(view.relay) + path, view.appId, options);
}

export async function openAt(enigma, url, appId, { onTraffic } = {}) {
  const session = enigma.create(url);
  if (onTraffic) session.on("traffic:*", onTraffic);
  const close = () => { session.close().catch(() => {}); };
  try {
    const global = await session.open();
    const doc = await global.openDoc(appId);
    // A chart that was being selected in when the page went away would keep all
    // others from it.
    await doc.abortModal(true).catch(() => {});
    return { doc, session, close };
  } catch (err) {
    close();
    throw err instanceof Error ? err : new Error("the engine could not be reached"); // a socket's error event says nothing
  }
}
