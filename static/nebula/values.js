// Qlik's open-source charts take no keys but for the table. So that nobody
// needs a mouse to select, each of the others has a button that one comes to
// by Tab: it opens list boxes of what the chart is divided by. Enter keeps what was
// selected there, Escape takes it back.

// offerValues adds that button to a chart that is drawn, where there is
// something to select, and returns a function that takes it away again.
export async function offerValues({ instance, doc, element, id }) {
  const model = await doc.getObject(id);
  const layout = await model.getLayout();
  const dimensions = (layout.qHyperCube?.qDimensionInfo ?? []).map(fieldOf).filter(Boolean);
  if (dimensions.length === 0) {
    return () => {};
  }
  const label = `Select in ${[layout.title || 'this chart', dimensions.map(({ name }) => name).join(', ')].join(': ')}`;
  const button = part('button', 'vn-values-button', 'Select values');
  button.type = 'button';
  button.setAttribute('aria-label', label);
  button.setAttribute('aria-haspopup', 'dialog');
  const panel = part('dialog', 'vn-values');
  panel.setAttribute('aria-label', label);
  panel.tabIndex = -1;
  const lists = new Lists({ instance, doc, panel, dimensions });
  button.addEventListener('click', () => lists.open());
  for (const type of ['keydown', 'keyup']) panel.addEventListener(type, (event) => lists.key(event), true);
  panel.addEventListener('close', () => lists.close());
  element.append(button, panel);
  return () => {
    lists.close();
    button.remove();
    panel.remove();
  };
}

// fieldOf names a dimension as nebula.js wants to have it; a calculated one is
// no field, and a list box of it would be another one each time.
function fieldOf({ qLibraryId, qFallbackTitle, qGroupFieldDefs = [], qGroupPos = 0 }) {
  const field = qGroupFieldDefs[qGroupPos];
  if (!qLibraryId && (!field || field.startsWith('='))) {
    return null;
  }
  const identifier = qLibraryId ? { qLibraryId, type: 'dimension' } : field.replace(/^\[(.*)\]$/, '$1');
  return { name: qFallbackTitle || field, identifier };
}

// Lists are the list boxes in the dialog while it is open.
class Lists {
  #shown = null;
  #down = '';

  constructor(parts) {
    Object.assign(this, parts);
  }

  open() {
    const body = part('div', 'vn-values-body');
    const done = part('button', 'vn-values-done', 'Done');
    done.type = 'button';
    done.addEventListener('click', () => this.panel.close('keep'));
    const lists = this.dimensions.map(async ({ name, identifier }) => {
      const field = body.appendChild(part('section', 'vn-values-field'));
      const box = part('div', 'vn-values-list');
      field.append(part('h2', 'vn-values-name', name), box);
      const list = await this.instance.field(identifier);
      await list.mount(box, { search: 'toggle' });
      return list;
    });
    body.append(done);
    this.#shown = { body, lists };
    this.panel.returnValue = '';
    this.panel.replaceChildren(body);
    this.panel.showModal();
    this.panel.focus(); // Tab then comes to the first value, which is not there yet
  }

  // key comes before the list boxes, which know these keys, too, and would leave
  // the dialog open. Enter closes when it is let go: held down, it would press
  // the button that gets the focus back.
  key(event) {
    const onList = event.target === this.panel || event.target.closest('.value');
    const enter = event.key === 'Enter' && onList; // on a button it presses that
    if (!enter && event.key !== 'Escape') {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (event.type === 'keydown') {
      this.#down = event.key;
    }
    if (this.#down === event.key && (event.type === 'keyup' || !enter)) {
      this.#down = '';
      this.panel.close(enter ? 'keep' : '');
    }
  }

  // close ends selecting, too: what is half selected would keep every other
  // chart from it.
  async close() {
    if (!this.#shown) {
      return;
    }
    const { body, lists } = this.#shown;
    this.#shown = null;
    const mounted = await Promise.allSettled(lists);
    await this.doc.abortModal(this.panel.returnValue === 'keep').catch(() => {}); // the connection may be gone
    mounted.forEach(({ value }) => value?.unmount());
    body.remove();
  }
}

function part(tag, className, text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
