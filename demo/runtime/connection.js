import { invokeFetch } from 'qlik-api:invoke-fetch';
import { openAppSession } from 'qlik-api:qix';
import { SheetNotFoundError } from '../../static/nebula/nebula.js';

// Close codes after which @qlik/api reconnects by itself.
const resumedByLibrary = new Set([4003, 4004, 4007]);

// What a close code says by itself. Every other close is looked into with a
// request, because a browser does not tell why a socket was refused.
const stateOfCode = { 4001: 'idle', 4006: 'signedOut', 4203: 'forbidden', 4204: 'notFound' };

// How long the library may try before we look for ourselves whether there is
// a session to come back to.
const patience = 4_000;

// Connection is an app that is open over a socket, or trying to be. It calls
// onDoc with the app each time there is a fresh one and onState with the name
// of a state of StatePanel when there is not.
export class Connection {
  constructor({ appId, identity, hostConfig }, { onDoc, onState }) {
    Object.assign(this, { appId, hostConfig, onDoc, onState });
    onState('opening');
    this.session = openAppSession({ appId, identity: identity || undefined, hostConfig });
    this.stopListening = this.session.onWebSocketEvent((event) => this.handle(event));
    this.start();
  }

  async start() {
    try {
      this.doc = await this.session.getDoc();
    } catch (err) {
      const code = err.original?.code ?? err.code;
      this.report(stateOfCode[code] ?? await this.diagnose());
      return;
    }
    if (!this.closed) {
      this.onDoc(this.doc);
    }
  }

  handle({ eventType, code }) {
    if (this.closed || !this.doc) {
      return; // before there is a document, start tells what went wrong
    }
    switch (eventType) {
      case 'resumed':
        clearTimeout(this.timer);
        this.onDoc(this.doc);
        break;
      case 'suspended':
      case 'closed':
        this.lost(code);
    }
  }

  async lost(code) {
    if (!resumedByLibrary.has(code)) {
      const state = stateOfCode[code] ?? await this.diagnose();
      this.report(state === 'failed' ? 'lost' : state);
      return;
    }
    this.report('reconnecting');
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const state = await this.diagnose();
      if (state !== 'failed') {
        this.report(state);
      }
    }, patience);
  }

  async resume() {
    this.report('reconnecting');
    try {
      await this.session.resume();
    } catch {
      const state = await this.diagnose();
      this.report(state === 'failed' ? 'lost' : state);
    }
  }

  // diagnose asks for the app over HTTP, whose statuses are readable.
  async diagnose() {
    try {
      await invokeFetch('', {
        method: 'get',
        pathTemplate: '/api/v1/apps/{appId}',
        pathVariables: { appId: this.appId },
        options: { hostConfig: this.hostConfig, noCache: true, timeoutMs: 8_000 },
      });
      return 'failed';
    } catch (err) {
      return { 0: 'offline', 401: 'signedOut', 403: 'forbidden', 404: 'notFound' }[err.status] ?? 'failed';
    }
  }

  // stateOf names the state for an error met while drawing.
  stateOf(err) {
    if (err instanceof SheetNotFoundError) {
      return 'sheetNotFound';
    }
    return err.objectNotFound ? 'objectNotFound' : 'failed';
  }

  report(state) {
    if (!this.closed) {
      this.onState(state);
    }
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.stopListening();
    this.session.close();
  }
}
