import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { encodeSelection, fits, sameSelections, singleAddress, withState } from '../js/deeplink.js';

// The server's tests read the same tables.
const table = (name) => JSON.parse(fs.readFileSync(new URL(`../../handlers/testdata/${name}.json`, import.meta.url), 'utf8'));
const rows = table('deeplinks');

test('selections are written as the server reads them', () => {
  assert.ok(rows.length >= 5);
  for (const { text, field, values } of rows) {
    assert.equal(encodeSelection({ field, values }), text);
  }
});

test('what an address may carry has the same bounds as at the server', () => {
  for (const { field, value, times, ok } of table('deeplink-bounds')) {
    assert.equal(fits({ field, values: [value.repeat(times)] }), ok, `${field} ${value} ${times}`);
  }
  assert.ok(!fits({ field: 'F', values: ['half a pair: \ud83d'] }));
});

test('an address carries the state instead of the one before', () => {
  const before = 'https://p.example/apps/a/sheets/s?embed=nebula&select=Old,1&bookmark=b1';
  const { href, whole } = withState(before, { select: rows.map(({ field, values }) => ({ field, values })) });
  const url = new URL(href);
  assert.ok(whole);
  assert.equal(url.searchParams.get('embed'), 'nebula');
  assert.equal(url.searchParams.get('bookmark'), null);
  assert.deepEqual(url.searchParams.getAll('select'), rows.map(({ text }) => text));
  assert.equal(withState(href, {}).href, 'https://p.example/apps/a/sheets/s?embed=nebula');
});

test('what does not fit is left out, and said', () => {
  const address = 'https://p.example/apps/a/sheets/s';
  const many = Array.from({ length: 120 }, (_, i) => String(i));
  for (const select of [
    [{ field: 'F', values: many }],
    [{ field: 'F', values: ['a'], complete: false }],
    [{ field: 'F', values: ['a\u0000'] }],
    [{ field: 'F', values: [''] }],
    [{ field: 'F', values: ['x'.repeat(600)] }],
    Array.from({ length: 30 }, (_, i) => ({ field: `F${i}`, values: ['a'] })),
    Array.from({ length: 19 }, (_, i) => ({ field: `F${i}`, values: ['y'.repeat(200)] })),
  ]) {
    const { href, whole } = withState(address, { select });
    assert.equal(whole, false, JSON.stringify(select).slice(0, 60));
    assert.ok(href.length <= 1800, `${href.length} characters`);
  }
  const mixed = withState(address, { select: [{ field: 'F', values: many }, { field: 'G', values: ['a'] }] });
  assert.deepEqual(new URL(mixed.href).searchParams.getAll('select'), ['G,a']);
});

const view = { tenant: 'https://acme.example', appId: 'a1', sheetId: 's1', theme: 'breeze' };

test("the tenant's page is asked for by its own parameters", () => {
  const { href, lost } = singleAddress(view, { identity: 'tab-1', bookmark: 'b1', select: [{ field: 'Region', values: ['Europe', 'Paris, TX'] }] });
  const q = new URL(href).searchParams;
  assert.ok(href.startsWith('https://acme.example/single/?'));
  assert.deepEqual(lost, []);
  assert.deepEqual(Object.fromEntries(['appid', 'sheet', 'theme', 'identity', 'opt', 'bookmark'].map((k) => [k, q.get(k)])),
    { appid: 'a1', sheet: 's1', theme: 'breeze', identity: 'tab-1', opt: 'ctxmenu,currsel', bookmark: 'b1' });
  assert.deepEqual(q.getAll('select'), ['clearall', 'Region,Europe,[Paris, TX]']);
});

test('a value that the tenant cannot read from an address is left out, and said', () => {
  const { href, lost } = singleAddress(view, { identity: 'i', select: [{ field: 'F', values: ['a],b'] }, { field: 'G', values: ['c'] }] });
  assert.deepEqual(lost, ['F']);
  assert.deepEqual(new URL(href).searchParams.getAll('select'), ['clearall', 'G,c']);
});

test('selections are the same in any order', () => {
  const a = [{ field: 'F', values: ['1', '2'] }, { field: 'G', values: ['x'] }];
  assert.ok(sameSelections(a, [{ field: 'G', values: ['x'] }, { field: 'F', values: ['2', '1'] }]));
  assert.ok(!sameSelections(a, [a[0]]));
  assert.ok(!sameSelections(a, [{ field: 'F', values: ['1'] }, a[1]]));
});
