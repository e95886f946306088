// A sheet in a frame whose viewer is not known. Signing in happens in another
// window, which cannot tell us: this page asks again when it is looked at.

const allow = document.querySelector("[data-access]");

async function look() {
  try {
    const answer = await fetch("/api/session", { cache: "no-store", headers: { Accept: "application/json" } });
    if (answer.ok) location.reload();
  } catch {
    // no network: the next look may find it
  }
}

addEventListener("focus", look);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());

// Inside of another site the browser may keep our cookie from us. Where it can
// be asked for, it takes a click.
if (window.top !== window && document.requestStorageAccess) {
  allow.hidden = false;
  document.querySelector("[data-allow]").addEventListener("click", async () => {
    try {
      await document.requestStorageAccess();
      location.reload();
    } catch {
      document.querySelector("[data-refused]").hidden = false;
    }
  });
}
