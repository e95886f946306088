// Tells people of their session's end before it comes, on every page, and
// leaves nothing private on the screen when it has come.

import { session } from "./session.js";

const box = document.querySelector("[data-limit]");
let timer = 0;

session.addEventListener("ending", ({ detail: { left, canStay } }) => {
  clearInterval(timer);
  if (left === Infinity) {
    box.hidden = true;
    return;
  }
  const end = performance.now() + left;
  box.querySelector("[data-stay]").hidden = !canStay;
  box.querySelector("[data-again]").hidden = canStay;
  // Said once aloud; the clock beside it is for the eye.
  box.querySelector("[data-words]").textContent = canStay ? box.dataset.idle : box.dataset.last;
  const clock = box.querySelector("[data-clock]");
  const tick = () => {
    const seconds = Math.max(0, Math.round((end - performance.now()) / 1000));
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  tick();
  timer = setInterval(tick, 1000);
  box.hidden = false;
});

session.addEventListener("state", ({ detail: state }) => {
  if (state !== "ended") return;
  clearInterval(timer);
  box.hidden = true;
  // A sheet has words of its own, over the place where it was.
  const main = document.querySelector("main");
  if (main.matches("[data-stage]")) return;
  const make = (tag, className, ...content) => {
    const element = document.createElement(tag);
    element.className = className;
    element.append(...content);
    return element;
  };
  const way = make("a", "button primary", box.querySelector("[data-again]").textContent);
  way.href = `/login?return_to=${encodeURIComponent(location.pathname + location.search)}`;
  main.className = "center";
  main.replaceChildren(
    make("h1", "", box.dataset.ended), make("p", "lead", box.dataset.endedText), make("div", "actions", way));
  // Who was signed in, and what they could search, is no longer to be seen.
  document.querySelectorAll("header nav, header form, header details").forEach((part) => part.remove());
  document.title = box.dataset.ended;
  way.focus();
});

box.querySelector("[data-stay]").addEventListener("click", () => session.stay());
document.querySelectorAll('form[action="/logout"]').forEach((form) =>
  form.addEventListener("submit", () => session.leave()));
session.start();
