import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../../../src/host');
const CALL = /\b(?:libc\.\w+|(?:koffi|self)\.\w+)\(/;

/** Lines that call through koffi without a `// SAFETY:` comment directly above the statement. */
function unjustifiedCalls(source: string): { readonly calls: number; readonly bad: number[] } {
  const lines = source.split('\n');
  const bad: number[] = [];
  let calls = 0;
  lines.forEach((line, index) => {
    if (line.trimStart().startsWith('//') || line.trimStart().startsWith('*') || !CALL.test(line))
      return;
    calls++;
    let above = index - 1;
    while (above >= 0 && /^\s*\/\/(?! SAFETY:)/.test(lines[above] ?? '')) above--;
    if (!/^\s*\/\/ SAFETY:/.test(lines[above] ?? '')) bad.push(index + 1);
  });
  return { calls, bad };
}

describe('calls through koffi', () => {
  it('each say why they are safe', () => {
    const found = readdirSync(FOLDER).map(file => ({
      file,
      ...unjustifiedCalls(readFileSync(join(FOLDER, file), 'utf8')),
    }));
    expect(found.filter(({ bad }) => bad.length > 0)).to.deep.equal([]);
    const calls = found.reduce((sum, { calls }) => sum + calls, 0);
    expect(calls, 'too few calls found: has the pattern gone stale?').to.be.at.least(30);
  });

  it('are found when they do not', () => {
    const source =
      '// SAFETY: fine.\nlibc.read(0);\n\nlibc.write(1);\n// no reason\nkoffi.view(1);';
    expect(unjustifiedCalls(source)).to.deep.equal({ calls: 3, bad: [4, 6] });
  });
});
