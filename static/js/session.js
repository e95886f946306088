// SessionWatch knows whether the session lives, whether the network is there,
// and says so once when it changes. The server is asked every half minute
// while the page is seen, when it comes to the front, and when something that
// went through the relay failed. In the last minutes of the session it says,
// in an event "ending", how long is left: by the server's clock, not ours.

const every = 30_000;
const patience = 8_000;
// How long before its end a session's end is announced.
const ahead = 120_000;

export class SessionWatch extends EventTarget {
  #state = "";
  #asking = null;
  #again = 0;
  #endsAt = Infinity; // by performance.now()
  #lastAt = Infinity; // the end that no use can defer
  #channel = "BroadcastChannel" in window ? new BroadcastChannel("vitrine") : null;

  get state() { return this.#state; }

  start() {
    addEventListener("focus", () => this.check());
    addEventListener("online", () => this.check());
    addEventListener("offline", () => this.#say("offline"));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.check();
    });
    // The tab that signs out speaks before its request has arrived.
    this.#channel?.addEventListener("message", () => setTimeout(() => this.check(), 400));
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

  // leave is for the tab that ends the session itself: what comes next is the
  // answer to that, and nothing need be asked.
  leave() {
    this.#state = "ended";
    clearTimeout(this.#again);
  }

  // stay counts as use of the session, and tells the other tabs.
  async stay() {
    await this.#ask("POST");
    this.#channel?.postMessage("session");
    this.#schedule();
  }

  async #ask(method = "GET") {
    if (this.#state === "ended") return;
    try {
      const answer = await fetch("/api/session", {
        method, cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(patience),
      });
      if (answer.status === 401) this.#say("ended");
      else if (answer.ok) {
        this.#say("ok");
        this.#note(await answer.json());
      } else this.#say("store"); // away is not signed out
    } catch {
      this.#say("offline");
    }
  }

  #note(answer) {
    const now = Date.parse(answer.now);
    this.#endsAt = performance.now() + Date.parse(answer.expires_at) - now;
    this.#lastAt = performance.now() + Date.parse(answer.max_age_at) - now;
    const left = this.#endsAt - performance.now();
    this.dispatchEvent(new CustomEvent("ending", {
      // A minute's use more is no gain when the last end is as near.
      detail: { left: left <= ahead ? left : Infinity, canStay: this.#lastAt - this.#endsAt > 5_000 },
    }));
  }

  #schedule() {
    clearTimeout(this.#again);
    if (this.#state === "ended") return;
    const left = this.#endsAt - performance.now();
    // At the beginning of the last minutes, and again when they are over.
    const turn = left > ahead ? left - ahead : Math.max(left, 0) + 500;
    const soon = this.#state === "ok" ? Math.min(every, turn) : 5_000;
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

// One watch for all modules of a page.
export const session = new SessionWatch();
