// A page for developers: opens the app with enigma.js, through the relay or at
// the tenant directly, and shows what the engine answers: the layout of the
// app, and the data of every object of the sheet as a table one can select in.

import { DataTable } from "./data-table.js";
import { openAt, openRelayed, socketRoot } from "./open-app.js";
import { startSheet, told } from "./sheet.js";
import { TenantSession } from "./tenant-session.js";

const view = JSON.parse(document.querySelector("[data-stage]").dataset.view);
const list = document.querySelector("[data-tables]");
const part = (name) => document.querySelector(`[data-${name}]`);
const keepFrames = 60;

startSheet({
  async open({ identity, apply }) {
    const app = view.direct ? await openDirectly(identity) : await openRelayed(view, identity, { onTraffic });
    try {
      await apply(app.doc);
      const layout = await app.doc.getAppLayout();
      part("layout").textContent = JSON.stringify(layout, null, 2);
      const tables = await drawTables(app.doc);
      list.dataset.drawn = "";
      return { doc: app.doc, close: () => { tables.forEach((table) => table.close()); app.close(); } };
    } catch (err) {
      app.close();
      throw err;
    }
  },
});

// openDirectly talks to the tenant itself: with its cookie, with the token that
// keeps other sites from using it, and with the web integration that lists us.
async function openDirectly(identity) {
  const tenant = new TenantSession(view);
  await tenant.begin();
  const enigma = await import(view.enigma).catch(() => { throw told("library", { hold: "blur" }); });
  const query = new URLSearchParams({ "qlik-web-integration-id": view.webIntegrationId });
  const csrf = await tenant.csrf();
  if (csrf) query.set("qlik-csrf-token", csrf);
  const path = `/app/${encodeURIComponent(view.appId)}/identity/${encodeURIComponent(identity)}/ttl/300`;
  return openAt(enigma, `${socketRoot(view.tenant)}${path}?${query}`, view.appId, { onTraffic });
}

// drawTables makes a table for every object that has data. An object that
// cannot be read is said to be, and does not keep the others from being shown.
async function drawTables(doc) {
  const sheet = await doc.getObject(view.sheetId).catch(() => { throw told("gone"); });
  const { cells } = await sheet.getLayout();
  const tables = await Promise.all(cells.map(async (cell) => {
    const table = new DataTable(doc, cell.name, list.dataset);
    return (await table.open()) ? table : null;
  }));
  const shown = tables.filter(Boolean);
  list.replaceChildren(...shown.map((table) => table.element));
  return shown;
}

// onTraffic keeps the last frames in sight. Answers with data are shown by
// their size: whoever wants all of it has the browser's own tools.
function onTraffic(direction, frame) {
  const line = document.createElement("li");
  const what = frame.method ?? (frame.error ? `error ${frame.error.code}` : "result");
  line.textContent = `${direction === "sent" ? "→" : "←"} ${frame.id ?? "–"} ${what} ${JSON.stringify(frame.params ?? frame.change ?? "").slice(0, 120)} (${JSON.stringify(frame).length} B)`;
  const log = part("traffic");
  log.prepend(line);
  while (log.children.length > keepFrames) log.lastElementChild.remove();
}
