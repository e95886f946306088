// Draws a sheet with qlik-embed: Qlik's web components, whose runtime comes
// from the tenant and whose data come through the relay. This runs before the
// library, whose runtime keeps its failures to itself: without it a call that
// fails waits for ever.

import { startSheet, told } from "./sheet.js";
import { within } from "./within.js";

// How long each step may take before something is said.
const limits = { library: 10_000, runtime: 20_000, handle: 15_000 };

const frame = document.querySelector("[data-frame]");
const script = document.querySelector("script[data-library]");
let round = 0;

startSheet({
  library: JSON.parse(document.querySelector("[data-stage]").dataset.view).relay,
  async open({ identity, apply }) {
    const first = round === 0;
    // An identity of its own for each round: the library keeps the dead
    // session of the last one.
    const own = round++ === 0 ? identity : `${identity}-${round}`;
    const elements = [...document.querySelectorAll("[data-frame] qlik-embed, [data-selections] qlik-embed")];
    const fresh = elements.map((element) => {
      const next = first ? element : element.cloneNode(false);
      next.setAttribute("identity", own);
      return next;
    });
    if (first) await libraryReady();
    else elements.forEach((element, i) => element.replaceWith(fresh[i]));
    // The part that stands in the frame is asked: the bar may be all there is.
    const asked = fresh.find((element) => frame.contains(element)) ?? fresh[0];
    // Large apps take their time at first; what is slow is said by others.
    const handle = await (first ? asked.getRefApi() : within(asked.getRefApi(), limits.handle));
    const doc = await handle.getDoc();
    await apply(doc);
    return { doc };
  },
  async resumed() {
    const handle = await frame.querySelector("qlik-embed").getRefApi();
    return handle.getDoc();
  },
});

// libraryReady waits for our copy of the library and for the tenant's runtime.
function libraryReady() {
  return new Promise((resolve, reject) => {
    const fail = (name) => reject(told(name, { hold: "blur" }));
    script.addEventListener("error", () => fail("library"));
    const late = setTimeout(() => fail("library"), limits.library);
    // The library inserts the runtime's script tag itself.
    addEventListener("error", (event) => {
      if (event.target instanceof HTMLScriptElement && event.target.src.includes("/qlik-embed/main.js")) fail("runtime");
    }, true);
    setTimeout(() => {
      if (!window.QlikMain && navigator.onLine) fail("runtime");
    }, limits.runtime);
    customElements.whenDefined("qlik-embed").then(() => {
      clearTimeout(late);
      const look = setInterval(() => {
        if (!window.QlikMain) return;
        clearInterval(look);
        resolve();
      }, 50);
    });
  });
}
