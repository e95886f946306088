import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { applyState, toFieldValue } from '../js/app-state.js';

// App stands for the engine's handle of an app with some fields.
class App {
  log = [];
  selected = [];
  constructor(fields) { this.fields = fields; }
  async createSessionObject() {
    return { id: 'x', getLayout: async () => ({ qSelectionObject: { qSelections: this.selected } }) };
  }
  async destroySessionObject() {}
  async clearAll() { this.log.push('clear'); }
  async applyBookmark(id) { this.log.push(`bookmark ${id}`); return id === 'known'; }
  async getField(name) {
    const known = this.fields[name];
    if (!known) throw new Error('field not found');
    return { selectValues: async (values) => {
      this.log.push(`${name}: ${values.map((v) => v.qNumber ?? v.qText).join(' ')}`);
      return values.some((v) => known.includes(v.qIsNumeric ? v.qNumber : v.qText));
    } };
  }
}

test('a bookmark comes before selections, and what is gone does not stop the rest', async () => {
  const app = new App({ Region: ['Europe'], Year: [2025], Date: ['2025'] });
  const lost = await applyState(app, { bookmark: 'gone', select: [
    { field: 'No such', values: ['x'] }, { field: 'Region', values: ['Europe'] }, { field: 'Year', values: ['2025'] }, { field: 'Date', values: ['2025'] },
  ] });
  assert.deepEqual(lost, ['', 'No such']);
  assert.deepEqual(app.log, ['clear', 'bookmark gone', 'Region: Europe', 'Year: 2025', 'Date: 2025', 'Date: 2025']);
});

test('an app that is in the state already is left alone', async () => {
  const app = new App({ Region: ['Europe'] });
  app.selected = [{ qField: 'Region', qSelectedCount: 1, qSelectedFieldSelectionInfo: [{ qName: 'Europe' }] }];
  assert.deepEqual(await applyState(app, { select: [{ field: 'Region', values: ['Europe'] }] }), []);
  await applyState(app, {});
  assert.deepEqual(app.log, []);
});

// The server's tests read the same table.
const values = JSON.parse(fs.readFileSync(new URL('../../qlik/testdata/fieldvalues.json', import.meta.url), 'utf8'));

test('numbers are selected as numbers, and nothing else is', () => {
  assert.ok(values.length > 20);
  for (const { text, number } of values) {
    assert.deepEqual(toFieldValue(text), number === undefined ? { qText: text } : { qText: text, qIsNumeric: true, qNumber: number });
  }
});
