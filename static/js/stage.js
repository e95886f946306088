// Stage shows what is known about the sheet: the skeleton until something is
// drawn, a message over the sheet when it cannot be worked with, a line at the
// bottom when it can but something is wrong. Words come from the page, and are
// said aloud by one status region that is there from the start.

// What counts as drawn: the runtime's own waiting signs are none of these.
const drawn = "canvas, svg, table, [role='listbox'], iframe:not([data-waiting]), article, [role='grid'], [data-drawn], .njs-cell, .njs-object, .vn-kpi";

export class Stage {
  #root = document.querySelector("[data-stage]");
  #frame = document.querySelector("[data-frame]");
  #skeleton = document.querySelector("[data-skeleton]");
  #scrim = document.querySelector("[data-scrim]");
  #dot = document.querySelector("[data-session-dot]");
  #announce = document.querySelector("[data-announce]");
  #message = "";
  #toast = null;
  #toastTimer = 0;
  isDrawn = false;
  onRetry = () => location.reload();

  get view() { return JSON.parse(this.#root.dataset.view); }

  get frame() { return this.#frame; }

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
      // A part on a page of its own may be all buttons, as the selections are.
      if (!element.matches(this.#frame.matches(".part") ? `${drawn}, button` : drawn)) continue;
      const box = element.getBoundingClientRect();
      if (box.width > 24 && box.height > 12) return true;
    }
    return false;
  }

  reveal() {
    this.isDrawn = true;
    this.#skeleton?.remove();
    if (this.#message === "slow") this.clear();
  }

  // say puts a message over the sheet; hold is "blur" while the sheet may
  // still be seen, "remove" when it may not. detail is a further sentence, act
  // what a second button does.
  say(name, hold, detail = "", act = null) {
    if (this.#message === "ended" || (this.#message === name && !detail)) return; // nothing outranks the end
    const template = document.querySelector(`template[data-message="${name}"]`);
    this.#message = name;
    this.hush();
    if (hold === "remove") {
      this.#frame.replaceChildren();
      // What was being drawn meanwhile comes too late.
      new MutationObserver(() => this.#frame.replaceChildren()).observe(this.#frame, { childList: true });
      document.querySelector("[data-selections]")?.remove();
      document.querySelector("[data-selections-toggle]")?.remove();
      this.#skeleton?.remove();
    }
    this.#root.dataset.hold = hold ?? "";
    this.#frame.inert = hold === "blur";
    const scrim = document.createElement("div");
    scrim.className = "scrim";
    scrim.append(template.content.cloneNode(true));
    scrim.querySelector("[data-retry]")?.addEventListener("click", () => this.onRetry());
    const second = scrim.querySelector("[data-act]");
    if (second && act) {
      second.hidden = false;
      second.addEventListener("click", act);
    }
    const more = scrim.querySelector("[data-detail]");
    more.textContent = detail;
    more.hidden = detail === "";
    this.#scrim.replaceChildren(scrim);
    const box = scrim.querySelector(".message");
    this.#speak(`${box.querySelector("h2").textContent}. ${box.querySelector("h2 + p").textContent} ${detail}`);
    // Who was working in the sheet is brought to a message that waits for them.
    if (box.matches("[role='alertdialog']")) box.focus({ preventScroll: true });
  }

  clear() {
    this.#message = "";
    this.#root.dataset.hold = "";
    this.#frame.inert = false;
    const focused = this.#scrim.contains(document.activeElement);
    this.#scrim.replaceChildren();
    this.#speak(""); // or it would still be found by whoever reads along
    if (focused) {
      this.#root.tabIndex = -1;
      this.#root.focus({ preventScroll: true });
    }
  }

  // tell shows a line at the bottom, for a while or until hush.
  tell(name, forMs = 0) {
    if (this.#message !== "" && this.#message !== "slow") return;
    this.hush();
    this.#toast = document.querySelector(`template[data-toast="${name}"]`).content.firstElementChild.cloneNode(true);
    this.#root.append(this.#toast);
    this.#speak(this.#toast.textContent);
    if (forMs) this.#toastTimer = setTimeout(() => this.hush(), forMs);
  }

  hush() {
    clearTimeout(this.#toastTimer);
    if (this.#toast) this.#speak("");
    this.#toast?.remove();
    this.#toast = null;
  }

  #speak(words) {
    if (this.#announce) this.#announce.textContent = words.trim();
  }

  dot(state) {
    if (!this.#dot) return;
    this.#dot.dataset.state = state;
    this.#dot.title = this.#dot.dataset[state];
    this.#dot.querySelector("[data-label]").textContent = this.#dot.dataset[state];
  }
}
