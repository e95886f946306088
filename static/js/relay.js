// watchSockets tells of the sockets that a page's libraries have open to the
// engine, through the relay or to the tenant: of those that open, and those
// that close. The libraries keep such things to themselves, and a frozen chart
// looks like a working one.

// Codes after which Qlik's own library connects again by itself.
const resuming = new Set([4003, 4004, 4007]);
const leaving = new Set([1000, 1005, 4000]);

// isBelow tells whether an address is on one of the hosts, below its path.
function isBelow(address, roots) {
  const url = new URL(address, location.href);
  return roots.some((root) => url.host === root.host && url.pathname.startsWith(root.pathname.replace(/\/?$/, "/")));
}

export function watchSockets(addresses, { onOpen, onClose }) {
  const roots = addresses.map((address) => new URL(address));
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(address, ...rest) {
      super(address, ...rest);
      if (!isBelow(address, roots)) return;
      this.addEventListener("open", () => onOpen());
      this.addEventListener("close", (event) => {
        if (!leaving.has(event.code)) onClose({ code: event.code, resumes: resuming.has(event.code) });
      });
    }
  };
}

// watchCalls tells when something that went through the relay was refused.
export function watchCalls(address, onRefused) {
  if (!window.PerformanceObserver?.supportedEntryTypes?.includes("resource")) return;
  const root = new URL(address);
  new PerformanceObserver((list) => {
    const failed = list.getEntries().some((entry) =>
      isBelow(entry.name, [root]) && (entry.responseStatus === 401 || entry.responseStatus >= 500));
    if (failed) onRefused();
  }).observe({ type: "resource", buffered: true });
}
