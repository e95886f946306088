import assert from 'node:assert/strict';
import test from 'node:test';

Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true });
const { SheetState } = await import('../js/sheet-state.js');

// Stage keeps what the page shows.
class Stage {
  message = '';
  toasts = [];
  said = [];
  say(name) {
    if (name !== this.message) this.said.push(name);
    this.message = name;
  }
  clear() { this.message = ''; }
  tell(name) { this.toasts.push(name); }
  hush() {}
  dot(state) { this.color = state; }
}

class Session extends EventTarget {
  state = 'ok';
  async check() {}
  end() { this.state = 'ended'; this.dispatchEvent(new CustomEvent('state', { detail: 'ended' })); }
}

// page is a sheet that was opened a while ago, on a clock of the test. tries
// holds the times of its attempts to reconnect; while down they fail.
function page(t) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(console, 'warn', () => {});
  t.mock.method(Math, 'random', () => 1); // the longest pauses
  const events = new EventTarget();
  globalThis.addEventListener = events.addEventListener.bind(events);
  globalThis.document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  globalThis.fetch = async () => ({ ok: p.tenantUp });
  const p = { stage: new Stage(), session: new Session(), tries: [], now: 0, down: false, tenantUp: true, events };
  p.state = new SheetState({
    stage: p.stage, session: p.session, relay: 'https://portal.example/qlik', alive: async () => true,
    reopen: async () => {
      p.tries.push(p.now);
      if (p.down) throw new Error('refused');
      p.state.back();
    },
  });
  p.pass = async (ms) => {
    for (let end = p.now + ms; p.now < end;) {
      p.now += 50;
      t.mock.timers.tick(50);
      for (let i = 0; i < 10; i++) await null; // attempts are some promises long
    }
  };
  p.state.back();
  return p;
}

const final = { 4001: 'idle', 4002: 'licence', 4005: 'busy', 4203: 'forbidden', 4204: 'gone', 4230: 'busy' };
const passing = [0, 1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015,
  4000, 4003, 4004, 4006, 4007, 4200, 4201, 4202, 4206, 4210, 4211, 4220, 4222, 4240];

for (const code of passing) {
  test(`${code}: a short break is a line and one attempt`, async (t) => {
    const p = page(t);
    p.state.lost({ code });
    assert.equal(p.stage.color, 'warn');
    await p.pass(1_000);
    assert.deepEqual(p.tries, [500]);
    assert.deepEqual(p.stage.said, []);
    assert.deepEqual(p.stage.toasts, code === 4006 ? ['restored'] : ['reconnecting', 'restored']);
    assert.equal(p.stage.color, 'ok');
  });

  test(`${code}: an outage is covered, with growing pauses, until it is over`, async (t) => {
    const p = page(t);
    p.down = true;
    p.state.lost({ code });
    await p.pass(10_000);
    assert.deepEqual(p.stage.said, ['reconnecting']);
    assert.deepEqual(p.tries, [500, 1_500, 3_500, 7_500]);
    p.down = false;
    await p.pass(8_000);
    assert.equal(p.stage.message, '');
    assert.equal(p.stage.color, 'ok');
  });
}

for (const [code, message] of Object.entries(final)) {
  test(`${code}: says "${message}" and waits for the user`, async (t) => {
    const p = page(t);
    p.state.lost({ code: Number(code) });
    await p.pass(60_000);
    assert.deepEqual(p.stage.said, [message]);
    assert.deepEqual(p.tries, []);
    p.stage.onRetry();
    await p.pass(100);
    assert.equal(p.tries.length, 1);
    assert.equal(p.stage.message, '');
  });
}

test('a library that reconnects by itself is left alone for twelve seconds', async (t) => {
  for (const comesBack of [true, false]) {
    const p = page(t);
    p.state.lost({ code: 4003, resumes: true });
    await p.pass(11_000);
    assert.deepEqual(p.tries, []);
    if (comesBack) p.state.back();
    await p.pass(2_000);
    assert.equal(p.tries.length, comesBack ? 0 : 1);
    t.mock.reset();
    t.mock.timers.reset();
  }
});

test('of several sockets one that nobody reopens decides, in any order', async (t) => {
  for (const order of [[true, false], [false, true]]) {
    const p = page(t);
    order.forEach((resumes) => p.state.lost({ code: 4003, resumes }));
    await p.pass(1_000);
    assert.deepEqual(p.tries, [500], String(order));
    t.mock.reset();
    t.mock.timers.reset();
  }
});

test('it gives up after a while, and says whose fault it is', async (t) => {
  for (const tenantUp of [true, false]) {
    const p = page(t);
    Object.assign(p, { down: true, tenantUp });
    p.state.lost({ code: 1000 });
    await p.pass(180_000);
    assert.deepEqual(p.stage.said, ['reconnecting', tenantUp ? 'engine' : 'tenant']);
    assert.equal(p.tries.length, tenantUp ? 8 : 0);
    t.mock.reset();
    t.mock.timers.reset();
  }
});

test('a connection that never lasts is not tried at once each time', async (t) => {
  const p = page(t);
  for (let i = 0; i < 4; i++) {
    p.state.lost({ code: 1000 });
    const before = p.tries.length;
    while (p.tries.length === before) await p.pass(50);
  }
  assert.deepEqual(p.tries, [500, 1_500, 3_500, 7_500]);
  await p.pass(21_000); // it lasts now
  const start = p.now;
  p.state.lost({ code: 1000 });
  await p.pass(1_000);
  assert.equal(p.tries.at(-1), start + 500);
});

test('a page that is left, or whose session ended, shows and tries nothing', async (t) => {
  for (const leave of [(p) => p.events.dispatchEvent(new Event('pagehide')), (p) => { p.session.state = 'ended'; }]) {
    for (const code of passing) {
      const p = page(t);
      leave(p);
      p.state.lost({ code });
      await p.pass(5_000);
      assert.deepEqual([p.stage.said, p.stage.toasts, p.tries], [[], [], []], String(code));
      t.mock.reset();
      t.mock.timers.reset();
    }
  }
});

test('the end of the session has its own message, whichever is noticed first', async (t) => {
  const p = page(t);
  p.state.lost({ code: 4006 });
  p.session.end();
  await p.pass(60_000);
  assert.deepEqual([p.stage.said, p.stage.toasts, p.tries], [['ended'], [], []]);
});

test('what reopening explains is not covered again', async (t) => {
  const p = page(t);
  p.state.lost({ code: 1000 });
  p.state.explain({ message: 'cookies', hold: 'blur' });
  await p.pass(60_000);
  assert.deepEqual(p.stage.said, ['cookies']);
});
