// What @qlik/api and @qlik/embed-web-components find on window.QlikMain. The
// modules themselves come from the folder that the page's script names, which
// may be the tenant's or a relay's.

// RUNTIME_MODULE is replaced by the build; its name changes with its content.
const load = (root) => import(`${root}/qlik-embed/${RUNTIME_MODULE}`);

function importer(root) {
  let runtime;
  return async (name) => {
    try {
      runtime ??= load(root);
      return (await runtime).module(name);
    } catch (err) {
      runtime = undefined; // so that the next caller tries again
      if (name === 'embed-vanilla@v1') {
        console.error('the chart library could not be loaded:', err);
        return { mountVanillaEmbedComponent: mountFailure };
      }
      throw err;
    }
  };
}

// mountFailure stands in for the charts when their code did not arrive: an
// element that stays empty for ever tells nobody what happened.
function mountFailure({ target }) {
  const message = document.createElement('p');
  message.setAttribute('role', 'alert');
  message.style.cssText = 'padding: 16px; font: 14px/1.5 system-ui, sans-serif';
  message.textContent = 'The charts could not be loaded. Check the connection and reload the page.';
  target.append(message);
  return { $set() {}, $destroy: () => message.remove() };
}

// defineQlikMain is called by each script of the tenant that a page loads. One
// runtime per page: the first wins, as with the real one.
export function defineQlikMain(root) {
  window.QlikMain ??= {
    import: importer(root),
    getRootUrl: () => root,
    // The demo tenant has no cookies that its public files depend on.
    resourceNeedsCredentials: () => false,
    // With this at hand the libraries need not ask whether the host is a
    // client-managed site.
    PRODUCT_INFO: {
      composition: { deploymentType: 'QlikCloud', provider: 'qlik', senseId: 'qcs:demo', version: '2026.11.0' },
    },
    // On localhost @qlik/api hangs its test hooks here.
    INTERNAL__DO_NOT_USE: {},
  };
}
