import { Drawn } from './drawn.js';

// visualizations is app.visualization: objects first, elements later.
export function visualizations(app) {
  return {
    get: (id) => app.run(async (doc) => new Visualization(app, { objectId: id }, await doc.getObject(id))),
    create: (type, columns = [], options = {}) =>
      app.run(async () => new Visualization(app, { type, ...columnsOf(columns), properties: options })),
  };
}

class Visualization {
  #drawn = new Set();

  constructor(app, props, model) {
    Object.assign(this, { app, props, model, id: props.objectId });
  }

  show(element, options) {
    const drawn = this.app.keep(new Drawn(this.app, element, this.props, options));
    this.#drawn.add(drawn);
    return drawn.ready.then(({ object }) => {
      this.model ??= object;
      this.id ??= object?.id;
      return this;
    });
  }

  // setOptions changes properties of a visualization made here.
  setOptions(options) {
    Object.assign(this.props.properties ??= {}, options);
    this.#drawn.forEach((drawn) => drawn.start(this.app.doc));
    return Promise.resolve(this);
  }

  resize() {
    window.dispatchEvent(new Event('resize'));
  }

  close() {
    this.#drawn.forEach((drawn) => this.app.drop(drawn));
    this.#drawn.clear();
    return Promise.resolve();
  }
}

// columnsOf sorts what create takes: names of fields, "=expressions",
// definitions as the engine has them, and master items, whose type nebula.js
// knows by another name.
function columnsOf(columns) {
  const isMeasure = (column) =>
    (typeof column === 'string' ? column.startsWith('=') : column.qDef?.qDef !== undefined || column.qType === 'measure');
  const named = (column) => (column.qLibraryId ? { ...column, type: column.qType } : column);
  return {
    dimensions: columns.filter((column) => !isMeasure(column)).map(named),
    measures: columns.filter(isMeasure).map(named),
  };
}
