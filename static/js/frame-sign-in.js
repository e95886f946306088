// A sheet in a frame whose viewer is not known. Signing in happens in another
// window, which cannot tell us.

import { reloadWhenKnown } from "./reload-when-known.js";

const allow = document.querySelector("[data-access]");
reloadWhenKnown();

// Inside of another site the browser may keep our cookie from us. Where it can
// be asked for, it takes a click; after that it is there for the asking, but
// has to be asked for by every page.
if (window.top !== window && document.requestStorageAccess) {
  allow.hidden = false;
  document.querySelector("[data-allow]").addEventListener("click", async () => {
    try {
      await document.requestStorageAccess();
      location.reload();
    } catch {
      document.querySelector("[data-refused]").hidden = false;
    }
  });
  askAgain();
}

// askAgain uses a permission from before, once: whoever is unknown even so is
// not signed in, and would be asked for ever.
async function askAgain() {
  try {
    const { state } = await navigator.permissions.query({ name: "storage-access" });
    if (state !== "granted" || history.state?.asked || await document.hasStorageAccess()) return;
    await document.requestStorageAccess();
    history.replaceState({ asked: true }, "");
    location.reload();
  } catch {
    // a browser without such a permission: the button is there
  }
}
