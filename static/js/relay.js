// What goes between the page and the engine, as far as the page itself can see
// it: the sockets of all libraries in it, and requests that were refused.

// Close codes after which Qlik's own library connects again by itself.
const resuming = new Set([4003, 4004, 4007]);

// isBelow reports whether an address is on the host of root, below its path.
function isBelow(address, root) {
  const url = new URL(address, location.href);
  return url.host === root.host && url.pathname.startsWith(root.pathname.replace(/\/?$/, "/"));
}

// watchSockets wraps window.WebSocket, so that it sees the engine sockets of
// every library that is loaded later, at the given hosts. It calls onClose with
// { code, resumes } for each socket that the page did not close itself, whatever
// the code: enigma.js reports none with 1000 or 4000, also if the other side
// sent it. library is the host whose sockets Qlik's own library opens.
export function watchSockets(hosts, { library = "", onOpen, onClose }) {
  const appsOf = (host) => new URL(`${host.replace(/\/$/, "")}/app`);
  const roots = hosts.map(appsOf);
  const isLibrary = (address) => library !== "" && isBelow(address, appsOf(library));
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    #closing = false;

    constructor(address, ...rest) {
      super(address, ...rest);
      if (!roots.some((root) => isBelow(address, root))) return;
      this.addEventListener("open", () => onOpen());
      this.addEventListener("close", ({ code }) => {
        if (!this.#closing) onClose({ code, resumes: resuming.has(code) && isLibrary(address) });
      });
    }

    close(...how) {
      const ours = this.readyState < Native.CLOSING; // else the other side came first
      super.close(...how); // throws if the code is none that a page may send
      this.#closing ||= ours;
    }
  };
}

// watchCalls calls onRefused when the relay refused or failed a request.
export function watchCalls(address, onRefused) {
  if (!window.PerformanceObserver?.supportedEntryTypes?.includes("resource")) return;
  const root = new URL(address);
  new PerformanceObserver((list) => {
    const failed = list.getEntries().some((entry) =>
      isBelow(entry.name, root) && (entry.responseStatus === 401 || entry.responseStatus >= 500));
    if (failed) onRefused();
  }).observe({ type: "resource", buffered: true });
}
