import { expect } from 'chai';
import fc from 'fast-check';
import { FatalError } from '../../src/base/index';
import { readElf } from '../../src/se/elf';
import { loadElf } from '../../src/se/elfLoader';
import { UserMemory } from '../../src/se/userMemory';
import { anElf, CODE, ET_DYN, PT_DYNAMIC, USUAL_SEGMENTS } from '../support/elf';
import { anAddressSpace, ArrayBacking } from '../support/se';

/** Loads a file; the message of the refusal, or undefined when it was accepted. */
function load(bytes: Uint8Array): string | undefined {
  const { space } = anAddressSpace({ memorySize: 0x10_0000 });
  try {
    const program = readElf(new ArrayBacking(bytes));
    const loaded = loadElf(program, space);
    // What was accepted can be run: its first instruction is there and executable. As on Linux, a later
    // segment that begins in the same page takes that page's right to be executed.
    expect(space.handleFault(loaded.entry, 'execute')).to.be.oneOf(['resolved', 'denied']);
    const memory = new UserMemory(space);
    for (const { start, end, protection } of space.areas) {
      if (protection === 0) continue;
      memory.readInt32(start);
      memory.readInt32(end - 4);
    }
    return undefined;
  } catch (error) {
    expect(error).to.be.instanceOf(FatalError);
    return (error as FatalError).message;
  }
}

const dynamic = { type: PT_DYNAMIC, offset: 0x1000, address: CODE, fileSize: 0x40 };
const FILES = [
  anElf(),
  anElf({ segments: [...USUAL_SEGMENTS, dynamic] }),
  anElf({
    type: ET_DYN,
    entry: 0x1000,
    segments: [{ flags: 7, offset: 0, address: 0, fileSize: 0x1100, memorySize: 0x5000 }],
  }),
];

describe('ELF loading of damaged files', () => {
  it('refuses a file truncated anywhere before the end of its segments', () => {
    const whole = anElf();
    expect(load(whole)).to.equal(undefined);
    for (let length = 0; length < whole.length; length++) {
      expect(load(whole.subarray(0, length)), String(length)).to.be.a('string');
    }
  });

  it('loads or refuses a file with any bytes changed, and never fails otherwise', () => {
    const flips = fc.array(fc.tuple(fc.nat(0x240), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.constantFrom(...FILES), flips, (file, changes) => {
        const bytes = file.slice();
        for (const [offset, value] of changes) bytes[offset] = value;
        load(bytes);
      }),
      { numRuns: 1500 },
    );
  });

  it('loads or refuses a file with any header field set to an extreme value', () => {
    const extremes = [0n, 1n, 0xfffn, 0x1000n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 47n, 2n ** 63n];
    const values = fc.constantFrom(...extremes, 2n ** 64n - 1n, 2n ** 64n - 0x1000n);
    const fields = fc.integer({ min: 3, max: 34 }).map(n => n * 8);
    fc.assert(
      fc.property(fc.constantFrom(...FILES), fields, values, (file, offset, value) => {
        const bytes = file.slice();
        new DataView(bytes.buffer).setBigUint64(offset, value, true);
        load(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it('loads or refuses random bytes behind a good start', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 400 }), tail => {
        const bytes = new Uint8Array(24 + tail.length);
        bytes.set(anElf().subarray(0, 24));
        bytes.set(tail, 24);
        load(bytes);
      }),
      { numRuns: 500 },
    );
  });
});
