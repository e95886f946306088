// The menu of a chart in the tenant's page, which opt=ctxmenu asks for: with
// the right button, or the menu key on what has the focus.

const main = document.getElementById('view');
const mostRows = 1000;
// The page draws the charts itself, and tells of the app when it has one.
const opened = new Promise((resolve) => {
  main.addEventListener('refapi', ({ detail }) => resolve(detail.getDoc()), { once: true });
});
main.addEventListener('contextmenu', (event) => {
  const box = event.composedPath().find((node) => node.dataset?.objectId);
  event.preventDefault();
  open(event, box?.dataset.objectId);
});

function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}

// open shows the menu where the pointer is, or at what has the focus.
function open(event, objectId) {
  document.querySelector('.menu')?.remove();
  const back = document.activeElement;
  const menu = make('div', '', { class: 'menu', role: 'menu', 'aria-label': 'Chart' });
  const close = () => {
    menu.remove();
    removeEventListener('pointerdown', outside, true);
    back?.focus?.();
  };
  const outside = ({ target }) => menu.contains(target) || close();
  const add = (text, act) => {
    const item = make('button', text, { type: 'button', role: 'menuitem', tabindex: '-1' });
    item.addEventListener('click', () => {
      close();
      Promise.resolve(act()).catch((err) => console.warn('the menu:', err.message ?? err));
    });
    menu.append(item);
  };
  if (objectId) {
    add('View data', async () => show(await dataOf(objectId)));
    add('Export data', async () => save(await dataOf(objectId)));
  }
  add('Clear all selections', async () => (await opened).clearAll());
  menu.addEventListener('keydown', (press) => onKey(press, menu, close));
  document.body.append(menu);
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(4, Math.min(event.clientX, innerWidth - width - 4))}px`;
  menu.style.top = `${Math.max(4, Math.min(event.clientY, innerHeight - height - 4))}px`;
  addEventListener('pointerdown', outside, true);
  menu.firstChild.focus();
}

function onKey(press, menu, close) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[press.key];
  if (press.key === 'Escape' || press.key === 'Tab') {
    close();
  } else if (to === undefined) {
    return;
  } else {
    items.at(to % items.length).focus();
  }
  press.preventDefault();
  press.stopPropagation();
}

// dataOf reads a chart's numbers as plain rows, as they are selected now.
async function dataOf(id) {
  const app = await opened;
  const object = await app.getObject(id);
  const { qHyperCubeDef: cube, qListObjectDef: list } = await object.getProperties();
  const { title } = await object.getLayout();
  const width = list ? 1 : cube.qDimensions.length + cube.qMeasures.length;
  const fetch = { qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: width, qHeight: mostRows }] };
  const own = await app.createSessionObject(list
    ? { qInfo: { qType: 'data' }, qListObjectDef: { ...list, ...fetch } }
    : { qInfo: { qType: 'data' }, qHyperCubeDef: { ...cube, qMode: 'S', ...fetch } });
  const { qHyperCube, qListObject } = await own.getLayout();
  app.destroySessionObject(own.id).catch(() => {});
  const data = qHyperCube ?? qListObject;
  const heads = [data.qDimensionInfo, data.qMeasureInfo ?? []].flat().map((info) => info.qFallbackTitle);
  return { title: title || heads.join(', '), heads, rows: (data.qDataPages[0]?.qMatrix ?? []).map((row) => row.map((cell) => cell.qText ?? '')) };
}

function show({ title, heads, rows }) {
  const dialog = make('dialog', '', { class: 'data', 'aria-labelledby': 'data-title' });
  const table = make('table', '');
  const line = (texts, tag, attributes) => {
    const row = make('tr', '');
    row.append(...texts.map((text) => make(tag, text, attributes)));
    return row;
  };
  table.append(line(heads, 'th', { scope: 'col' }), ...rows.map((row) => line(row, 'td')));
  const button = make('button', 'Close', { type: 'button' });
  button.addEventListener('click', () => dialog.close());
  dialog.append(make('h2', title, { id: 'data-title' }), table, button);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// What a spreadsheet may take for a formula, and what begins like one and is none.
const formula = /^[=+\-@\t\r\n]/;
const number = /^[+-][\d.,\u0020\u00a0\u202f]*\d(e[+-]?\d+)?[\u0020\u00a0\u202f]?%?$/i;

// save offers the rows as a file that spreadsheets read. A formula gets a mark
// before it.
function save({ title, heads, rows }) {
  const plain = (text) => (formula.test(text) && !number.test(text) ? `'${text}` : text);
  const cell = (text) => `"${plain(text).replaceAll('"', '""')}"`;
  const text = [heads, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
  const link = make('a', '', { download: `${title.replace(/[^\p{L}\p{N} -]/gu, '')}.csv` });
  link.href = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
