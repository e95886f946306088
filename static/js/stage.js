// Stage shows what is known about the sheet: the skeleton until something is
// drawn, a message over the sheet when it cannot be worked with, a line at the
// bottom when it can but something is wrong. Words come from the page.

// What counts as drawn: the runtime's own waiting signs are none of these.
const drawn = "canvas, svg, table, iframe, article, [role='grid'], [data-drawn], .njs-cell, .njs-object";

export class Stage {
  #root = document.querySelector("[data-stage]");
  #frame = document.querySelector("[data-frame]");
  #skeleton = document.querySelector("[data-skeleton]");
  #scrim = document.querySelector("[data-scrim]");
  #dot = document.querySelector("[data-session-dot]");
  #message = "";
  #toast = null;

  get relayURL() { return this.#root.dataset.relay; }

  get message() { return this.#message; }

  // whenDrawn calls back once, when the sheet has something to see.
  whenDrawn(then) {
    const look = () => {
      if (!this.#hasContent(this.#frame)) return;
      observer.disconnect();
      clearInterval(timer); // shadow trees and late sizes are not observed
      then();
    };
    const observer = new MutationObserver(look);
    observer.observe(this.#frame, { childList: true, subtree: true });
    const timer = setInterval(look, 500);
    look();
  }

  #hasContent(root) {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot && this.#hasContent(element.shadowRoot)) return true;
      if (!element.matches(drawn)) continue;
      const box = element.getBoundingClientRect();
      if (box.width > 24 && box.height > 12) return true;
    }
    return false;
  }

  reveal() {
    this.#skeleton?.remove();
    if (this.#message === "slow") this.clear();
  }

  // say puts a message over the sheet; hold is "blur" while the sheet may
  // still be seen, "remove" when it may not.
  say(name, hold) {
    if (this.#message === "ended") return; // nothing outranks it
    const template = document.querySelector(`template[data-message="${name}"]`);
    this.#message = name;
    this.hush();
    if (hold === "remove") {
      this.#frame.replaceChildren();
      document.querySelector("[data-selections]")?.remove();
      document.querySelector("[data-selections-toggle]")?.remove();
      this.#skeleton?.remove();
    }
    this.#root.dataset.hold = hold ?? "";
    const scrim = document.createElement("div");
    scrim.className = "scrim";
    scrim.append(template.content.cloneNode(true));
    scrim.querySelector("[data-retry]")?.addEventListener("click", () => location.reload());
    this.#scrim.replaceChildren(scrim);
    // Who was working in the sheet is brought to the message.
    scrim.querySelector("[role='alertdialog']").focus({ preventScroll: true });
  }

  clear() {
    this.#message = "";
    this.#root.dataset.hold = "";
    this.#scrim.replaceChildren();
  }

  // tell shows a line at the bottom, and hush takes it away.
  tell(name) {
    if (this.#message !== "" && this.#message !== "slow") return;
    this.hush();
    this.#toast = document.querySelector(`template[data-toast="${name}"]`).content.firstElementChild.cloneNode(true);
    this.#root.append(this.#toast);
  }

  hush() {
    this.#toast?.remove();
    this.#toast = null;
  }

  dot(state) {
    if (!this.#dot) return;
    this.#dot.dataset.state = state;
    this.#dot.title = this.#dot.dataset[state];
    this.#dot.querySelector("[data-label]").textContent = this.#dot.dataset[state];
  }
}
