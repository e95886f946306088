import { mountCell } from './cell.js';
import { leading, loadPackage, turnOf } from './packages.js';
import { adoptStyles } from './styles.js';

export class SheetNotFoundError extends Error {
  constructor(sheetId) {
    super(`no sheet ${sheetId} in this app`);
    this.name = 'SheetNotFoundError';
  }
}

// mountSheet draws a sheet of an app: its cells in the places the sheet gives
// them, or in one column where there is no room. The cells are placed by us
// and not by nebula.js, which has no narrow layout and gives up on a whole
// sheet when one cell is of a kind it does not know.
export async function mountSheet({ instance, doc, element, sheetId, onError = () => {} }) {
  adoptStyles();
  const layout = await sheetLayout(doc, sheetId);
  const grid = document.createElement('div');
  grid.className = 'vn-sheet';
  grid.style.setProperty('--vn-columns', layout.columns ?? 24);
  grid.style.setProperty('--vn-rows', layout.rows ?? 12);
  const cells = inReadingOrder(layout.cells ?? []);
  const bodies = cells.map((cell) => grid.appendChild(cellElement(cell)).firstChild);
  element.replaceChildren(grid);
  if (cells.length === 0) {
    grid.replaceChildren(emptySheet(instance.texts));
  }
  const lead = leading(cells);
  const { over, end } = headStart(lead);
  const mount = async (cell, body) => {
    const turn = turnOf(cell.type, lead);
    if (turn === 'later') await over;
    return mountCell({ instance, doc, element: body, id: cell.name, type: cell.type, onError, onRender: turn === 'first' ? end : undefined })
      .catch((err) => { showCellError(body, err, instance.texts); return () => {}; });
  };
  const removals = await Promise.all(cells.map((cell, i) => mount(cell, bodies[i])));
  return {
    layout,
    destroy() {
      removals.forEach((remove) => remove());
      grid.remove();
    },
  };
}

// headStart is over when the leading kind of chart has drawn, or cannot, or has
// had its package for a while and still waits for its data.
function headStart(lead) {
  let end;
  const over = new Promise((resolve) => { end = resolve; });
  if (lead) loadPackage(lead).then(() => setTimeout(end, 400), end);
  return { over, end };
}

async function sheetLayout(doc, sheetId) {
  let model;
  try {
    model = await doc.getObject(sheetId);
  } catch (err) {
    // 2 is the engine's "object not found"; -2 is enigma.js's own word for it.
    if (err.code === 2 || err.code === -2) {
      throw new SheetNotFoundError(sheetId);
    }
    throw err;
  }
  if (!model) {
    throw new SheetNotFoundError(sheetId);
  }
  return model.getLayout();
}

// inReadingOrder sorts as people and screen readers go through a page, which
// is also the order of the narrow layout.
function inReadingOrder(cells) {
  return [...cells].sort((a, b) => a.row - b.row || a.col - b.col);
}

function cellElement(cell) {
  const element = document.createElement('section');
  element.className = 'vn-cell';
  element.dataset.type = cell.type;
  element.dataset.objectId = cell.name;
  element.style.setProperty('--vn-column', `${(cell.col ?? 0) + 1} / span ${cell.colspan ?? 1}`);
  element.style.setProperty('--vn-row', `${(cell.row ?? 0) + 1} / span ${cell.rowspan ?? 1}`);
  const body = element.appendChild(document.createElement('div'));
  body.className = 'vn-body';
  return element;
}

function emptySheet(texts) {
  const box = document.createElement('p');
  box.className = 'vn-message';
  box.style.gridArea = '1 / 1 / -1 / -1';
  box.textContent = texts.none;
  return box;
}

function showCellError(body, err, texts) {
  console.warn('a chart could not be drawn:', err);
  const box = document.createElement('div');
  box.className = 'vn-placeholder';
  box.textContent = texts.fault;
  body.replaceChildren(box);
}
