/**
 * Software cores against the host's processor: every encoding of the tables, with random operands, one
 * instruction at a time, others in each run. `FUZZ_COUNT` sets how many situations, `FUZZ_SEED` which.
 */
import { expect } from 'chai';
import { formatFailure, Fuzzer } from '../support/fuzzer';
import { describeWithKvm } from '../support/kvm';
import { noTolerance } from '../support/lockstepOutcome';
import { slotAddresses } from '../support/lockstepSlots';
import type { BriefSituation } from '../support/randomSituation';

/** Measuring coverage makes all of it slower, and needs less. */
const usualCount = process.env['NODE_V8_COVERAGE'] === undefined ? 100_000 : 10_000;
const count = Number(process.env['FUZZ_COUNT'] ?? usualCount);
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now());

const [RCX, RSI, RDI] = [1, 6, 7];
const DATA = BigInt(slotAddresses(0).data);
const STACK = BigInt(slotAddresses(0).stack + 0x800);

describeWithKvm('A software core does what the processor does', function () {
  this.timeout(600_000);
  let fuzzer: Fuzzer;
  before(() => {
    fuzzer = new Fuzzer();
  });
  after(() => {
    fuzzer.dispose();
  });

  const expectSame = (situation: BriefSituation): void => {
    expect(fuzzer.differ(situation, noTolerance)).to.deep.equal([]);
  };

  const expectSameOf = (code: string, values: Readonly<Record<number, bigint>>): void => {
    const registers = Array.from({ length: 16 }, (_, i) => values[i] ?? (i === 4 ? STACK : 0n));
    const x87 = [0x37f, 0, 0] as const;
    expectSame({ slot: 0, code, registers, flags: 0x202, mxcsr: 0x1f80, x87, fill: 1 });
  };

  it(`in ${String(count)} random situations, FUZZ_SEED=${String(seed)}`, () => {
    for (const failure of fuzzer.run(count, seed)) expect.fail(formatFailure(failure));
  });

  it('moves on by the byte where source and target of a repeated move overlap', () => {
    expectSameOf('f3a4', { [RCX]: 100n, [RSI]: DATA + 0x10n, [RDI]: DATA + 0x13n });
  });

  it('reads two bytes for a MOVSXD of two, at the end of what is mapped', () => {
    expectSameOf('66406316', { [RSI]: DATA + 0x1ffen });
  });
});
