// The demo tenant's resources/js/qlik.js: the root of the Capability APIs as an
// AMD module for require.js. It answers at once, as mashups expect; what opens
// apps and draws charts is loaded when the first app is.

import { App } from './app.js';
import { hostConfigOf } from './host.js';
import { defineQlikMain } from '../qlik-main.js';
import { onError, setOnError } from './errors.js';

const script = document.currentScript.src;
const root = new URL('../..', script).href.replace(/\/$/, '');

// CAPABILITY_MODULE is replaced by the build; its name changes with its content.
const load = () => import(`${root}/qlik-embed/${CAPABILITY_MODULE}`);

// The libraries below look for it, and a mashup may use <qlik-embed> as well.
defineQlikMain(root);

const apps = new Map();
const look = { theme: 'light', language: document.documentElement.lang || 'en' };

function openApp(id, config = {}) {
  const hostConfig = hostConfigOf(config, root);
  const key = JSON.stringify([id, config.identity, hostConfig.host]);
  if (!apps.get(key) || apps.get(key).isClosed) {
    apps.set(key, new App({ id, identity: config.identity, hostConfig, load, look }));
  }
  qlik.app = apps.get(key);
  if (qlik.app.hasFailed) {
    qlik.app.again();
  }
  return qlik.app;
}

function setLook(change) {
  Object.assign(look, change);
  apps.forEach((app) => app.setLook());
}

// The Global API is not part of Qlik Cloud; mashups that still call it learn
// what to call instead.
function notInCloud(name, instead) {
  return () => {
    const error = { code: 'not-in-cloud', method: name, message: `${name} is not available in Qlik Cloud; use ${instead}` };
    onError(error);
    return Promise.reject(Object.assign(new Error(error.message), error));
  };
}

const qlik = {
  openApp,
  setOnError,
  Promise,
  currApp: () => qlik.app,
  // Charts watch their own size; pages that call this after moving elements
  // only need the event.
  resize: () => window.dispatchEvent(new Event('resize')),
  setLanguage: (language) => setLook({ language }),
  theme: {
    apply: async (name) => {
      setLook({ theme: /dark/i.test(name) ? 'dark' : 'light' });
      return true;
    },
  },
  navigation: {
    ANALYSIS: 'analysis',
    EDIT: 'edit',
    getMode: () => 'analysis',
    isModeAllowed: (mode) => mode === 'analysis',
    setMode: (mode) => ({ success: mode === 'analysis' }),
    getCurrentSheetId: () => ({ sheetId: null, success: false }), // a mashup is on no sheet
  },
  getGlobal: notInCloud('qlik.getGlobal', 'the REST API'),
  getAppList: notInCloud('qlik.getAppList', 'GET /api/v1/items?resourceType=app'),
  callRepository: notInCloud('qlik.callRepository', 'the REST API'),
  getAuthenticatedUser: notInCloud('qlik.getAuthenticatedUser', 'GET /api/v1/users/me'),
};

window.define([], () => qlik);
