// SessionWatch knows whether the session lives, whether the network is there,
// and says so once when it changes. The server is asked every half minute
// while the page is seen, when it comes to the front, and when something that
// went through the relay failed.

const every = 30_000;
const patience = 8_000;

export class SessionWatch extends EventTarget {
  #state = "";
  #asking = null;
  #again = 0;

  get state() { return this.#state; }

  start() {
    addEventListener("focus", () => this.check());
    addEventListener("online", () => this.check());
    addEventListener("offline", () => this.#say("offline"));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.check();
    });
    if ("BroadcastChannel" in window) {
      // The tab that signs out speaks before its request has arrived.
      new BroadcastChannel("vitrine").addEventListener("message", () => setTimeout(() => this.check(), 400));
    }
    if (!navigator.onLine) this.#say("offline");
    this.check();
  }

  // check asks the server, once for all who want to know at the same time.
  check() {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
      this.#schedule();
    });
    return this.#asking;
  }

  async #ask() {
    if (this.#state === "ended") return;
    try {
      const answer = await fetch("/api/session", {
        cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(patience),
      });
      if (answer.status === 401) this.#say("ended");
      else if (answer.ok) this.#say("ok");
      else this.#say("store"); // away is not signed out
    } catch {
      this.#say("offline");
    }
  }

  #schedule() {
    clearTimeout(this.#again);
    if (this.#state === "ended") return;
    const soon = this.#state === "ok" ? every : 5_000;
    this.#again = setTimeout(() => {
      if (document.visibilityState === "visible") this.check();
      else this.#schedule();
    }, soon);
  }

  #say(state) {
    if (state === this.#state || this.#state === "ended") return;
    this.#state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}
