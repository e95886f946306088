// classic/app: a whole app with its sheets, the selections and one sheet.

const sheetList = {
  qInfo: { qType: 'SheetList' },
  qAppObjectListDef: { qType: 'sheet', qData: { title: '/qMetaDef/title', rank: '/rank', showCondition: '/showCondition' } },
};

export async function drawApp(context, { drawSheet, drawSelections }) {
  const { doc, element, props, look } = context;
  const sheets = await listSheets(doc);
  const navigation = part('nav', 'vn-app-sheets');
  navigation.setAttribute('aria-label', 'Sheets');
  const bar = part('div', 'vn-app-selections');
  element.replaceChildren(navigation, bar);
  element.classList.add('vn-app');

  const selections = await drawSelections({ ...context, element: bar });
  let sheet;
  let stage;
  let currentLook = look;

  const open = async (sheetId) => {
    for (const button of navigation.children) {
      button.setAttribute('aria-current', button.dataset.sheetId === sheetId);
    }
    sheet?.destroy();
    stage?.remove();
    sheet = undefined;
    const own = (stage = element.appendChild(part('div', 'vn-app-stage')));
    const drawn = await drawSheet({ doc, element: own, props: { sheetId }, look: currentLook });
    if (stage === own) {
      sheet = drawn;
    } else {
      drawn.destroy(); // another sheet was asked for meanwhile
    }
  };
  for (const { id, title } of sheets) {
    const button = part('button', 'vn-app-sheet', title);
    button.type = 'button';
    button.dataset.sheetId = id;
    button.addEventListener('click', () => open(id).catch((err) => console.warn('the sheet could not be drawn:', err)));
    navigation.append(button);
  }
  await open(props.sheetId ?? props.sheet ?? sheets[0]?.id);
  return {
    destroy() {
      stage?.remove();
      sheet?.destroy();
      selections.destroy();
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
    .filter(({ qData }) => !/^=?(0|false)$/i.test(qData?.showCondition ?? ''))
    .map(({ qInfo, qMeta, qData }) => ({ id: qInfo.qId, title: qMeta?.title || qData?.title || 'Untitled', rank: Number(qData?.rank ?? 0) }))
    .sort((a, b) => a.rank - b.rank);
}

function part(tag, className, text = '') {
  const e = document.createElement(tag);
  e.className = className;
  e.textContent = text;
  return e;
}
