// DataTable shows one object of an app as a table, read with a hypercube of its
// own so that charts of every kind come out as plain rows. Values of dimensions
// are buttons that select.

import { counted, filled } from "./counted.js";

const rows = 50;

export class DataTable {
  element = document.createElement("section");
  #doc;
  #id;
  #texts;
  #cube = null;
  #path = "/qHyperCubeDef";

  constructor(doc, id, texts) {
    this.#doc = doc;
    this.#id = id;
    this.#texts = texts;
    this.element.className = "data";
  }

  // open reports whether the object has data.
  async open() {
    const object = await this.#doc.getObject(this.#id);
    const properties = await object.getEffectiveProperties().catch(() => object.getProperties());
    const definition = cubeOf(properties);
    if (!definition) return false;
    this.#path = Object.keys(definition)[0] === "qListObjectDef" ? "/qListObjectDef" : "/qHyperCubeDef";
    this.#cube = await this.#doc.createSessionObject({ qInfo: { qType: "vitrine-table" }, title: properties.title ?? "", ...definition });
    this.#cube.on("changed", () => this.#draw().catch(() => {}));
    await this.#draw();
    return true;
  }

  close() {
    if (this.#cube) this.#doc.destroySessionObject(this.#cube.id).catch(() => {});
  }

  async #draw() {
    const layout = await this.#cube.getLayout();
    const { columns, matrix, total } = tableOf(layout);
    const table = make("table", "table");
    table.append(caption(this.#texts, matrix.length, total), head(columns));
    const body = make("tbody");
    for (const row of matrix) body.append(this.#row(columns, row));
    table.append(body);
    const title = make("h3", "", typeof layout.title === "string" && layout.title ? layout.title : columns.map((c) => c.title).join(", "));
    title.id = `data-${this.#id}`;
    const wrap = make("div", "table-wrap");
    Object.assign(wrap, { tabIndex: 0, role: "region" });
    wrap.setAttribute("aria-labelledby", title.id);
    wrap.append(table);
    const value = this.#focused();
    this.element.replaceChildren(title, wrap);
    if (value) this.element.querySelector(`button[data-value="${value}"]`)?.focus();
  }

  // focused is the value whose button has the focus: drawing anew must not lose
  // it, nor give it to another value that has come to stand there.
  #focused() {
    const button = document.activeElement;
    return this.element.contains(button) ? button.dataset.value : undefined;
  }

  #row(columns, row) {
    const line = make("tr");
    row.forEach((cell, i) => {
      const column = columns[i];
      const box = make("td", column.measure ? "number" : "");
      if (column.measure || cell.element < 0) {
        box.textContent = cell.text;
      } else {
        const button = make("button", "value", cell.text);
        button.type = "button";
        button.setAttribute("aria-pressed", String(cell.state === "S" || cell.state === "L"));
        button.dataset.state = cell.state;
        button.dataset.value = `${i}-${cell.element}`;
        button.addEventListener("click", () => this.#select(i, cell.element));
        box.append(button);
      }
      line.append(box);
    });
    return line;
  }

  #select(dimension, element) {
    const selecting = this.#path === "/qListObjectDef"
      ? this.#cube.selectListObjectValues(this.#path, [element], true)
      : this.#cube.selectHyperCubeValues(this.#path, dimension, [element], true);
    selecting.catch((err) => console.warn("not selected:", err.message));
  }
}

// cubeOf makes a flat hypercube, or a list, of an object's own definition.
function cubeOf({ qHyperCubeDef, qListObjectDef }) {
  if (qListObjectDef) return { qListObjectDef: { ...qListObjectDef, qInitialDataFetch: page(1) } };
  const width = (qHyperCubeDef?.qDimensions?.length ?? 0) + (qHyperCubeDef?.qMeasures?.length ?? 0);
  if (width === 0) return null;
  const { qInterColumnSortOrder, qDimensions, qMeasures, qSuppressZero, qSuppressMissing } = qHyperCubeDef;
  return { qHyperCubeDef: { qInterColumnSortOrder, qDimensions, qMeasures, qSuppressZero, qSuppressMissing, qMode: "S", qInitialDataFetch: page(width) } };
}

const page = (width) => [{ qTop: 0, qLeft: 0, qWidth: width, qHeight: rows }];

function tableOf({ qHyperCube, qListObject }) {
  const data = qHyperCube ?? qListObject;
  const dimensions = [data.qDimensionInfo].flat().map((info) => ({ title: info.qFallbackTitle, measure: false }));
  const measures = (data.qMeasureInfo ?? []).map((info) => ({ title: info.qFallbackTitle, measure: true }));
  const matrix = (data.qDataPages[0]?.qMatrix ?? []).map((row) => row.map((cell) => ({
    text: cell.qText ?? "", element: cell.qElemNumber ?? -1, state: cell.qState ?? "",
  })));
  return { columns: [...dimensions, ...measures], matrix, total: data.qSize?.qcy ?? matrix.length };
}

function head(columns) {
  const line = make("tr");
  for (const column of columns) {
    const cell = make("th", column.measure ? "number" : "", column.title);
    cell.scope = "col";
    line.append(cell);
  }
  const group = make("thead");
  group.append(line);
  return group;
}

function caption(texts, shown, total) {
  return make("caption", "", shown < total ? filled(texts.part, shown, total) : counted(texts.forms, total));
}

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}
