import { expect } from 'chai';
import { packageJson, readText } from '../support/repository';

/** Package names in the first column of the tables of docs/dependencies.md. */
function documented(): string[] {
  const rows = readText('docs/dependencies.md').matchAll(/^\| `([^`]+)` \|/gm);
  return Array.from(rows, row => row[1] ?? '');
}

describe('Every dependency', () => {
  const { dependencies, devDependencies } = packageJson();

  it('has a line in docs/dependencies.md, and every line has its dependency', () => {
    const names = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
    expect(documented().sort()).to.deep.equal(names.sort());
  });

  it('is pinned to one exact version', () => {
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).to.deep.equal([]);
  });
});
