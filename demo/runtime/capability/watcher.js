import { onError } from './errors.js';

// Watcher is a session object whose layout goes to a callback, now and each
// time it changes.
export class Watcher {
  #settle;

  constructor(app, properties, callback) {
    Object.assign(this, { app, properties, callback });
    this.ready = new Promise((resolve, reject) => { this.#settle = { resolve, reject }; });
    this.ready.catch(() => {});
  }

  async start(doc) {
    const turn = (this.turn = Symbol('turn'));
    try {
      const model = await doc.createSessionObject(this.properties);
      if (this.turn !== turn) {
        return;
      }
      this.doc = doc;
      this.model = model;
      model.on('changed', () => this.#read(turn).catch(onError));
      await this.#read(turn);
      this.#settle.resolve(model);
    } catch (err) {
      this.#settle.reject(err);
      onError(err);
    }
  }

  async #read(turn) {
    const layout = await this.model.getLayout();
    if (this.turn === turn) {
      this.model.layout = layout;
      this.callback?.(layout, this.app);
    }
  }

  // giveUp tells whoever still waits that the app does not open.
  giveUp(error) {
    this.#settle.reject(error);
  }

  stop() {
    this.turn = undefined;
    // It goes with its session where it cannot be destroyed any more.
    this.doc?.destroySessionObject(this.model.id).catch(() => {});
  }
}

const withMeta = { title: '/qMetaDef/title', description: '/qMetaDef/description' };

const lists = {
  SelectionObject: { qSelectionObjectDef: {} },
  CurrentSelections: { qSelectionObjectDef: {} },
  FieldList: { qFieldListDef: { qShowSystem: false, qShowHidden: false, qShowSemantic: true, qShowSrcTables: true } },
  DimensionList: { qDimensionListDef: { qType: 'dimension', qData: { ...withMeta, grouping: '/qDim/qGrouping' } } },
  MeasureList: { qMeasureListDef: { qType: 'measure', qData: withMeta } },
  BookmarkList: { qBookmarkListDef: { qType: 'bookmark', qData: { ...withMeta, sheetId: '/sheetId', selectionFields: '/selectionFields' } } },
  VariableList: { qVariableListDef: { qType: 'variable' } },
  MediaList: { qMediaListDef: {} },
};

// listDefinitions makes the properties of getList's lists; any other name is a
// type of objects, such as sheet.
export function listDefinitions(name) {
  if (Object.hasOwn(lists, name)) {
    return { qInfo: { qType: name }, ...lists[name] };
  }
  const type = name === 'MasterObject' ? 'masterobject' : name;
  return {
    qInfo: { qType: `${type}List` },
    qAppObjectListDef: {
      qType: type,
      qData: { ...withMeta, rank: '/rank', cells: '/cells', columns: '/columns', rows: '/rows', thumbnail: '/thumbnail', showCondition: '/showCondition' },
    },
  };
}
