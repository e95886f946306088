// Draws a sheet with nebula.js: Qlik's open-source charts over a connection of
// our own, through the relay. Nothing comes from the tenant but data.

import { startSheet, told } from "./sheet.js";
import { lookOf, onLookChange } from "./look.js";
import { noncedStyles } from "./nonce.js";
import { openRelayed } from "./open-app.js";

noncedStyles();
const bar = document.querySelector("[data-selections]");
const frame = document.querySelector("[data-frame]");
const view = JSON.parse(document.querySelector("[data-stage]").dataset.view);
const library = import(view.library).then((start) => {
  start.preload(view.cells ?? []);
  return start.library();
});
library.catch(() => {}); // a fault is said by whoever needs it

startSheet({
  async open({ identity, apply }) {
    const [nebula, app] = await Promise.all([
      library.catch(() => { throw told("library", { hold: "blur" }); }),
      openRelayed(view, identity),
    ]);
    try {
      await apply(app.doc);
      const drawing = await draw(nebula, app.doc);
      return {
        doc: app.doc,
        close() {
          drawing.destroy();
          app.close();
        },
      };
    } catch (err) {
      app.close();
      throw err.name === "SheetNotFoundError" ? told("gone") : err;
    }
  },
});

// draw puts the new drawing into the place of an old one when it is there, so
// that a sheet that comes back does not go blank in between.
async function draw(nebula, doc) {
  const look = lookOf();
  const instance = nebula.createInstance(doc, { theme: look, language: view.language, texts: frame.dataset });
  const root = document.createElement("div");
  root.className = "vn vn-root";
  root.dataset.theme = look;
  frame.append(root);
  const strip = document.createElement("div");
  strip.className = "vn vn-selections";
  strip.dataset.theme = look;
  bar?.replaceChildren(strip);
  let sheet;
  try {
    [sheet] = await Promise.all([ // the sheet does not wait for its bar
      nebula.mountSheet({ instance, doc, element: root, sheetId: view.sheetId, onError: (err) => console.warn("a chart reported an error:", err) }),
      instance.selections().then((selections) => selections.mount(strip)),
    ]);
  } catch (err) {
    root.remove();
    throw err;
  }
  [...frame.children].forEach((old) => old !== root && old.remove());
  const stop = onLookChange((theme) => {
    root.dataset.theme = theme;
    strip.dataset.theme = theme;
    instance.context({ theme: nebula.themeName(theme) });
  });
  return {
    destroy() {
      stop();
      sheet.destroy();
      root.remove();
    },
  };
}
