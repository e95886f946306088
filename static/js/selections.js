// The selections chip: how many fields are narrowed, and the button that shows
// the selection bar.

import { counted } from "./counted.js";
import { recall, remember } from "./remember.js";

export class Chip {
  #chip = document.querySelector("[data-selections-toggle]");

  constructor() {
    const panel = document.querySelector("[data-selections]");
    if (!this.#chip || !panel) return;
    const show = (open) => {
      panel.classList.toggle("closed", !open);
      this.#chip.setAttribute("aria-expanded", String(open));
    };
    this.#chip.removeAttribute("data-js");
    show(recall("vitrine_selections") === "open");
    this.#chip.addEventListener("click", () => {
      const open = panel.classList.contains("closed");
      show(open);
      remember("vitrine_selections", open ? "open" : "");
    });
  }

  count(fields) {
    if (!this.#chip) return;
    this.#chip.dataset.count = String(fields);
    const { none, forms } = this.#chip.dataset;
    const words = fields === 0 ? none : counted(forms, fields);
    const label = this.#chip.querySelector("[data-label]");
    if (label.textContent !== words) label.textContent = words;
  }
}
