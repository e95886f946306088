// The table view of a sheet: the same bar and the same keys as the charts.

import { follow, togglePanel, watchKeys, watchLists } from "./keys.js";

watchKeys({
  t: () => follow("[data-view-toggle]"),
  s: () => togglePanel("sheets"),
  "?": () => togglePanel("keys"),
});
watchLists();
document.querySelector("[data-session-dot]").dataset.state = "ok";
