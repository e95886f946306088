import fs from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { eager } from './eager.mjs';
import { copyLicences } from './licences.mjs';

const options = {
  bundle: true,
  minify: true,
  metafile: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome115', 'firefox115', 'safari16.4'],
  mainFields: ['browser', 'module', 'main'],
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'external', // kept, with the licences
  logLevel: 'error',
  logOverride: { 'direct-eval': 'silent' },
};

// bundle fills the vendor folder and returns the libraries that went into it
// with their versions.
export async function bundle(root, vendor) {
  const at = (...parts) => path.join(root, ...parts);
  const builds = [];
  const nebula = await esbuild.build({
    ...options,
    absWorkingDir: root,
    entryPoints: {
      nebula: at('static/nebula/start.js'),
      enigma: at('static/nebula/enigma.js'),
      runtime: at('demo/runtime/runtime.js'),
      capability: at('demo/runtime/capability/core.js'),
    },
    outdir: path.join(vendor, 'nebula'),
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    entryNames: '[name]-[hash]',
    loader: { '.css': 'text' },
    plugins: [eager(), qlikRuntime(root)],
  });
  // Pages name these two; the address of their folder changes with its content.
  for (const [name, source] of [['nebula', 'start'], ['enigma', 'enigma']]) {
    fs.renameSync(at(outputOf(nebula, `static/nebula/${source}.js`)), path.join(vendor, 'nebula', `${name}.js`));
  }
  const module = (entry) => JSON.stringify(path.basename(outputOf(nebula, entry)));
  builds.push(nebula, await esbuild.build({
    ...options,
    absWorkingDir: root,
    format: 'iife',
    entryPoints: { main: at('demo/runtime/main.js'), qlik: at('demo/runtime/capability/qlik.js') },
    outdir: path.join(vendor, 'nebula'),
    define: { RUNTIME_MODULE: module('demo/runtime/runtime.js'), CAPABILITY_MODULE: module('demo/runtime/capability/core.js') },
  }));
  builds.push(await esbuild.build({
    ...options,
    absWorkingDir: root,
    entryPoints: { index: '@qlik/api' },
    outdir: path.join(vendor, 'qlik-api'),
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: runtimeFiles(root).map((file) => `./${path.basename(file)}`),
  }));
  // Ready for browsers as it comes.
  fs.mkdirSync(path.join(vendor, 'qlik-embed'));
  fs.copyFileSync(at('node_modules/@qlik/embed-web-components/dist/index.js'), path.join(vendor, 'qlik-embed/index.js'));
  fs.copyFileSync(at('node_modules/requirejs/require.js'), path.join(vendor, 'nebula/require.js'));
  const inputs = builds.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const copied = ['node_modules/@qlik/embed-web-components/dist/index.js', 'node_modules/requirejs/require.js'];
  return copyLicences(root, vendor, [...inputs, ...copied]);
}

// outputOf finds the file that was made of an entry point.
function outputOf({ metafile }, entry) {
  const [file] = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === entry);
  return file;
}

// runtimeFiles finds the modules that @qlik/api runs in Node and that, in a
// browser, come from the tenant. Their names carry hashes, so they are read
// from the one chunk that imports them.
function runtimeFiles(root) {
  const chunks = path.join(root, 'node_modules/@qlik/api/chunks');
  const [importer] = fs.readdirSync(chunks).filter((name) => /^public-runtime-modules-.*\.js$/.test(name));
  const names = fs.readFileSync(path.join(chunks, importer), 'utf8').matchAll(/import\("\.\/((?:auth|qix|invoke-fetch)-[^"]+\.js)"\)/g);
  return [...names].map(([, name]) => path.join(chunks, name));
}

// qlikRuntime resolves qlik-api:auth, qlik-api:invoke-fetch and qlik-api:qix.
function qlikRuntime(root) {
  return {
    name: 'qlik-api-runtime',
    setup(build) {
      const files = runtimeFiles(root);
      build.onResolve({ filter: /^qlik-api:/ }, ({ path: name }) => {
        const wanted = `${name.slice('qlik-api:'.length)}-`;
        const file = files.find((candidate) => path.basename(candidate).startsWith(wanted));
        return file ? { path: file } : { errors: [{ text: `@qlik/api has no ${wanted}* module` }] };
      });
    },
  };
}
