import fs from 'node:fs';

// What a package of Qlik's begins with, after its licence: the ways to hand it
// what it needs, and then its code, all in one function.
const umd = /^(\s*\/\*[^]*?\*\/)?\s*!function\(e,t\)\{"object"==typeof exports[^]*?\}\(this,\(?function\(e\)\{/;
const end = /\}\)?\);\s*(\/\/# sourceMappingURL=\S+\s*)?$/;

// eager turns nebula.js and its charts into modules whose code is called at
// the top. As it comes, esbuild wraps it into a function that is called later:
// browsers then read over a megabyte first to skip it, and once more, on the
// page's main thread, to run it. What is called at the top they compile while
// it loads, on another thread.
export function eager() {
  return {
    name: 'eager',
    setup(build) {
      build.onResolve({ filter: /^@nebula\.js\/[a-z-]+$/ }, async ({ path, resolveDir }) => {
        const name = path.slice('@nebula.js/'.length);
        return build.resolve(`${path}/dist/${name}.js`, { resolveDir, kind: 'import-statement' });
      });
      build.onLoad({ filter: /@nebula\.js[/\\][a-z-]+[/\\]dist[/\\][a-z-]+\.js$/ }, async ({ path }) => {
        const source = fs.readFileSync(path, 'utf8');
        if (!umd.test(source) || !end.test(source)) {
          return { errors: [{ text: `${path} is not wrapped as it used to be` }] };
        }
        return { contents: moduleOf(path, source) };
      });
    },
  };
}

function moduleOf(path, source) {
  const [licence = ''] = /^\s*\/\*[^]*?\*\//.exec(source) ?? [];
  const call = (given) => `${source.replace(umd, '(function(e){').replace(end, '})')}(${given})`;
  if (!/[/\\]stardust\.js$/.test(path)) {
    return `${licence}import stardust from '@nebula.js/stardust';\nexport default ${call('stardust')};`;
  }
  return `${licence}const stardust = {};\n${call('stardust')};\nexport default stardust;`;
}
