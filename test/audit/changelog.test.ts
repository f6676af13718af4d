import { expect } from 'chai';
import { packageJson, readText } from '../support/repository';

/** The kinds of change that Keep a Changelog knows. */
const KINDS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];

const changelog = (): string[] => readText('CHANGELOG.md').split('\n');
const releases = (): string[] => changelog().filter(line => line.startsWith('## '));

describe('CHANGELOG.md', () => {
  it('starts with its title and keeps a place for what is not released', () => {
    expect(changelog()[0]).to.equal('# Changelog');
    expect(releases()[0]).to.equal('## [Unreleased]');
  });

  it('heads each release with its version and date, newest first', () => {
    const dates = releases()
      .slice(1)
      .map(line => {
        const match = /^## \[\d+\.\d+\.\d+\] - (\d{4}-\d{2}-\d{2})$/.exec(line);
        expect(match, line).not.to.equal(null);
        return match?.[1] ?? '';
      });
    expect(dates).to.deep.equal([...dates].sort().reverse());
  });

  it('sorts changes under the known kinds, each a list item', () => {
    const lines = changelog();
    const kinds = lines.filter(line => line.startsWith('### ')).map(line => line.slice(4));
    expect(KINDS).to.include.members(kinds);
    const body = lines.slice(lines.indexOf('## [Unreleased]') + 1);
    const item = /^(?:|#{2,3} .*|- .*| {2}.*|\[.*\]: .*)$/;
    expect(body.filter(line => !item.test(line))).to.deep.equal([]);
  });

  it('tells of the version in package.json, as released or as what is coming', () => {
    const lines = changelog();
    const start = lines.indexOf('## [Unreleased]') + 1;
    const length = lines.slice(start).findIndex(line => line.startsWith('## '));
    const coming = lines.slice(start, length < 0 ? undefined : start + length);
    const isComing = coming.some(line => line.startsWith('- '));
    const isNewest = releases()[1]?.startsWith(`## [${packageJson().version}]`) ?? false;
    expect(isComing || isNewest).to.equal(true);
  });
});
