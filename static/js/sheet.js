// The page of a sheet. qlik-embed draws; this watches that it does, and says
// so in words when it does not. It runs before the library, whose runtime
// keeps its failures to itself: without it a call that fails waits for ever.

import { follow, togglePanel, watchKeys, watchLists } from "./keys.js";
import { watchRelay } from "./relay.js";
import { watchSelections } from "./selections.js";
import { session } from "./session.js";
import { Stage } from "./stage.js";

// How long each step may take before something is said.
const limits = { library: 10_000, runtime: 20_000, drawing: 15_000, reconnecting: 12_000 };

const stage = new Stage();
let isDrawn = false;
let lost = 0;

watchRelay(stage.relayURL, {
  onOpen: () => {
    clearTimeout(lost);
    lost = 0;
    stage.hush();
    if (stage.message === "engine") stage.clear();
    if (session.state === "ok") stage.dot("ok");
  },
  onClose: ({ resumes }) => {
    session.check();
    stage.dot("warn");
    if (resumes) stage.tell("reconnecting");
    // Some clients connect again although they need not: give them a moment.
    clearTimeout(lost);
    lost = setTimeout(() => {
      if (navigator.onLine) stage.say("engine", "blur");
    }, resumes ? limits.reconnecting : 2_000);
  },
  onRefused: () => session.check(),
});

session.addEventListener("state", ({ detail: state }) => {
  switch (state) {
    case "ok":
      stage.hush();
      stage.dot(stage.message === "" ? "ok" : "warn");
      break;
    case "ended":
      clearTimeout(lost);
      stage.dot("ended");
      stage.say("ended", "remove"); // what they may no longer see is taken away
      break;
    default: // offline, store
      stage.dot("warn");
      stage.tell(state);
  }
});
session.start();

watchLibrary();
watchKeys({
  t: () => follow("[data-view-toggle]"),
  s: () => togglePanel("sheets"),
  f: toggleFullscreen,
  "?": () => togglePanel("keys"),
});
watchLists();

const fullscreen = document.querySelector("[data-fullscreen]");
if (fullscreen && document.fullscreenEnabled) {
  fullscreen.removeAttribute("data-js");
  fullscreen.addEventListener("click", toggleFullscreen);
}

function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

// watchLibrary follows the three steps to a sheet: our copy of the library, the
// tenant's runtime, the first thing drawn.
function watchLibrary() {
  const script = document.querySelector("script[data-library]");
  const fail = (name) => {
    if (!isDrawn && stage.message === "" && navigator.onLine) stage.say(name, "blur");
    if (!navigator.onLine) stage.tell("offline");
  };
  script.addEventListener("error", () => fail("library"));
  const library = setTimeout(() => fail("library"), limits.library);
  customElements.whenDefined("qlik-embed").then(() => {
    clearTimeout(library);
    watchSelections();
    watchRuntime(fail);
  });
  stage.whenDrawn(() => {
    isDrawn = true;
    stage.reveal();
  });
}

function watchRuntime(fail) {
  // The library inserts the runtime's script tag itself.
  addEventListener("error", (event) => {
    if (event.target instanceof HTMLScriptElement && event.target.src.includes("/qlik-embed/main.js")) fail("runtime");
  }, true);
  setTimeout(() => {
    if (!window.QlikMain) fail("runtime");
  }, limits.runtime);
  setTimeout(() => {
    if (window.QlikMain) fail("slow");
  }, limits.drawing);
}
