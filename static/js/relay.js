// watchRelay tells of trouble with what the Qlik libraries send through the
// relay: sockets that close, and calls that are refused. The libraries keep
// such things to themselves, and a frozen chart looks like a working one.

// Codes after which the libraries connect again by themselves.
const resuming = new Set([4003, 4004, 4007]);
const leaving = new Set([1000, 1005]);

export function watchRelay(relayURL, { onOpen, onClose, onRefused }) {
  const relay = new URL(relayURL);
  const isOurs = (address) => {
    const url = new URL(address, location.href);
    return url.host === relay.host && url.pathname.startsWith(relay.pathname + "/");
  };

  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(address, ...rest) {
      super(address, ...rest);
      if (!isOurs(address)) return;
      this.addEventListener("open", () => onOpen());
      this.addEventListener("close", (event) => {
        if (!leaving.has(event.code)) onClose({ code: event.code, resumes: resuming.has(event.code) });
      });
    }
  };

  if (window.PerformanceObserver?.supportedEntryTypes?.includes("resource")) {
    new PerformanceObserver((list) => {
      const failed = list.getEntries().some((entry) => isOurs(entry.name) && (entry.responseStatus === 401 || entry.responseStatus >= 500));
      if (failed) onRefused();
    }).observe({ type: "resource", buffered: true });
  }
}
