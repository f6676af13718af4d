import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { readElfSymbols } from '../../../src/se/elfSymbols';
import type { FileBacking } from '../../../src/se/vma';
import { assembled } from '../../support/assembled';
import { inFolder } from '../../support/command';

/** A file of these bytes. */
function aFile(bytes: Uint8Array): FileBacking {
  return {
    ...{ path: 'file', identity: 'file', writable: false, write: () => 0 },
    ...{ retain: () => undefined, release: () => undefined, size: () => bytes.length },
    read: (target, targetOffset, length, position) => {
      const piece = bytes.subarray(position, position + length);
      target.set(piece, targetOffset);
      return piece.length;
    },
  };
}

const program = inFolder(folder =>
  readFileSync(
    assembled('.globl _start\n_start: nop\nlocal: nop\n.globl alias\nalias: nop', folder),
  ),
);

describe('readElfSymbols', () => {
  it('finds functions by their place in the file, of several names the global one', () => {
    const table = readElfSymbols(aFile(program));
    const start = program.indexOf('909090', 'hex');
    expect(table.findNearest(start)?.name).to.equal('_start');
    expect(table.findNearest(start + 1)?.name).to.equal('local');
    expect(table.findNearest(start + 2)?.name).to.equal('alias');
  });

  it('finds none in what is damaged', () => {
    for (let length = 0; length < program.length; length += 97) {
      expect(readElfSymbols(aFile(program.subarray(0, length))).findNearest(2 ** 40)).to.equal(
        null,
      );
    }
    for (let at = 0; at < 64; at++) {
      const damaged = Uint8Array.from(program);
      damaged.fill(0xff, at, at + 4);
      expect(() => readElfSymbols(aFile(damaged))).not.to.throw();
    }
  });
});
