import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { inFolder } from '../support/command';
import { linesMatching, readText, repositoryRoot, textFiles } from '../support/repository';

describe('Every text file of the project', () => {
  it('is found by these checks', () => {
    const files = new Set(textFiles());
    const expected = ['README.md', '.ci/run', 'guests/Makefile', 'src/base/errors.ts'];
    expect(expected.filter(path => !files.has(path))).to.deep.equal([]);
    expect(files.size).to.be.greaterThan(50);
  });

  it('is none that a run has written', () => {
    const found = inFolder(folder => {
      for (const name of ['m5out.f0', 'notes']) mkdirSync(join(folder, name));
      for (const name of ['config.ini', 'notes.txt'])
        writeFileSync(join(folder, 'm5out.f0', name), '');
      writeFileSync(join(folder, 'notes', 'notes.txt'), '');
      return textFiles(relative(repositoryRoot, folder));
    });
    expect(found.map(path => path.split('/').slice(-2).join('/'))).to.deep.equal([
      'notes/notes.txt',
    ]);
  });

  it('names no folder of anybody’s machine', () => {
    const pattern = /(?:^|[^\w.\-/~}*])\/(?:(?:root|home|work|Users)(?:\/\w|['"`]|$)|tmp\/\w)/;
    expect(linesMatching(pattern)).to.deep.equal([]);
  });

  it('names no package registry', () => {
    const names = ['npmjs[.](?:org|com)', 'npmmirro[r]', 'unpk[g]', 'jsdelive[r]', 'pypi[.]org'];
    const more = ['deb[.]debian[.]org', 'crates[.]io', 'proxy[.]golang'];
    const anyHost = 'https?:[/]{2}[^/\\s]*(?:registry|mirror|artifactory|nexus)';
    const hosts = new RegExp([...names, ...more, anyHost].join('|'), 'i');
    expect(linesMatching(hosts)).to.deep.equal([]);
    expect(readText('package-lock.json')).not.to.match(/"resolved"|https?:\/\/[^"]*registry/);
  });

  it('leaves no note of work to be done', () => {
    const notes = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
    expect(linesMatching(notes)).to.deep.equal([]);
  });

  it('gives a reason wherever a lint rule is switched off', () => {
    const disabled = new RegExp('eslint-' + 'disable(?!.* -- \\S)');
    const code = textFiles().filter(path => path.endsWith('.ts'));
    expect(linesMatching(disabled, code)).to.deep.equal([]);
  });

  it('ends in exactly one newline', () => {
    const wrong = textFiles().filter(path => !/(?:^|[^\n])\n$/.test(readText(path)));
    expect(wrong.filter(path => !path.endsWith('.out'))).to.deep.equal([]);
  });
});
