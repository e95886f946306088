// classic/app: a whole app with its sheets, the selections and one sheet.

const sheetList = {
  qInfo: { qType: 'SheetList' },
  qAppObjectListDef: { qType: 'sheet', qData: { title: '/qMetaDef/title', rank: '/rank' } },
};

export async function drawApp(context, { drawSheet, drawSelections }) {
  const { doc, element, props, look } = context;
  const sheets = await listSheets(doc);
  const navigation = part('nav', 'vn-app-sheets');
  navigation.setAttribute('aria-label', 'Sheets');
  const bar = part('div', 'vn-app-selections');
  const stage = part('div', 'vn-app-stage');
  element.replaceChildren(navigation, bar, stage);
  element.classList.add('vn-app');

  const selections = await drawSelections({ ...context, element: bar });
  let sheet;
  let currentLook = look;

  const open = async (sheetId) => {
    for (const button of navigation.children) {
      button.setAttribute('aria-current', button.dataset.sheetId === sheetId);
    }
    sheet?.destroy();
    sheet = await drawSheet({ doc, element: stage, props: { sheetId }, look: currentLook });
  };
  for (const { id, title } of sheets) {
    const button = part('button', 'vn-app-sheet', title);
    button.type = 'button';
    button.dataset.sheetId = id;
    button.addEventListener('click', () => open(id));
    navigation.append(button);
  }
  await open(props.sheetId ?? props.sheet ?? sheets[0]?.id);
  return {
    destroy() {
      sheet?.destroy();
      selections.destroy();
      element.classList.remove('vn-app');
    },
    setLook(next) {
      currentLook = next;
      selections.setLook(next);
      sheet?.setLook(next);
    },
  };
}

async function listSheets(doc) {
  const list = await doc.createSessionObject(sheetList);
  const { qAppObjectList } = await list.getLayout();
  await doc.destroySessionObject(list.id).catch(() => {}); // it goes with the session otherwise
  return qAppObjectList.qItems
    .map(({ qInfo, qMeta, qData }) => ({ id: qInfo.qId, title: qMeta?.title || qData?.title || 'Untitled', rank: Number(qData?.rank ?? 0) }))
    .sort((a, b) => a.rank - b.rank);
}

function part(tag, className, text = '') {
  const e = document.createElement(tag);
  e.className = className;
  e.textContent = text;
  return e;
}
