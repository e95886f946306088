// SheetState decides whether the sheet can be worked with: by the sockets of the
// engine, the session, the tenant and the network. While it cannot, it covers the
// sheet with a message and reconnects.

import { delayBefore, mostAttempts } from "./backoff.js";

// What the engine means by a code it closes with, where trying again by itself
// would be of no use.
const final = { 4001: "idle", 4002: "licence", 4005: "busy", 4203: "forbidden", 4204: "gone", 4230: "busy" };

// The relay closes with it when the session ends; a tenant, when a token is no
// longer good.
const authenticationFailed = 4006;

// Times in milliseconds: a shorter break is not worth covering the sheet; the
// tenant's own library may take that long to reconnect; the tenant may take that
// long to answer; a connection that lasts that long begins anew with short pauses.
const coverAfter = 1_500;
const libraryTimeout = 12_000;
const probeTimeout = 8_000;
const steadyAfter = 20_000;

export class SheetState {
  #stage;
  #session;
  #reopen;
  #alive;
  #probe;
  #lost = false;
  #leaving = false;
  #attempt = 0;
  #timers = {};

  // reopen() connects anew with the selections kept; it rejects when it cannot.
  // alive() resolves to whether the engine still answers.
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
    // Browsers close the sockets of a page that is left. If the page comes back
    // from their memory, app.js loads it anew.
    addEventListener("pagehide", () => {
      this.#leaving = true;
      this.#stop();
    });
    // A user who returns to the page wants it working.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && this.#lost && !this.#over) this.#tryNow();
    });
    if (!navigator.onLine) this.#offline();
  }

  get lostNow() { return this.#lost; }

  // over: the page is left, or its session has ended.
  get #over() { return this.#leaving || this.#session.state === "ended"; }

  // lost: a socket of the engine was closed, by whatever code, and not by the
  // page. resumes is true if the library in the page reconnects by itself.
  lost({ code = 0, resumes = false } = {}) {
    if (this.#over) return;
    const again = this.#lost;
    this.#lost = true;
    this.#stage.dot("warn");
    this.#session.check();
    if (final[code]) {
      this.explain({ message: final[code], hold: "blur" });
      return;
    }
    if (!navigator.onLine) {
      this.#offline();
      return;
    }
    if (!again) {
      this.#stop();
      if (code !== authenticationFailed) this.#stage.tell("reconnecting");
      this.#later("cover", coverAfter, () => this.#stage.say("reconnecting", "blur"));
    }
    if (!resumes) this.#tryLater();
    else if (!again) this.#later("attempt", libraryTimeout, () => this.#try());
  }

  // explain shows a message that waits for the user: nothing is tried meanwhile.
  explain({ message, hold, detail, act }) {
    this.#stop();
    this.#stage.say(message, hold, detail, act);
  }

  // back: the engine session is there, and the sheet can be worked with.
  back() {
    const was = this.#lost;
    this.#stop();
    this.#lost = false;
    this.#later("steady", steadyAfter, () => { this.#attempt = 0; });
    this.#stage.hush();
    if (!this.#over) this.#stage.clear();
    this.#stage.dot(this.#session.state === "ok" ? "ok" : "warn");
    if (was) this.#stage.tell("restored", 4_000);
  }

  async #try() {
    if (this.#over || !this.#lost || !navigator.onLine) return;
    this.#attempt++;
    await this.#session.check();
    if (this.#over || !this.#lost) return;
    const tenant = await this.#askTenant();
    if (this.#over || !this.#lost) return;
    if (tenant === "there") {
      try {
        await this.#reopen();
        return; // it has called back, or explained what is wrong
      } catch (err) {
        console.warn("the sheet could not be opened again:", err?.message ?? err);
      }
    } else if (this.#stage.message === "") this.#stage.say("reconnecting", "blur");
    // Unless a message says meanwhile why trying again is of no use.
    if (this.#lost && !this.#over && ["", "slow", "reconnecting"].includes(this.#stage.message)) this.#tryLater(tenant);
  }

  #tryLater(tenant = "there") {
    if (this.#attempt >= mostAttempts) this.explain({ message: tenant === "there" ? "engine" : "tenant", hold: "blur" });
    else this.#later("attempt", delayBefore(this.#attempt), () => this.#try());
  }

  // askTenant makes a small call through the relay: browsers do not show why a
  // socket was refused.
  async #askTenant() {
    try {
      const answer = await fetch(this.#probe, { cache: "no-store", signal: AbortSignal.timeout(probeTimeout) });
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
        this.#stage.say("ended", "remove"); // the user may no longer see it
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
    if (this.#over) return;
    this.#stage.dot("warn");
    this.explain({ message: "offline", hold: "blur" });
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
