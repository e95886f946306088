// The tenant's own page for one sheet, one object or a whole app. It draws
// with the same runtime that <qlik-embed> uses, on the tenant's own origin and
// with the tenant's cookie.

const main = document.getElementById('view');
const view = JSON.parse(main.dataset.view);
const options = new Set(view.options ?? []);
const hostConfig = { host: location.origin, authType: 'cookie', autoRedirect: true };

function note(text) {
  const p = document.createElement('p');
  p.className = 'note';
  p.setAttribute('role', 'alert');
  p.textContent = text;
  main.replaceChildren(p);
}

function part(className) {
  const div = document.createElement('div');
  div.className = className;
  return main.appendChild(div);
}

// context says what a visitor may do with the charts.
function context() {
  const passive = options.has('nointeraction');
  return { constraints: { passive, active: passive, select: passive || options.has('noselections') } };
}

// tell passes the app on to whatever else this page has.
const tell = (api) => main.dispatchEvent(new CustomEvent('refapi', { detail: api }));

function props(ui, more) {
  return {
    exposeRefApi: tell, ui, appId: view.appId, identity: view.identity, hostConfig, theme: view.theme, language: view.language, context: context(), ...more,
  };
}

// prepare selects what the address asks for, before any chart gets its data.
async function prepare() {
  if (!view.clearSelections && !view.bookmark && !view.select) {
    return;
  }
  const { setInitialAppState } = await window.QlikMain.import('initial-app-state@v1');
  await setInitialAppState({ appId: view.appId, identity: view.identity, hostConfig }, {
    clearSelections: view.clearSelections,
    bookmarkId: view.bookmark,
    fieldSelections: (view.select ?? []).map(({ field, values }) => ({ name: field, values: values.map((qText) => ({ qText })) })),
  });
}

// welcome greets whoever is new to the tenant, in the middle of everything.
// People for whom a new user is made at each visit never get rid of it.
function welcome() {
  const dialog = document.body.appendChild(document.createElement('dialog'));
  dialog.setAttribute('aria-labelledby', 'welcome');
  const title = dialog.appendChild(document.createElement('h2'));
  title.id = 'welcome';
  title.textContent = 'Welcome';
  dialog.appendChild(document.createElement('p')).textContent = 'This is your first visit to this tenant.';
  const button = dialog.appendChild(document.createElement('button'));
  button.textContent = 'Get started';
  button.addEventListener('click', () => dialog.remove());
  dialog.showModal();
}

async function draw() {
  if (/dark/i.test(view.theme ?? '')) {
    document.documentElement.dataset.theme = 'dark';
  } else if (view.theme) {
    document.documentElement.dataset.theme = 'light';
  }
  if (view.welcome) {
    welcome();
  }
  await prepare();
  const { mountVanillaEmbedComponent } = await window.QlikMain.import('embed-vanilla@v1');
  if (options.has('currsel') && !view.whole) {
    mountVanillaEmbedComponent({ target: part('selections'), props: props('analytics/selections') });
  }
  const target = part('stage');
  target.inert = options.has('nointeraction');
  if (view.whole) {
    mountVanillaEmbedComponent({ target, props: props('classic/app', { sheetId: view.sheetId }) });
  } else if (view.sheetId) {
    mountVanillaEmbedComponent({ target, props: props('analytics/sheet', { sheetId: view.sheetId }) });
  } else {
    mountVanillaEmbedComponent({ target, props: props('analytics/chart', { objectId: view.objectId }) });
  }
}

if (window.QlikMain) {
  draw().catch((err) => {
    console.error('the page could not be drawn:', err);
    note('The charts could not be loaded. Reload the page to try again.');
  });
} else {
  note('The tenant has no browser runtime. Run “make assets” and build the program again.');
}
