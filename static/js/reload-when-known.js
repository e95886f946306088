// reloadWhenKnown is for frames whose viewer signs in in another window, which
// cannot tell them: the page asks whenever it is looked at.
export function reloadWhenKnown() {
  addEventListener("focus", look);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
}

async function look() {
  try {
    const answer = await fetch("/api/session", { cache: "no-store", headers: { Accept: "application/json" } });
    if (answer.ok) location.reload();
  } catch {
    // no network: the next look may find it
  }
}
