import { expect } from 'chai';
import * as m5 from '../../../src/m5/index';
import { readText } from '../../support/repository';

/** What a name such as `m5.stats.dump` leads to. */
function lookUp(path: string): unknown {
  // `mainq` would make the default simulation, which writes files in the end.
  if (path === 'm5.event.mainq.schedule') path = 'm5.event.create';
  if (path === 'm5.options.outdir') return path;
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], m5);
}

describe('docs/porting.md', () => {
  const rows = readText('docs/porting.md').matchAll(/^\| (.*) \| (.*) \|$/gm);
  const offered = Array.from(rows, ([, gem5 = '', ours = '']) =>
    ours.startsWith('the same') ? gem5 : ours,
  );

  it('names functions that are there', () => {
    const names = offered.flatMap(text =>
      Array.from(text.matchAll(/\bm5(?:\.\w+)+/g), ([name]) => name),
    );
    expect(names.length).to.be.greaterThan(25);
    for (const name of names) expect(lookUp(name), name).to.not.equal(undefined);
  });
});
