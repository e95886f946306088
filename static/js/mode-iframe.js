// Shows the tenant's own page of a sheet in a frame. The frame is another
// origin's and tells nothing; so this page opens the same engine session a
// second time, through the relay and under the same identity. By that it knows
// what is selected, and when the engine or the sign-in is gone.

import { singleAddress } from "./deeplink.js";
import { lookOf, onLookChange } from "./look.js";
import { openRelayed } from "./open-app.js";
import { startSheet, told } from "./sheet.js";
import { TenantSession } from "./tenant-session.js";
import { watchTenant } from "./tenant-watch.js";

const frame = document.querySelector("[data-frame]");
const view = JSON.parse(document.querySelector("[data-stage]").dataset.view);
const tenant = new TenantSession(view);
const limit = 20_000;
let shown = null; // { identity, look } of what the frame shows

const sheet = startSheet({
  async open({ identity, select, bookmark, apply }) {
    const [app] = await Promise.all([openRelayed(view, identity), tenant.begin()]);
    try {
      await apply(app.doc);
      await show({ identity, select, bookmark });
      shown = { identity, look: lookOf() };
    } catch (err) {
      app.close();
      throw err;
    }
    return { doc: app.doc, close: () => app.close() };
  },
});
watchTenant(tenant, sheet);

// The frame's look is in its address. What is selected stays with the engine,
// under the same identity.
onLookChange((look) => {
  if (!shown || view.theme || look === shown.look) return;
  shown.look = look;
  show({ identity: shown.identity }).catch((err) => console.warn("the frame keeps its look:", err.message));
});

// show loads the frame anew; the old one stays until the new one is there.
function show(state) {
  const { href, lost } = singleAddress({ ...view, theme: themeOf(view.theme) }, { ...state, language: view.language });
  if (lost.length > 0) console.warn("the frame's address cannot carry selections in", lost.join(", "));
  const next = document.createElement("iframe");
  next.title = document.title;
  next.allow = "fullscreen; clipboard-write";
  next.dataset.waiting = "";
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(told("slow")), limit);
    next.addEventListener("load", () => {
      clearTimeout(late);
      if (next !== frame.lastElementChild) return resolve(); // there is a newer one
      delete next.dataset.waiting;
      [...frame.children].forEach((old) => old !== next && old.remove());
      resolve();
    }, { once: true });
    next.src = href;
    frame.append(next);
  });
}

// themeOf: the app's own theme; an app that has none follows the page. Without
// a name the tenant would follow the system, which may say otherwise.
function themeOf(name) {
  return name || (lookOf() === "dark" ? "sense-dark" : "sense");
}
