import fs from 'node:fs';
import path from 'node:path';

// Packages whose only notice is the comment at the head of a file.
const noticeIn = { requirejs: 'require.js' };

function headComment(file) {
  const [comment] = /^\/\*[^]*?\*\//.exec(fs.readFileSync(file, 'utf8'));
  return `${comment}\n`;
}

// copyLicences puts the licence of every package that went into a bundle into
// vendor/licenses, with the legal comments found inside the code, and returns
// the packages with their versions.
export function copyLicences(root, vendor, inputs) {
  const target = path.join(vendor, 'licenses');
  fs.mkdirSync(target, { recursive: true });
  moveLegalComments(vendor, target);
  const versions = {};
  for (const name of packages(inputs)) {
    const folder = path.join(root, 'node_modules', name);
    const { version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file && !noticeIn[name]) {
      throw new Error(`${name} comes without a licence file`);
    }
    const text = file ? fs.readFileSync(path.join(folder, file), 'utf8') : headComment(path.join(folder, noticeIn[name]));
    fs.writeFileSync(path.join(target, `${name.replace('/', '__')}.txt`), text);
    versions[name] = { version, license };
  }
  return versions;
}

function packages(inputs) {
  const names = inputs.map((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1]).filter(Boolean);
  return [...new Set(names)].sort();
}

function moveLegalComments(folder, target) {
  for (const entry of fs.readdirSync(folder, { recursive: true })) {
    if (entry.endsWith('.LEGAL.txt')) {
      fs.renameSync(path.join(folder, entry), path.join(target, entry.replaceAll(path.sep, '__')));
    }
  }
}
