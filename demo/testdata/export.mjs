// Prints what the chart menu's export writes for the rows in the second
// argument. The first is the menu's script, which stands in no page here.
import { readFile } from 'node:fs/promises';

const [script, rows] = process.argv.slice(2);
const nothing = new Proxy(() => {}, { get: () => nothing, set: () => true, apply: () => nothing });
globalThis.document = { getElementById: () => nothing, createElement: () => nothing };
let file;
URL.createObjectURL = (blob) => (file = blob, 'blob:');
const source = `${await readFile(script, 'utf8')}\nexport { save };`;
const { save } = await import(`data:text/javascript;base64,${Buffer.from(source).toString('base64')}`);
save({ title: 'Sales', heads: ['Cell'], rows: JSON.parse(rows).map((cell) => [cell]) });
process.stdout.write(Buffer.from(await file.arrayBuffer()), () => process.exit());
