// The engine keeps selections per person, app and identity. Each tab has an
// identity of its own, so that a link opened in one does not change another;
// it lasts as long as the tab, so that reloading it comes back to the same.

const key = "vitrine_tab";

export function tabIdentity() {
  try {
    const kept = sessionStorage.getItem(key);
    if (kept) return kept;
    const fresh = `vitrine-${randomText()}`;
    sessionStorage.setItem(key, fresh);
    return fresh;
  } catch {
    return `vitrine-${randomText()}`; // a frame without storage
  }
}

function randomText() {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36).padStart(2, "0")).join("");
}
