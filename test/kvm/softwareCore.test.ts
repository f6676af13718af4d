/**
 * Software cores against the host's processor: every encoding of the tables, with random operands, one
 * instruction at a time, others in each run. `FUZZ_COUNT` sets how many situations, `FUZZ_SEED` which.
 */
import { expect } from 'chai';
import { formatFailure, Fuzzer } from '../support/fuzz';
import type { BriefSituation } from '../support/randomSituation';

const count = Number(process.env['FUZZ_COUNT'] ?? 100_000);
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now());

describe('A software core does what the processor does', function () {
  this.timeout(600_000);
  let fuzzer: Fuzzer;
  before(() => {
    fuzzer = new Fuzzer();
  });
  after(() => {
    fuzzer.dispose();
  });

  const expectSame = (situation: BriefSituation): void => {
    expect(fuzzer.differ(situation, { flags: 0, mxcsr: 0 })).to.deep.equal([]);
  };

  it(`in ${String(count)} random situations, FUZZ_SEED=${String(seed)}`, () => {
    for (const failure of fuzzer.run(count, seed)) expect.fail(formatFailure(failure));
  });

  it('moves on by the byte where source and target of a repeated move overlap', () => {
    const registers = new Array<bigint>(16).fill(0n);
    registers[1] = 100n;
    registers[6] = 0x1000_3010n;
    registers[7] = 0x1000_3013n;
    registers[4] = 0x1000_6800n;
    const x87 = [0x37f, 0, 0] as const;
    expectSame({ slot: 0, code: 'f3a4', registers, flags: 0x202, mxcsr: 0x1f80, x87, fill: 1 });
  });
});
