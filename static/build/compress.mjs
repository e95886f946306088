import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

const smallest = 1024; // below, a compressed sibling saves nothing

// compress writes a .br and a .gz beside every script and style sheet. Brotli
// at 9 rather than 11: a tenth of the time for a few per cent of the size.
export async function compress(folder) {
  const files = fs.readdirSync(folder, { recursive: true }).filter((name) => /\.(js|css)$/.test(name));
  await Promise.all(files.map(async (name) => {
    const file = path.join(folder, name);
    const content = fs.readFileSync(file);
    if (content.length < smallest) {
      return;
    }
    const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 9, [zlib.constants.BROTLI_PARAM_LGWIN]: 22, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    fs.writeFileSync(`${file}.br`, await brotli(content, { params }));
    fs.writeFileSync(`${file}.gz`, await gzip(content, { level: 9 }));
  }));
}
