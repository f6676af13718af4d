/**
 * Makes one file of the modules that the command is made of, so that it starts quickly: see
 * docs/decisions/0012. Packages with native code, and those that few runs load, stay outside; the
 * licenses of the others go beside it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { buildSync } from 'esbuild';

const { metafile } = buildSync({
  entryPoints: ['dist/cli/command.js'],
  outfile: 'dist/cli/bundle.js',
  bundle: true,
  metafile: true,
  platform: 'node',
  target: 'node20',
  external: ['@swc/core', '@viz-js/viz', 'iced-x86', 'koffi', 'tar', 'typescript'],
  logLevel: 'warning',
});

const folders = Object.keys(metafile.inputs).flatMap(
  path => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
);
const licenses = [...new Set(folders)].map(folder => {
  const { name, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? license : readFileSync(`${folder}/${file}`, 'utf8').trim();
  return `${name}\n\n${text}\n`;
});
writeFileSync('dist/cli/bundle.licenses.txt', licenses.join('\n\n'));
