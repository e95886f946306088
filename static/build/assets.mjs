// Brings the browser libraries: npm ci, bundle, compress. `make assets` calls
// it; it does nothing when static/vendor is up to date.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const vendor = path.join(root, 'static/vendor');
const manifest = path.join(vendor, 'manifest.json');
const installed = path.join(root, 'node_modules/.vitrine-lock');

// Whatever decides what ends up in static/vendor.
const inputs = ['package.json', 'package-lock.json', '.npmrc', 'static/build', 'static/nebula', 'demo/runtime'];

function filesBelow(name) {
  const full = path.join(root, name);
  if (fs.statSync(full).isFile()) {
    return [name];
  }
  return fs.readdirSync(full).sort().flatMap((child) => filesBelow(path.join(name, child)));
}

function digest(names) {
  const hash = createHash('sha256');
  for (const name of names.flatMap(filesBelow).filter((name) => !name.endsWith('.go'))) {
    hash.update(name).update('\0').update(fs.readFileSync(path.join(root, name))).update('\0');
  }
  return hash.digest('hex');
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function install(lock) {
  if (read(installed) === lock) {
    return;
  }
  console.log('assets: installing the browser libraries');
  // No package's own scripts run: esbuild's program comes as a package too.
  execFileSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  fs.writeFileSync(installed, lock);
}

async function build(inputsDigest) {
  console.log('assets: bundling into static/vendor');
  const { bundle } = await import('./bundle.mjs');
  const { compress } = await import('./compress.mjs');
  for (const name of fs.readdirSync(vendor)) {
    if (name !== 'README.md') {
      fs.rmSync(path.join(vendor, name), { recursive: true });
    }
  }
  const libraries = await bundle(root, vendor);
  await compress(vendor);
  // Written last: without it the next run starts afresh.
  fs.writeFileSync(manifest, `${JSON.stringify({ inputs: inputsDigest, libraries }, null, 2)}\n`);
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`make assets: Node ${process.versions.node} is too old, 20 or newer is needed`);
  process.exit(1);
}
try {
  install(digest(['package.json', 'package-lock.json', '.npmrc']));
  const wanted = digest(inputs);
  if (JSON.parse(read(manifest) || '{}').inputs !== wanted) {
    await build(wanted);
  }
} catch (err) {
  // npm and esbuild have said their part already; a stack helps nobody.
  console.error(`make assets: ${String(err.message).split('\n')[0]}`);
  process.exit(1);
}
