// What a page does with an app, over @qlik/api or over enigma.js. The test
// calls what hangs on mashup.

import * as qlik from "/static/any/vendor/qlik-api/index.js";

qlik.auth.setDefaultHostConfig({ host: "PUBLIC_URL/qlik", authType: "none" });

const figures = (layout) => layout.qHyperCube.qDataPages[0].qMatrix.map((row) => row.map((cell) => cell.qText));
const cube = {
  qInfo: { qType: "test" },
  qHyperCubeDef: {
    qDimensions: [{ qDef: { qFieldDefs: ["Category"] } }], qMeasures: [{ qDef: { qDef: "Sum(Sales)" } }],
    qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 100 }],
  },
};

// Work is an app that is open, with all that its library told.
class Work {
  events = [];
  changes = 0;

  note = (name, event) => this.events.push({ Name: name, Code: event?.code ?? 0, Reason: event?.reason ?? "" });

  async start(doc) {
    this.doc = doc;
    this.object = await doc.createSessionObject(cube);
    this.object.on("changed", () => this.changes++);
    return this.state();
  }

  // select picks one value and waits for the object to hear of it.
  async select(value) {
    const heard = new Promise((resolve) => this.object.once("changed", resolve));
    const field = await this.doc.getField("Category");
    const selected = await field.select(value);
    await heard;
    return selected;
  }

  // selected asks the engine anew, without what the page remembers.
  async selected() {
    const current = await this.doc.createSessionObject({ qInfo: { qType: "current" }, qSelectionObjectDef: {} });
    const { qSelectionObject } = await current.getLayout();
    return qSelectionObject.qSelections.map(({ qField, qSelected }) => `${qField}: ${qSelected}`);
  }

  // leave closes the app at once, with nothing left selected.
  async leave() {
    await this.doc.clearAll();
    await this.close();
  }

  async state() {
    return { Title: (await this.doc.getAppLayout()).qTitle, Rows: figures(await this.object.getLayout()), Selected: await this.selected() };
  }
}

async function withAPI(options) {
  const work = new Work();
  work.session = qlik.qix.openAppSession({ appId: "APP_ID", ...options });
  work.close = () => work.session.close({ websocketCloseDelay: 0 });
  work.session.onWebSocketEvent((event) => work.note(event.eventType, event));
  await work.start(await work.session.getDoc());
  return work;
}

let schema;

async function withEnigma(options, path = "/app/APP_ID") {
  schema ??= await (await fetch("/npm/schema.json")).json();
  const work = new Work();
  work.session = enigma.create({ schema, url: "PUBLIC_URL/qlik".replace("http", "ws") + path, ...options });
  work.close = () => work.session.close();
  for (const name of ["opened", "closed", "suspended", "resumed"]) work.session.on(name, (event) => work.note(name, event));
  const global = await work.session.open();
  await work.start(await global.openDoc("APP_ID"));
  return work;
}

// failure is what somebody reads who opens an app that is not there.
async function failure(open) {
  try {
    await open();
  } catch (err) {
    return { Said: err.message, Code: err.original?.code ?? err.code ?? 0, Reason: err.original?.reason ?? err.reason ?? "" };
  }
  return { Said: "" };
}

// lost opens an app with enigma.js that has no business to open.
async function lost(appId) {
  schema ??= await (await fetch("/npm/schema.json")).json();
  const session = enigma.create({ schema, url: "PUBLIC_URL/qlik".replace("http", "ws") + "/app/" + appId });
  const closed = new Promise((resolve) => session.on("closed", (event) => resolve({ Code: event.code, Reason: event.reason })));
  session.open().catch(() => {});
  return closed;
}

window.mashup = { qlik, withAPI, withEnigma, failure, lost, work: {} };
