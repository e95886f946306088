import assert from 'node:assert/strict';
import test from 'node:test';

const state = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };

// Socket stands for the browser's WebSocket.
class Socket extends EventTarget {
  static CLOSING = state.CLOSING;
  readyState = state.CONNECTING;
  constructor(address) { super(); this.address = address; }
  close() { this.readyState = state.CLOSING; }
  opened() { this.readyState = state.OPEN; this.dispatchEvent(new Event('open')); }
  closed(code) {
    this.readyState = state.CLOSED;
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }
}

globalThis.window = { WebSocket: Socket };
globalThis.location = new URL('https://portal.example/apps/a/sheets/s');
const { watchSockets } = await import('../js/relay.js');

const relay = 'https://portal.example/qlik';
const tenant = 'https://acme.example';
const relayed = 'wss://portal.example/qlik/app/a/identity/i/ttl/300';
const direct = 'wss://acme.example/app/a?reloadUri=x';

// open wraps the browser's socket anew and opens one at this address.
function open(address, library) {
  const seen = [];
  window.WebSocket = Socket;
  watchSockets([relay, tenant], { library, onOpen: () => seen.push('open'), onClose: (closed) => seen.push(closed) });
  const socket = new window.WebSocket(address);
  socket.opened();
  return { seen, socket };
}

const codes = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015,
  4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 4200, 4201, 4202, 4203, 4204, 4205, 4206, 4210, 4211, 4220, 4222, 4230, 4240];

test('every close of the other side is reported, and only a library resumes', () => {
  for (const code of codes) {
    const library = [4003, 4004, 4007].includes(code);
    for (const { address, host, resumes } of [
      { address: relayed, host: relay, resumes: library },
      { address: relayed, host: tenant, resumes: false },
      { address: relayed, host: undefined, resumes: false },
      { address: direct, host: tenant, resumes: library },
      { address: direct, host: relay, resumes: false },
    ]) {
      const { seen, socket } = open(address, host);
      socket.closed(code);
      assert.deepEqual(seen, ['open', { code, resumes }], `${code} at ${address}, library at ${host}`);
    }
  }
});

test('a close by the page is not reported', () => {
  for (const code of codes) {
    const { seen, socket } = open(relayed, relay);
    socket.close(code);
    socket.closed(code);
    assert.deepEqual(seen, ['open'], String(code));
  }
});

test('a close of the other side is reported although the page closes in answer', () => {
  for (const readyState of [state.CLOSING, state.CLOSED]) {
    const { seen, socket } = open(relayed, relay);
    socket.readyState = readyState;
    socket.close();
    socket.closed(1006);
    assert.deepEqual(seen, ['open', { code: 1006, resumes: false }]);
  }
});

test('sockets that are none of the engine are left alone', () => {
  for (const address of ['wss://portal.example/qlik/api/v1/events', 'wss://portal.example/app/a', 'wss://portal.example/qlik/apps/a', 'wss://other.example/qlik/app/a']) {
    const { seen, socket } = open(address, relay);
    socket.closed(1006);
    assert.deepEqual(seen, [], address);
  }
});
