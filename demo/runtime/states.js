// What an embedded user interface says when it cannot show its charts. Each
// state has a heading, what it means for the person, and at most one button.

const states = {
  opening: { quiet: true, title: 'Opening the app…' },
  reconnecting: { over: true, quiet: true, title: 'Reconnecting…', text: 'The app moved to another engine. Your selections are kept where possible.' },
  idle: { over: true, title: 'This sheet is paused', text: 'It was not used for a while.', button: 'Continue', action: 'resume' },
  lost: { over: true, title: 'The connection was lost', text: 'The charts no longer follow your selections.', button: 'Reconnect', action: 'resume' },
  offline: { over: true, title: 'The network is away', text: 'The charts come back when the connection does.', button: 'Try again', action: 'resume' },
  signedOut: { title: 'Your session has ended', text: 'Sign in again to go on.' },
  notFound: { title: 'This app cannot be found', text: 'It may have been deleted or moved, or the link is wrong.' },
  forbidden: { title: 'You have no access to this app', text: 'Ask its owner to share it with you.' },
  sheetNotFound: { title: 'This sheet cannot be found', text: 'It may have been deleted, or it is not shared with you.' },
  objectNotFound: { title: 'This chart cannot be found', text: 'It may have been deleted, or the link is wrong.' },
  unsupported: { title: 'This cannot be shown here', text: 'The demo tenant does not draw this kind of content.' },
  failed: { title: 'The app could not be opened', text: 'Something went wrong at the tenant.', button: 'Try again', action: 'retry' },
};

// Opening an app is quick as a rule; a message that only flashes is worse
// than none.
const quietDelay = 150;

export class StatePanel {
  constructor(root) {
    this.root = root;
    this.box = root.appendChild(document.createElement('div'));
    this.box.className = 'vn-state';
    this.box.hidden = true;
  }

  // show tells whether charts may stay behind the message.
  show(name, actions = {}) {
    const state = states[name];
    this.root.dataset.state = name;
    clearTimeout(this.timer);
    this.box.dataset.over = state.over ?? false;
    this.box.setAttribute('role', state.quiet ? 'status' : 'alert');
    this.box.replaceChildren(...contents(state, actions));
    if (state.quiet && this.box.hidden) {
      this.timer = setTimeout(() => { this.box.hidden = false; }, quietDelay);
    } else {
      this.box.hidden = false;
    }
    return state.over ?? false;
  }

  hide() {
    clearTimeout(this.timer);
    this.root.dataset.state = 'ready';
    this.box.hidden = true;
  }
}

function contents({ title, text, button, action }, actions) {
  const parts = [element('p', 'vn-state-title', title)];
  if (text) {
    parts.push(element('p', 'vn-state-text', text));
  }
  if (button && actions[action]) {
    const control = element('button', 'vn-state-button', button);
    control.type = 'button';
    control.addEventListener('click', actions[action]);
    parts.push(control);
  }
  return parts;
}

function element(tag, className, text) {
  const e = document.createElement(tag);
  e.className = className;
  e.textContent = text;
  return e;
}
