import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { repositoryRoot } from '../support/repository';

const corpus = join(repositoryRoot, 'test', 'fixtures', 'checkpointFuzz');
const target = join(repositoryRoot, 'test', 'support', 'checkpointFuzzer.cjs');

interface Result {
  readonly name: string;
  /** `read`, or what is wrong. */
  readonly said: string;
  /** Memory that the reader took and that was not given back at once. */
  readonly bytes: number;
}

describe('The reader of checkpoints', () => {
  it('says of everything in the fuzzer’s corpus that it is read, or what is wrong and where', () => {
    // In a process of its own, since it is the built reader that is fuzzed.
    const output = execFileSync(process.execPath, [target, corpus], { encoding: 'utf8' });
    const results = JSON.parse(output) as Result[];
    expect(results.length).to.be.greaterThan(20);
    const said = (wanted: string): string =>
      results.find(({ name }) => name === wanted)?.said.replace(/^.*\/cpt\//, '') ?? '';
    // A target that never gets far would find nothing.
    expect(said('whole')).to.equal('read');
    expect(said('image')).to.match(/^memory\.img, byte 4096: pages of memory are damaged/);
    expect(said('newer-format')).to.match(/^m5\.cpt\.pb, byte 2: the file format has version 2/);
    expect(said('image-newer')).to.match(/^memory\.img, byte 2: the file format has version 7/);
    expect(said('image-out-of-order')).to.match(/^memory\.img, byte \d+: .* out of order/);
    expect(said('path-outside')).to.match(/^m5\.cpt\.pb, byte \d+: .* is no name of an image/);
    const bombs = results.filter(({ name }) => name.startsWith('bomb-'));
    expect(bombs.length).to.be.greaterThan(5);
    for (const { name, said: text, bytes } of bombs) {
      expect(text, name).to.match(/^read$|, byte \d+: /);
      expect(bytes, name).to.be.lessThan(16 * 2 ** 20);
    }
  });
});
