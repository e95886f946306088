// The bar of a sheet by keyboard: single keys, which can be switched off, and
// arrows and first letters in the list of sheets.

import { recall, remember } from "./remember.js";

const typing = "input, textarea, select, [contenteditable=''], [contenteditable='true'], [role='textbox'], [role='searchbox'], [role='combobox']";

// watchKeys runs actions[key] for single keys, unless somebody types.
export function watchKeys(actions) {
  let on = recall("vitrine_keys") !== "off";
  const box = document.querySelector("[data-keys-switch]");
  if (box) {
    const input = box.querySelector("input");
    box.hidden = false;
    input.checked = on;
    input.addEventListener("change", () => {
      on = input.checked;
      remember("vitrine_keys", on ? "" : "off");
    });
  }
  addEventListener("keydown", (event) => {
    if (!on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const inner = event.composedPath()[0]; // the element inside a shadow tree, too
    if (inner instanceof Element && inner.closest(typing)) return;
    if (document.querySelector("[data-list]:popover-open")) return; // letters search there
    const act = actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

// follow goes where a link goes.
export function follow(selector) {
  document.querySelector(selector)?.click();
}

// togglePanel opens or closes a panel of the bar.
export function togglePanel(id) {
  document.getElementById(id)?.togglePopover();
}

// watchLists gives lists of links arrows, Home, End and first letters.
export function watchLists() {
  // A panel that is open while the window grows into the wide layout would
  // float over it.
  matchMedia("(min-width: 900px)").addEventListener("change", () => document.getElementById("bar-actions")?.hidePopover());
  document.querySelectorAll("[data-list]").forEach((list) => {
    const links = [...list.querySelectorAll("a")];
    let typed = "";
    let timer = 0;
    list.addEventListener("toggle", (event) => {
      if (event.newState === "open") (list.querySelector("[aria-current]") ?? links[0])?.focus();
    });
    list.addEventListener("keydown", (event) => {
      const at = links.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        links[(to + links.length) % links.length]?.focus();
        return;
      }
      if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      typed += event.key.toLocaleLowerCase();
      clearTimeout(timer);
      timer = setTimeout(() => { typed = ""; }, 700);
      links.find((link) => link.textContent.trim().toLocaleLowerCase().startsWith(typed))?.focus();
    });
  });
}
