import { createInstance, mountCell, mountSheet, themeName } from '../../static/nebula/nebula.js';
import { drawApp } from './app.js';

// The user interfaces of <qlik-embed ui="…">. Each draws on an open app and
// returns { destroy, setLook, object }.

// follow makes an instance take over a changed look while it is drawn.
export function follow(instance) {
  return ({ theme, language }) => instance.context({ theme: themeName(theme), language });
}

export async function drawSheet({ doc, element, props, look }) {
  const instance = createInstance(doc, look);
  const sheetId = props.sheetId ?? props.objectId;
  const sheet = await mountSheet({ instance, doc, element, sheetId, onError: logChartError });
  return { destroy: () => sheet.destroy(), setLook: follow(instance), object: await doc.getObject(sheetId) };
}

export async function drawChart({ doc, element, props, look }) {
  const instance = createInstance(doc, look);
  if (props.objectId) {
    const object = await findObject(doc, props.objectId);
    const destroy = await mountCell({ instance, doc, element, id: props.objectId, type: object.genericType ?? object.qGenericType, onError: logChartError });
    return { destroy, setLook: follow(instance), object };
  }
  const fields = [...(props.dimensions ?? []), ...(props.measures ?? [])];
  const chart = await instance.render({
    element, type: props.type, fields, properties: props.properties ?? {}, options: {}, onError: logChartError,
  });
  // Its session object may have gone with the engine session.
  return { destroy: () => Promise.resolve(chart.destroy()).catch(() => {}), setLook: follow(instance), object: chart.model };
}

async function findObject(doc, id) {
  const object = await doc.getObject(id).catch((err) => {
    throw err.code === 2 || err.code === -2 ? Object.assign(err, { objectNotFound: true }) : err;
  });
  return object;
}

export async function drawSelections({ doc, element, look }) {
  const instance = createInstance(doc, look);
  const selections = await instance.selections();
  element.classList.add('vn-selections');
  await selections.mount(element);
  return { destroy: () => selections.unmount(), setLook: follow(instance) };
}

async function drawField({ doc, element, props, look }) {
  const instance = createInstance(doc, look);
  const identifier = props.libraryId ? { qLibraryId: props.libraryId, type: props.type ?? 'dimension' } : props.fieldId;
  const list = await instance.field(identifier);
  await list.mount(element, { search: 'toggle' });
  return { destroy: () => list.unmount(), setLook: follow(instance) };
}

function logChartError(err) {
  console.warn('a chart reported an error:', err);
}

export const interfaces = {
  'analytics/sheet': drawSheet,
  'analytics/chart': drawChart,
  object: drawChart,
  'classic/chart': drawChart,
  'analytics/selections': drawSelections,
  'analytics/field': drawField,
  'classic/app': (context) => drawApp(context, { drawSheet, drawSelections }),
};
