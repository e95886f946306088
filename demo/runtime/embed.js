import { adoptStyles } from '../../static/nebula/nebula.js';
import { adoptRuntimeStyles } from './styles.js';
import { Connection } from './connection.js';
import { Look } from './look.js';
import { StatePanel } from './states.js';
import { applyState } from './initial-app-state.js';
import { interfaces } from './interfaces.js';

// A chart that throws takes its nebula.js instance with it. Drawing again
// helps when the data was at fault for a moment, but not for ever.
const maxRedraws = 2;

// mountVanillaEmbedComponent is what <qlik-embed> asks for.
export function mountVanillaEmbedComponent({ target, props }) {
  let current = new Embed(target, props);
  return {
    $set(next) {
      if (current.update(next)) {
        return;
      }
      current.destroy();
      current = new Embed(target, next);
    },
    $destroy: () => current.destroy(),
  };
}

// identityOf tells whether new attributes ask for something else, or only for
// another look.
function identityOf({ theme, context, language, appearance, exposeRefApi, style, class: _, id, ...rest }) {
  return JSON.stringify(rest);
}

// classic/app calls the app by another name.
function withAppId(props) {
  return props.appId ? props : { ...props, appId: props.app };
}

// prepare selects what the attributes of classic/app ask for.
function prepare(doc, { clearSelections, clearState, bookmark, select }) {
  return applyState(doc, {
    clearSelections: clearSelections || clearState,
    bookmarkId: bookmark,
    fieldSelections: (select ?? []).map(({ field, values }) => ({ name: field, values: values.map((value) => ({ qText: String(value) })) })),
  });
}

// Embed is one mounted user interface: an app's connection, the drawing, and
// the state that is shown while there is no drawing.
class Embed {
  constructor(target, props) {
    adoptStyles();
    adoptRuntimeStyles();
    this.props = props = withAppId(props);
    this.redraws = 0;
    this.root = target.appendChild(document.createElement('div'));
    this.root.className = `vn vn-embed vn-${(props.ui ?? '').replace(/[^a-z]+/g, '-')}`;
    this.panel = new StatePanel(this.root);
    this.look = new Look(this.root, props, () => this.drawing?.setLook?.(this.look.current));
    this.onPageError = () => this.redrawIfBlank();
    window.addEventListener('error', this.onPageError);
    this.open();
  }

  // update takes new attributes over without drawing again, if it can.
  update(given) {
    const props = withAppId(given);
    if (identityOf(props) !== identityOf(this.props)) {
      return false;
    }
    this.props = props;
    this.look.setProps(props);
    return true;
  }

  open() {
    const draw = interfaces[this.props.ui];
    if (!draw) {
      this.panel.show('unsupported', { ui: this.props.ui });
      return;
    }
    this.draw = draw;
    this.connection = new Connection(this.props, {
      onDoc: (doc) => this.show(doc),
      onState: (state) => this.report(state),
    });
  }

  // report shows a state, and takes away charts that may no longer be seen.
  report(state) {
    const stays = this.panel.show(state, { retry: () => this.reopen(), resume: () => this.connection.resume() });
    if (!stays) {
      this.clear();
    }
  }

  reopen() {
    this.connection?.close();
    this.clear();
    this.open();
  }

  // show draws the user interface on an open app, also when the app came back
  // with another session: the old one's session objects are gone then.
  async show(doc) {
    const turn = (this.turn = Symbol('turn'));
    this.clear();
    this.doc = doc;
    const stage = (this.stage = document.createElement('div'));
    stage.className = 'vn-stage';
    this.root.prepend(stage);
    try {
      // Once: an app that comes back keeps what was selected meanwhile.
      this.prepared ??= this.props.ui === 'classic/app' ? prepare(doc, this.props) : undefined;
      await this.prepared;
      const drawing = await this.draw({ doc, element: stage, props: this.props, look: this.look.current });
      if (this.turn !== turn) {
        drawing.destroy();
        return;
      }
      this.drawing = drawing;
      this.panel.hide();
      this.props.exposeRefApi?.({ getDoc: async () => doc, getObject: async () => drawing.object });
    } catch (err) {
      if (this.turn === turn) {
        console.warn('not drawn:', err.message ?? err);
        this.report(this.connection.stateOf(err));
      }
    }
  }

  redrawIfBlank() {
    if (!this.drawing || this.stage.querySelector('.njs-viz, .njs-listbox, .listbox-container, .vn-kpi, button, svg, canvas')) {
      return;
    }
    if (this.redraws++ < maxRedraws) {
      this.show(this.doc);
    } else {
      this.report('failed');
    }
  }

  // clear takes the stage away whole: the libraries still tidy up inside it
  // after they were told to, and complain about nodes that are gone.
  clear() {
    this.drawing?.destroy();
    this.drawing = undefined;
    this.stage?.remove();
    this.stage = undefined;
  }

  destroy() {
    this.turn = undefined;
    window.removeEventListener('error', this.onPageError);
    this.look.destroy();
    this.connection?.close();
    this.clear();
    this.root.remove();
  }
}
