import { onError } from './errors.js';

// Drawn is one visualization in an element of the mashup. It is drawn when the
// app is open, and again over each new engine session.
export class Drawn {
  #settle;

  constructor(app, element, props, { noInteraction, noSelections, onRendered } = {}) {
    Object.assign(this, { app, props, onRendered });
    this.element = elementOf(element);
    this.context = { constraints: { passive: noInteraction, active: noInteraction, select: noInteraction || noSelections } };
    this.ready = new Promise((resolve, reject) => { this.#settle = { resolve, reject }; });
    this.ready.catch(() => {});
  }

  async start(doc) {
    const turn = (this.turn = Symbol('turn'));
    this.clear();
    if (!this.element) {
      this.fail(new Error('the element to draw in is not on the page'));
      return;
    }
    const { drawChart, drawSelections, adoptAllStyles } = this.app.core;
    adoptAllStyles();
    const bar = this.props.objectId === 'CurrentSelections';
    const box = (this.box = document.createElement('div'));
    box.className = `vn qv-object-wrapper${bar ? ' qv-selections' : ''}`;
    box.dataset.theme = this.app.look.theme;
    this.element.replaceChildren(box);
    try {
      const look = { ...this.app.look, language: languageOf(this.app.look.language), context: this.context };
      const drawing = await (bar ? drawSelections : drawChart)({ doc, element: box, props: this.props, look });
      if (this.turn !== turn) {
        drawing.destroy();
        return;
      }
      this.drawing = drawing;
      this.#settle.resolve(drawing);
      this.onRendered?.();
    } catch (err) {
      if (this.turn === turn) {
        this.fail(err);
      }
    }
  }

  fail(err) {
    const error = Object.assign(new Error(err.message), { code: err.code, objectId: this.props.objectId, cause: err });
    this.#settle.reject(error);
    onError(error);
  }

  setLook(look) {
    if (this.box) {
      this.box.dataset.theme = look.theme;
    }
    this.drawing?.setLook?.({ ...look, language: languageOf(look.language) });
  }

  clear() {
    this.drawing?.destroy();
    this.drawing = undefined;
    this.box?.remove();
    this.box = undefined;
  }

  // giveUp tells whoever still waits that the app does not open.
  giveUp(error) {
    this.#settle.reject(error);
  }

  stop() {
    this.turn = undefined;
    this.clear();
  }
}

// elementOf takes what mashups have: an ID, an element, or one in jQuery.
function elementOf(element) {
  if (typeof element === 'string') {
    return document.getElementById(element);
  }
  return element instanceof Element ? element : element?.[0];
}

function languageOf(language) {
  return { en: 'en-US', pt: 'pt-BR', sv: 'sv-SE', zh: 'zh-CN', ja: 'ja-JP', ko: 'ko-KR' }[language]
    ?? (language.includes('-') ? language : `${language}-${language.toUpperCase()}`);
}
