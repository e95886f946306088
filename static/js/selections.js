// The selections chip: how many fields are narrowed, and the button that shows
// Qlik's own selection bar.

import { recall, remember } from "./remember.js";

export function watchSelections() {
  const chip = document.querySelector("[data-selections-toggle]");
  const panel = document.querySelector("[data-selections]");
  if (!chip || !panel) return;
  const show = (open) => {
    panel.classList.toggle("closed", !open);
    chip.setAttribute("aria-expanded", String(open));
  };
  chip.removeAttribute("data-js");
  show(recall("vitrine_selections") === "open");
  chip.addEventListener("click", () => {
    const open = panel.classList.contains("closed");
    show(open);
    remember("vitrine_selections", open ? "open" : "");
  });
  count(chip).catch(() => {
    // The runtime gives no hold of the app: the chip stays a plain button.
  });
}

// count follows the app's current selections through the handle that qlik-embed
// gives of its own engine session.
async function count(chip) {
  const sheet = document.querySelector("[data-frame] qlik-embed");
  const handle = await sheet.getRefApi();
  const app = await handle.getDoc();
  const object = await app.createSessionObject({ qInfo: { qType: "SelectionObject" }, qSelectionObjectDef: {} });
  const label = chip.querySelector("[data-label]");
  const update = async () => {
    const layout = await object.getLayout();
    const fields = layout.qSelectionObject?.qSelections?.length ?? 0;
    chip.dataset.count = String(fields);
    label.textContent = fields === 0 ? chip.dataset.none : fields === 1 ? chip.dataset.single : chip.dataset.plural.replace("%d", fields);
  };
  object.on("changed", () => update().catch(() => {}));
  await update();
}
