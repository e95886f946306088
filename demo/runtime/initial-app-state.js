import { addInitialAppAction } from 'qlik-api:qix';

// The module behind <qlik-initial-selections> and <qlik-app-open-action>: both
// run when an app is opened, before any chart asks for data.

export function addOnAppOpenCallback({ appId, identity, hostConfig }, callback) {
  return addInitialAppAction({ appId, identity, hostConfig }, (app) => callback({ app }));
}

export function setInitialAppState(session, state) {
  return addInitialAppAction(session, (app) => applyState(app, state));
}

export async function applyState(app, { clearSelections, bookmarkId, fieldSelections = [] }) {
  // A page must open even when one field of its selections is gone.
  const attempt = (what, promise) => promise.catch((err) => console.warn(`${what} failed:`, err));
  if (clearSelections) {
    await attempt('clearing selections', app.clearAll());
  }
  if (bookmarkId) {
    await attempt('applying the bookmark', app.applyBookmark(bookmarkId));
  }
  for (const selection of fieldSelections) {
    await attempt(`selecting in ${selection.name}`, select(app, selection));
  }
}

async function select(app, { name, state, values, search }) {
  const field = await app.getField(name, state ?? '$');
  if (search?.match) {
    return field.select(search.match, false, 0);
  }
  if (!values) {
    return field.clear();
  }
  // Numbers are selected as numbers: fields with dates and amounts may show
  // them formatted.
  const wanted = values.map(({ qText }) =>
    qText.trim() !== '' && Number.isFinite(Number(qText)) ? { qText, qIsNumeric: true, qNumber: Number(qText) } : { qText });
  return field.selectValues(wanted, false, false);
}
