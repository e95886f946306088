// The page of a sheet, whatever draws it. A mode gives open(), which draws the
// sheet in a state and returns what can be done with it; everything else, from
// keys to what happens when a connection breaks, is the same for all.

import { applyState, watchState } from "./app-state.js";
import { sameSelections, withState } from "./deeplink.js";
import { tabIdentity } from "./identity.js";
import { follow, togglePanel, watchKeys, watchLists } from "./keys.js";
import { reloadWhenKnown } from "./reload-when-known.js";
import { watchCalls, watchSockets } from "./relay.js";
import { Chip } from "./selections.js";
import { session } from "./session.js";
import { SheetState } from "./sheet-state.js";
import { Stage } from "./stage.js";
import { within } from "./within.js";

export { told } from "./told.js";

const limits = { drawing: 15_000 };

// startSheet takes a mode:
//   library    the host whose sockets Qlik's own library opens, where one does
//   resumed()  the app's handle after that library has connected again
//   open(now)  draws; now is { identity, select, bookmark, apply }: apply(doc)
//              selects what is wanted. It returns { doc, close } and rejects when
//              there is nothing to see; a rejection by told() names a message.
export async function startSheet(mode) {
  const stage = new Stage();
  const sheet = new Sheet(stage, mode);
  watchBar();
  watchLists();
  session.start();
  watchCalls(stage.view.relay, () => session.check());
  if (stage.view.bare) session.addEventListener("state", ({ detail }) => detail === "ended" && reloadWhenKnown());
  await sheet.start();
  return sheet;
}

class Sheet {
  #stage;
  #mode;
  #state;
  #chip = new Chip();
  #wanted;
  #baseline = null; // what a bookmark led to
  #opened = null;
  #turn = 0;
  #opening = false;

  constructor(stage, mode) {
    this.#stage = stage;
    this.#mode = mode;
    const { select, bookmark, relay, tenant } = stage.view;
    this.#wanted = { select: select ?? [], bookmark };
    this.#state = new SheetState({ stage, session, relay, reopen: () => this.open(), alive: () => this.#alive() });
    watchSockets([relay, tenant].filter(Boolean), {
      library: mode.library,
      onOpen: () => mode.resumed && this.#resumed(),
      onClose: (closed) => this.#state.lost(closed),
    });
    stage.whenDrawn(() => stage.reveal());
    setTimeout(() => {
      if (!stage.isDrawn && stage.message === "" && navigator.onLine) stage.say("slow", "");
    }, limits.drawing);
  }

  async start() {
    try {
      await this.open();
    } catch {
      if (!this.#state.lostNow) this.#state.lost();
    }
  }

  // open draws the sheet, and again with what was selected last. It rejects when
  // the engine did not answer, and resolves when the page says what is wrong.
  async open() {
    const turn = ++this.#turn;
    this.#opening = true;
    try {
      let missing = [];
      const opened = await this.#mode.open({
        ...this.#wanted, identity: tabIdentity(),
        apply: async (doc) => { missing = await applyState(doc, this.#wanted); },
      });
      if (turn !== this.#turn) {
        opened.close?.();
        return;
      }
      this.#opened?.close?.();
      this.#opened = opened;
      this.#state.back();
      if (missing.length > 0) this.#stage.tell("missing", 8_000);
      if (opened.doc) await this.#follow(opened.doc, turn);
    } catch (err) {
      if (turn !== this.#turn) return;
      if (err?.name !== "Told") throw err;
      this.#state.explain(err);
    } finally {
      if (turn === this.#turn) this.#opening = false;
    }
  }

  // say is for modes that notice something by themselves.
  say(message, options = {}) {
    this.#state.explain({ message, hold: "blur", ...options });
  }

  // alive asks the engine something small: a socket may be dead without
  // knowing it.
  async #alive() {
    const doc = this.#opened?.doc;
    if (!doc) return true;
    return within(doc.getAppLayout(), 4_000).then(() => true, () => false);
  }

  // resumed: the tenant's own library has come back by itself. Its engine
  // session may be a new one, in which nothing is selected.
  async #resumed() {
    if (!this.#state.lostNow || !this.#opened || this.#opening) return;
    const turn = this.#turn;
    for (let attempt = 0; attempt < 5 && turn === this.#turn; attempt++) {
      try {
        const doc = await this.#mode.resumed();
        await within(doc.getAppLayout(), 3_000);
        await applyState(doc, this.#wanted);
        this.#state.back();
        return;
      } catch {
        await new Promise((resolve) => { setTimeout(resolve, 400); }); // it is not ready yet
      }
    }
    if (turn === this.#turn) this.#state.lost();
  }

  async #follow(doc, turn) {
    await watchState(doc, (select) => {
      if (turn === this.#turn && !this.#state.lostNow) this.#changed(select);
    }).catch(() => {}); // a library without a hold of the app: the chip stays a plain button
  }

  // changed takes what is selected into the page's address and its links.
  #changed(select) {
    this.#chip.count(select.length);
    if (this.#wanted.bookmark) {
      this.#baseline ??= select;
      if (sameSelections(select, this.#baseline)) return;
    }
    this.#wanted = { select, bookmark: "" };
    const { href, whole } = withState(location.href, this.#wanted);
    if (href !== location.href) history.replaceState(history.state, "", href);
    for (const link of document.querySelectorAll("[data-view-toggle], [data-mode], #sheets a, [data-follow]")) {
      link.href = withState(link.href, this.#wanted).href;
    }
    const copy = document.querySelector("[data-copy]");
    if (copy) copy.dataset.copy = withState(copy.dataset.copy, this.#wanted).href;
    for (const link of document.querySelectorAll("template[data-message='ended']")) {
      const way = link.content.querySelector("a:not([target])"); // a frame's leads elsewhere
      if (way) way.href = `/login?return_to=${encodeURIComponent(location.pathname + location.search)}`;
    }
    if (!whole) this.#stage.tell("long-link", 8_000);
  }
}

function watchBar() {
  watchKeys({
    t: () => follow("[data-view-toggle]"),
    s: () => togglePanel("sheets"),
    m: () => togglePanel("modes"),
    f: toggleFullscreen,
    "?": () => togglePanel("keys"),
  });
  const fullscreen = document.querySelector("[data-fullscreen]");
  if (fullscreen && document.fullscreenEnabled) {
    fullscreen.removeAttribute("data-js");
    fullscreen.addEventListener("click", toggleFullscreen);
  }
}

function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}
