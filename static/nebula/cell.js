import { placeholderElement } from './placeholder.js';
import { types } from './types.js';
import { offerValues } from './values.js';

// Charts that are worked by keys, and those in which there is nothing to select.
const takesKeys = new Set(['table', 'sn-table', 'kpi']);

const drawable = new Set(types.map(({ name }) => name));

// mountCell draws one object of an app into an element and returns a function
// that takes it away again.
export async function mountCell({ instance, doc, element, id, type, onError, onRender }) {
  switch (type) {
    case 'listbox':
      return mountList(instance, element, id);
    case 'filterpane':
      return mountLists(instance, doc, element, id);
  }
  if (!drawable.has(type)) {
    element.replaceChildren(placeholderElement(type, instance.texts));
    return () => {};
  }
  // Without options a render throws inside the library, where nobody sees it.
  const chart = await instance.render({ element, id, options: {}, onError, onRender });
  const values = instance.selectable && !takesKeys.has(type) ? offerValues({ instance, doc, element, id }) : none();
  values.catch((err) => console.warn('a chart has no list of its values:', err));
  return () => {
    values.then((remove) => remove(), () => {});
    chart.destroy();
  };
}

const none = async () => () => {};

// Stardust has no chart of the type listbox, but fields of its own.
async function mountList(instance, element, id) {
  const list = await instance.field({ qId: id });
  await list.mount(element, { search: 'toggle' });
  return () => list.unmount();
}

async function mountLists(instance, doc, element, id) {
  const pane = await doc.getObject(id);
  const { qChildList } = await pane.getLayout();
  element.classList.add('vn-lists');
  const lists = (qChildList?.qItems ?? []).map(({ qInfo }) => {
    const box = element.appendChild(document.createElement('div'));
    return mountList(instance, box, qInfo.qId);
  });
  const unmount = await Promise.all(lists);
  return () => unmount.forEach((remove) => remove());
}
