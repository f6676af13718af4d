import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { packageJson, readText, repositoryRoot, textFiles } from '../support/repository';

const pages = textFiles().filter(path => path.endsWith('.md'));

/** Targets of the links of a page that lead to a file of this repository. */
function localLinks(path: string): string[] {
  const links = readText(path).matchAll(/\]\(([^)\s]+)\)/g);
  return Array.from(links, link => link[1] ?? '')
    .filter(target => !/^(?:https?:|mailto:|#)/.test(target))
    .map(target => target.replace(/#.*$/, ''));
}

describe('Every page of documentation', () => {
  it('links only to files that are there', () => {
    const dead = pages.flatMap(path =>
      localLinks(path)
        .filter(target => !existsSync(join(repositoryRoot, dirname(path), target)))
        .map(target => `${path}: ${target}`),
    );
    expect(dead).to.deep.equal([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = packageJson();
    const unknown = pages.flatMap(path =>
      Array.from(readText(path).matchAll(/`npm run ([\w:]+)/g), match => match[1] ?? '')
        .filter(name => !(name in scripts))
        .map(name => `${path}: npm run ${name}`),
    );
    expect(unknown).to.deep.equal([]);
  });
});
