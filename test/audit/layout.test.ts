import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectFiles, readText, repositoryRoot, sourceFiles } from '../support/repository';

/** The floors of the house; `.dependency-cruiser.cjs` says who may import whom. */
const FLOORS = 'base sim checkpoint host mem arch cpu se kvm dev m5 cli'.split(' ');

function folders(path: string): string[] {
  return readdirSync(join(repositoryRoot, path), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name);
}

describe('The layout', () => {
  it('has only floors in src, and the rules of the house name each', () => {
    expect(FLOORS).to.include.members(folders('src'));
    const rules = readText('.dependency-cruiser.cjs');
    for (const floor of FLOORS) expect(rules).to.include(`'${floor}'`);
  });

  it('mirrors the floors in test/unit', () => {
    expect(FLOORS).to.include.members(folders('test/unit'));
  });

  it('enters every floor that others use through an index.ts', () => {
    const files = new Set(sourceFiles());
    const indexes = folders('src')
      .filter(name => name !== 'cli')
      .map(floor => (floor === 'arch' ? 'src/arch/x86/index.ts' : `src/${floor}/index.ts`));
    expect(indexes.filter(path => !files.has(path))).to.deep.equal([]);
  });

  it('names source files in camelCase', () => {
    const odd = sourceFiles().filter(path => !/\/[a-z][A-Za-z0-9]*\.ts$/.test(path));
    expect(odd).to.deep.equal([]);
  });

  it('excuses from lint rules only files that are there', () => {
    const excused = readText('eslint.config.mjs').matchAll(/^ {2}'(src\/[^']+\.ts)'/gm);
    const files = new Set(sourceFiles());
    const paths = Array.from(excused, match => match[1] ?? '');
    expect(paths.length).to.be.greaterThan(0);
    expect(paths.filter(path => !files.has(path))).to.deep.equal([]);
  });

  it('runs every test file: each in a known folder and named *.test.ts', () => {
    const places = /^test\/(?:unit|prop|kvm|system|audit|support)\//;
    const files = projectFiles('test').filter(path => path.endsWith('.ts'));
    expect(files.filter(path => !places.test(path))).to.deep.equal([]);
  });

  it('says of the tests in test/kvm that they need KVM', () => {
    const plain = projectFiles('test/kvm').filter(path => /^describe\(/m.test(readText(path)));
    // The layout of structures is compared with the C compiler's.
    expect(plain).to.deep.equal(['test/kvm/abi.test.ts']);
  });

  it('numbers the decisions from 0001 without a gap', () => {
    const notes = projectFiles('docs/decisions').map(path => path.replace(/^.*\//, ''));
    expect(notes.length).to.be.greaterThan(0);
    notes.forEach((name, index) => {
      expect(name).to.match(/^\d{4}-[a-z0-9-]+\.md$/);
      expect(Number(name.slice(0, 4))).to.equal(index + 1);
    });
  });
});
