import { onError, errorOf } from './errors.js';
import { Drawn } from './drawn.js';
import { Field } from './field.js';
import { SelectionState } from './selectionstate.js';
import { Watcher, listDefinitions } from './watcher.js';
import { visualizations } from './visualization.js';

// States of the connection that a mashup need not hear of: it will come back
// by itself.
const passing = new Set(['opening', 'reconnecting']);

// App is what openApp returns, long before anything is open. Whatever is asked
// of it waits for the app and is done again when the app comes back over
// another engine session.
export class App {
  #handlers = new Map();
  #parts = new Set(); // what is drawn and what is watched
  #load;
  #look;
  #props;
  #settle;
  #states = new Map();

  constructor({ id, identity, hostConfig, load, look }) {
    this.id = id;
    this.#load = load;
    this.#look = look;
    this.#wait();
    const app = this;
    this.model = { get enigmaModel() { return app.doc; }, waitForOpen: { get promise() { return app.opened; } } };
    this.visualization = visualizations(this);
    this.bookmark = {
      apply: (bookmarkId) => this.run((doc) => doc.applyBookmark(bookmarkId)),
    };
    this.#props = { appId: id, identity, hostConfig };
    this.#open();
  }

  async #open() {
    try {
      this.core = await this.#load();
    } catch (err) {
      this.#fail(Object.assign(err, { code: 16 }));
      return;
    }
    this.connection = new this.core.Connection(this.#props, {
      onDoc: (doc) => this.#start(doc),
      onState: (state) => passing.has(state) || this.#fail(errorOf(state, this.id)),
    });
  }

  // again is openApp for an app that has failed.
  again() {
    this.hasFailed = false;
    this.#wait();
    if (this.wasOpen) {
      this.connection.resume();
    } else {
      this.connection?.close();
      this.#open();
    }
  }

  #wait() {
    this.opened = new Promise((resolve, reject) => { this.#settle = { resolve, reject }; });
    this.opened.catch(() => {}); // the error handler is told
  }

  #start(doc) {
    this.doc = doc;
    this.wasOpen = true;
    this.#settle.resolve(doc);
    this.#parts.forEach((part) => part.start(doc));
  }

  // fail leaves what is drawn on the page, until openApp is called again.
  #fail(error) {
    this.hasFailed = true;
    this.#settle.reject(error);
    if (this.doc) {
      this.doc = undefined;
      this.#wait();
      this.#settle.reject(error);
      this.emit('closed', error);
    }
    this.#parts.forEach((part) => part.giveUp(error));
    this.emit('error', error);
    onError(error);
  }

  // run does something with the open app.
  async run(work) {
    return work(await this.opened);
  }

  get look() {
    return this.#look;
  }

  setLook() {
    this.#parts.forEach((part) => part.setLook?.(this.#look));
  }

  // keep starts a part now, or as soon as the app is open, and again later.
  keep(part) {
    // An element shows one object: the last that was asked for.
    const former = [...this.#parts].find(({ element }) => element && element === part.element);
    if (former) {
      this.drop(former);
    }
    this.#parts.add(part);
    if (this.doc) {
      part.start(this.doc);
    }
    return part;
  }

  drop(part) {
    this.#parts.delete(part);
    part.stop();
  }

  on(event, handler) {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
    return this;
  }

  off(event, handler) {
    this.#handlers.set(event, (this.#handlers.get(event) ?? []).filter((other) => handler && other !== handler));
    return this;
  }

  emit(event, ...args) {
    (this.#handlers.get(event) ?? []).forEach((handler) => handler.apply(this, args));
  }

  // getObject draws an object of the app. With one argument it is the object
  // without a drawing.
  getObject(element, id, options) {
    if (id === undefined && typeof element === 'string' && !document.getElementById(element)) {
      return this.run((doc) => doc.getObject(element));
    }
    return this.keep(new Drawn(this, element, { objectId: id ?? element }, options)).ready.then(({ object }) => object);
  }

  getObjectProperties(id) {
    return this.run(async (doc) => {
      const model = await doc.getObject(id);
      return Object.assign(model, { properties: await model.getProperties() });
    });
  }

  getFullPropertyTree(id) {
    return this.run(async (doc) => {
      const model = await doc.getObject(id);
      return Object.assign(model, { propertyTree: await model.getFullPropertyTree() });
    });
  }

  getAppLayout(callback) {
    return this.run(async (doc) => {
      const layout = await doc.getAppLayout();
      callback?.(layout);
      return { layout };
    });
  }

  #watch(props, callback) {
    return this.keep(new Watcher(this, props, callback)).ready;
  }

  createCube(definition, callback) {
    return this.#watch({ qInfo: { qType: 'mashup' }, qHyperCubeDef: withData(definition, columnsOf(definition)) }, callback);
  }

  createList(definition, callback) {
    return this.#watch({ qInfo: { qType: 'mashup' }, qListObjectDef: withData(definition, 1) }, callback);
  }

  createGenericObject(properties, callback) {
    return this.#watch({ ...properties, qInfo: { qType: 'mashup', ...properties.qInfo } }, callback);
  }

  getList(name, callback) {
    return this.#watch(listDefinitions(name), callback);
  }

  getAppObjectList(type, callback) {
    return typeof type === 'function' ? this.getList('sheet', type) : this.getList(type ?? 'sheet', callback);
  }

  destroySessionObject(id) {
    const part = [...this.#parts].find((other) => other.model?.id === id);
    if (part) {
      this.drop(part);
    }
    return Promise.resolve({ qSuccess: Boolean(part) });
  }

  field(name, state = '$') {
    return new Field(this, name, state);
  }

  selectionState(state = '$') {
    if (!this.#states.has(state)) {
      this.#states.set(state, new SelectionState(this));
    }
    return this.#states.get(state);
  }

  clearAll(lockedAlso = false, state = '$') { return this.run((doc) => doc.clearAll(lockedAlso, state)); }

  lockAll(state = '$') { return this.run((doc) => doc.lockAll(state)); }

  unlockAll(state = '$') { return this.run((doc) => doc.unlockAll(state)); }

  back() { return this.run((doc) => doc.back()); }

  forward() { return this.run((doc) => doc.forward()); }

  close() {
    this.isClosed = true;
    this.#parts.forEach((part) => part.stop());
    this.#parts.clear();
    this.connection?.close();
    this.doc = undefined;
    this.emit('closed');
  }
}

function columnsOf({ qDimensions = [], qMeasures = [] }) {
  return qDimensions.length + qMeasures.length;
}

// withData asks for the first rows where the mashup did not say which.
function withData(definition, columns) {
  return { qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: columns, qHeight: 100 }], ...definition };
}
