// What makes pages livelier. Every page works without it.

import { counted } from "./counted.js";
import { remember } from "./remember.js";

const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

// A page that comes back from the browser's memory may belong to a session
// that has ended since.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// Signing out in one tab is told to the others at once.
each('form[action="/logout"]', (form) =>
  form.addEventListener("submit", () => {
    if ("BroadcastChannel" in window) new BroadcastChannel("vitrine").postMessage("session");
  }));

// Menus close when one leaves them.
each("details[data-menu]", (menu) => {
  const close = (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  };
  document.addEventListener("pointerdown", close);
  document.addEventListener("focusin", close);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

// The look is kept in a cookie, so that the server can write it into the page
// and nothing flashes.
each("[data-theme-switch]", (group) => {
  group.hidden = false;
  group.addEventListener("change", (event) => {
    const theme = event.target.value;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    remember("vitrine_theme", theme);
  });
});

each("[data-copy]", (button) => {
  if (!navigator.clipboard) return; // needs https or localhost
  button.removeAttribute("data-js");
  const label = button.querySelector("span");
  const words = label.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return; // the browser asked, and the person said no
    }
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = words; }, 2000);
  });
});

each("form[data-autosubmit]", (form) => {
  // By pointer only: by keyboard a list changes with every arrow on the way.
  let pointed = false;
  form.addEventListener("pointerdown", () => { pointed = true; });
  form.addEventListener("keydown", () => { pointed = false; });
  form.addEventListener("change", () => pointed && form.requestSubmit());
  // An empty choice does not belong into the address.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
});

// A star is set at once and taken back when the server says no.
each("form[data-star]", (form) => {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const on = form.elements.favorite.value === "true";
    const same = document.querySelectorAll(`form[data-star][action="${CSS.escape(form.getAttribute("action"))}"]`);
    const body = new URLSearchParams(new FormData(form));
    same.forEach((other) => show(other, on));
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.status === 401) form.submit(); // the page answers with the way to sign in
      else if (!answer.ok) throw new Error(String(answer.status));
    } catch {
      same.forEach((other) => show(other, !on));
    }
  });
  function show(other, on) {
    other.querySelector("button").setAttribute("aria-pressed", String(on));
    other.elements.favorite.value = String(!on);
  }
});

// Typing in the search field narrows what is on the page; Enter asks the
// tenant for all.
each("input[data-filter]", (field) => {
  const cards = [...document.querySelectorAll(".card[data-name]")];
  if (cards.length === 0) return;
  const status = document.querySelector("[data-filter-status]");
  const empty = document.querySelector("[data-filter-empty]");
  const initial = field.value;
  const fold = (text) => text.normalize("NFKD").replace(/\p{Diacritic}/gu, "").toLocaleLowerCase();
  const names = new Map(cards.map((card) => [card, fold(card.dataset.name)]));
  field.addEventListener("input", () => {
    const wanted = field.value === initial ? "" : fold(field.value.trim());
    let found = 0;
    for (const card of cards) {
      card.hidden = !names.get(card).includes(wanted);
      if (!card.hidden) found++;
    }
    each("[data-group]", (group) => {
      const own = [...group.querySelectorAll(".card[data-name]")];
      group.hidden = wanted !== "" && own.every((card) => card.hidden);
      const count = group.querySelector("[data-count]");
      if (count) count.textContent = own.filter((card) => !card.hidden).length;
    });
    if (empty) empty.hidden = found > 0;
    if (status) status.textContent = counted(status.dataset.forms, found);
  });
});

// "/" goes to the search field, as on most sites with one.
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector("input[data-filter]");
  if (!field) return;
  event.preventDefault();
  field.focus();
});
