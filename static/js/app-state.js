// What is selected in an open app: read, watched and set. Works on any handle
// of an app that has the engine's methods, whichever library it comes from.

import { sameSelections } from "./deeplink.js";

const currentSelections = { qInfo: { qType: "CurrentSelections" }, qSelectionObjectDef: {} };

// readSelections makes selections of a layout. Where the engine names only how
// many values there are, the selection is not complete.
function readSelections(layout) {
  return (layout.qSelectionObject?.qSelections ?? []).map((s) => {
    const values = (s.qSelectedFieldSelectionInfo ?? []).map(({ qName }) => qName);
    return { field: s.qField, values, complete: values.length > 0 && values.length === s.qSelectedCount };
  });
}

// watchState calls back with what is selected, now and whenever it changes, and
// returns a function that stops it.
export async function watchState(doc, changed) {
  const object = await doc.createSessionObject(currentSelections);
  let stopped = false;
  const update = async () => {
    const layout = await object.getLayout();
    if (!stopped) changed(readSelections(layout));
  };
  object.on("changed", () => update().catch(() => {}));
  await update();
  return () => {
    stopped = true;
    doc.destroySessionObject?.(object.id).catch(() => {});
  };
}

async function selectionsOf(doc) {
  const object = await doc.createSessionObject(currentSelections);
  const found = readSelections(await object.getLayout());
  doc.destroySessionObject?.(object.id).catch(() => {});
  return found;
}

// applyState brings an app to the given state: a bookmark first, selections on
// top. It returns the fields that could not be set: one that is gone must not
// keep the rest from being shown.
export async function applyState(doc, { select = [], bookmark = "" }) {
  if (select.length === 0 && !bookmark) return [];
  if (!bookmark && sameSelections(await selectionsOf(doc), select)) return [];
  await doc.clearAll();
  const lost = [];
  if (bookmark && !(await doc.applyBookmark(bookmark).catch(() => false))) lost.push("");
  for (const { field, values } of select) {
    if (!(await selectIn(doc, field, values).catch(() => false))) lost.push(field);
  }
  return lost;
}

// What people write as a number. Languages take more for one, each something
// else, and a code such as 0x10 is none.
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

// toFieldValue: fields with numbers are selected by number, because they may be
// shown formatted. The server does the same (qlik/engine_select.go).
export function toFieldValue(text) {
  const number = decimal.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? { qText: text, qIsNumeric: true, qNumber: number } : { qText: text };
}

async function selectIn(doc, name, values) {
  const field = await doc.getField(name);
  if (await field.selectValues(values.map(toFieldValue), false, false)) return true;
  // Dates and formatted numbers are known by their text only.
  return field.selectValues(values.map((qText) => ({ qText })), false, false);
}
