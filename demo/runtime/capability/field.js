import { Notifier } from './notifier.js';

// Field selects in one field of the app.
export class Field {
  constructor(app, name, state) {
    Object.assign(this, { app, name, fieldName: name, state, rows: [], OnData: new Notifier() });
  }

  #do(work) {
    return this.app.run(async (doc) => work(await doc.getField(this.name, this.state)));
  }

  // select takes the numbers of values, as rows give them.
  select(elements, toggle = false, softLock = false) {
    return this.#do((field) => field.lowLevelSelect(elements, toggle, softLock));
  }

  selectValues(values, toggle = false, softLock = false) {
    return this.#do((field) => field.selectValues(values.map(valueOf), toggle, softLock));
  }

  selectMatch(match, softLock = false) { return this.#do((field) => field.select(match, softLock, 0)); }

  toggleSelect(match, softLock = false) { return this.#do((field) => field.toggleSelect(match, softLock, 0)); }

  selectAll(softLock = false) { return this.#do((field) => field.selectAll(softLock)); }

  selectPossible(softLock = false) { return this.#do((field) => field.selectPossible(softLock)); }

  selectAlternative(softLock = false) { return this.#do((field) => field.selectAlternative(softLock)); }

  selectExcluded(softLock = false) { return this.#do((field) => field.selectExcluded(softLock)); }

  clear() { return this.#do((field) => field.clear()); }

  clearOther(softLock = false) { return this.#do((field) => field.clearAllButThis(softLock)); }

  lock() { return this.#do((field) => field.lock()); }

  unlock() { return this.#do((field) => field.unlock()); }

  // getData fills rows and keeps them up to date.
  getData({ rows = 200, frequencyMode = 'V' } = {}) {
    this.app.createList({
      qDef: { qFieldDefs: [this.name] },
      qFrequencyMode: frequencyMode,
      qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 1, qHeight: rows }],
    }, ({ qListObject }) => {
      this.rowCount = qListObject.qSize.qcy;
      this.stateCounts = qListObject.qDimensionInfo.qStateCounts;
      this.rows = qListObject.qDataPages.flatMap(({ qMatrix }) => qMatrix).map(([cell]) => ({
        ...cell,
        select: (toggle = true, softLock = false) => this.select([cell.qElemNumber], toggle, softLock),
      }));
      this.OnData.notify(this);
    });
    return this;
  }
}

function valueOf(value) {
  if (typeof value === 'object') {
    return value;
  }
  return typeof value === 'number' ? { qText: String(value), qIsNumeric: true, qNumber: value } : { qText: value };
}
