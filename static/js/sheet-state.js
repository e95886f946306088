// SheetState is the one place that knows whether the sheet can be worked with.
// It listens to the engine session, the sign-in session, the tenant and the
// network, covers the sheet with words when it cannot, and brings it back.

import { delayBefore, mostAttempts } from "./backoff.js";

// What the engine means by a code it closes with, where trying again by itself
// would be of no use.
const final = { 4001: "idle", 4002: "licence", 4005: "busy", 4203: "forbidden", 4204: "gone", 4230: "busy" };

const said = new Set(Object.values(final));

// A short break is not worth covering the sheet.
const breakToNotice = 1_500;
// How long the tenant's own library may take to come back by itself.
const libraryPatience = 12_000;
const probePatience = 8_000;

export class SheetState {
  #stage;
  #session;
  #reopen;
  #alive;
  #probe;
  #lost = false;
  #attempt = 0;
  #timers = {};

  // reopen() connects anew with the selections kept; it rejects when it cannot.
  // alive() asks whether the engine still answers.
  constructor({ stage, session, reopen, alive, relay }) {
    this.#stage = stage;
    this.#session = session;
    this.#reopen = reopen;
    this.#alive = alive;
    this.#probe = `${relay}/api/v1/user-locale`;
    stage.onRetry = () => this.#tryNow();
    session.addEventListener("state", ({ detail }) => this.#signIn(detail));
    addEventListener("offline", () => this.#offline());
    addEventListener("online", () => this.#online());
    // Whoever comes back to the page wants it working.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && this.#lost && this.#stage.message !== "ended") this.#tryNow();
    });
    if (!navigator.onLine) this.#offline();
  }

  get lostNow() { return this.#lost; }

  // lost: the engine session is gone. resumes tells that the library in the page
  // is about to connect again by itself.
  lost({ code = 0, resumes = false } = {}) {
    if (this.#stage.message === "ended") return;
    const again = this.#lost;
    this.#lost = true;
    this.#stage.dot("warn");
    this.#session.check();
    if (final[code]) {
      this.#stop();
      this.#stage.say(final[code], "blur");
      return;
    }
    if (!navigator.onLine) {
      this.#offline();
      return;
    }
    if (!again) {
      this.#attempt = 0;
      this.#stage.tell("reconnecting");
      this.#later("cover", breakToNotice, () => this.#stage.say("reconnecting", "blur"));
    }
    this.#later("attempt", resumes ? libraryPatience : delayBefore(this.#attempt), () => this.#try());
  }

  // back: the engine session is there, and the sheet can be worked with.
  back() {
    const was = this.#lost;
    this.#stop();
    this.#lost = false;
    this.#attempt = 0;
    this.#stage.hush();
    if (this.#stage.message !== "ended") this.#stage.clear();
    this.#stage.dot(this.#session.state === "ok" ? "ok" : "warn");
    if (was) this.#stage.tell("restored", 4_000);
  }

  async #try() {
    if (this.#stage.message === "ended" || !this.#lost || !navigator.onLine) return;
    this.#attempt++;
    await this.#session.check();
    if (this.#session.state === "ended" || !this.#lost) return;
    const tenant = await this.#askTenant();
    if (!this.#lost) return;
    if (tenant === "there") {
      try {
        await this.#reopen();
        return; // whoever reopened says when it is back
      } catch (err) {
        console.warn("the sheet could not be opened again:", err?.message ?? err);
      }
    }
    if (!this.#lost || this.#stage.message === "ended" || said.has(this.#stage.message)) return;
    if (this.#attempt >= mostAttempts) {
      this.#stop();
      this.#stage.say(tenant === "there" ? "engine" : "tenant", "blur");
      return;
    }
    if (tenant !== "there" && this.#stage.message === "") this.#stage.say("reconnecting", "blur");
    this.#later("attempt", delayBefore(this.#attempt), () => this.#try());
  }

  // askTenant makes a small call through the relay: the engine's own refusals
  // cannot be read in a browser.
  async #askTenant() {
    try {
      const answer = await fetch(this.#probe, { cache: "no-store", signal: AbortSignal.timeout(probePatience) });
      return answer.ok ? "there" : "away";
    } catch {
      return "away";
    }
  }

  #tryNow() {
    if (!this.#lost) {
      location.reload(); // the sheet never came: from the beginning
      return;
    }
    this.#stop();
    this.#attempt = 0;
    this.#stage.say("reconnecting", "blur");
    this.#try();
  }

  #signIn(state) {
    switch (state) {
      case "ok":
        if (!this.#lost && this.#stage.message === "") {
          this.#stage.hush();
          this.#stage.dot("ok");
        }
        break;
      case "ended":
        this.#stop();
        this.#stage.dot("ended");
        this.#stage.say("ended", "remove"); // what they may no longer see is taken away
        break;
      case "store":
        this.#stage.dot("warn");
        this.#stage.tell("store");
        break;
      default:
        this.#stage.dot("warn");
        if (navigator.onLine) this.#stage.tell("unreachable");
    }
  }

  #offline() {
    if (this.#stage.message === "ended") return;
    this.#stop();
    this.#stage.dot("warn");
    this.#stage.say("offline", "blur");
  }

  async #online() {
    if (this.#stage.message !== "offline") return;
    if (this.#lost) {
      this.#tryNow();
      return;
    }
    this.#stage.clear();
    await this.#session.check();
    if (!(await this.#alive())) this.lost();
    else if (this.#session.state === "ok" && !this.#lost) this.#stage.dot("ok");
  }

  #later(name, after, act) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(act, after);
  }

  #stop() {
    Object.values(this.#timers).forEach(clearTimeout);
    this.#timers = {};
  }
}
