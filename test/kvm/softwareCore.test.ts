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

const [RAX, RCX, RDX, RBP, RSI, RDI] = [0, 1, 2, 5, 6, 7];
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

  const expectSameOf = (
    code: string,
    values: Readonly<Record<number, bigint>>,
    segments: readonly [bigint, bigint] = [0n, 0n],
  ): void => {
    const registers = Array.from({ length: 16 }, (_, i) => values[i] ?? (i === 4 ? STACK : 0n));
    const x87 = [0x37f, 0, 0] as const;
    const usual = { slot: 0, flags: 0x202, mxcsr: 0x1f80, x87, fill: 1 };
    expectSame({ ...usual, code, segments, registers });
  };

  it(`in ${String(count)} random situations, FUZZ_SEED=${String(seed)}`, () => {
    for (const failure of fuzzer.run(count, seed)) expect.fail(formatFailure(failure));
  });

  it('also where it has to forget forms of instructions again and again', () => {
    const forgetful = new Fuzzer(500);
    try {
      for (const failure of forgetful.run(5_000, seed)) expect.fail(formatFailure(failure));
    } finally {
      forgetful.dispose();
    }
  });

  it('moves on by the byte where source and target of a repeated move overlap', () => {
    expectSameOf('f3a4', { [RCX]: 100n, [RSI]: DATA + 0x10n, [RDI]: DATA + 0x13n });
  });

  it('reads two bytes for a MOVSXD of two, at the end of what is mapped', () => {
    expectSameOf('66406316', { [RSI]: DATA + 0x1ffen });
  });

  it('adds the base of a segment once, whatever the scale of an index that is not there', () => {
    // mov %fs:(%rdx), %eax, with a SIB byte of scale 8
    expectSameOf('648b04e2', { [RDX]: DATA - 0x1000n }, [0x1004n, 0n]);
    // movabs %fs:…, %al, behind an instruction with a scale
    expectSameOf('64a00000000000000000', {}, [DATA, 0n]);
  });

  it('blames the stack only for addresses in it', () => {
    for (const code of ['8b4500', '648b4500', '64428b440500', '8b00']) {
      expectSameOf(code, { [RBP]: 1n << 62n, [RAX]: 1n << 62n });
    }
  });

  it('leaves the base of a segment out of LEA', () => {
    expectSameOf('65488d4710', { [RDI]: 5n }, [0n, 0x1234n]);
  });

  it('cuts the address of a bit in memory to 32 bits where addresses have so many', () => {
    // bt %rcx, (%esi)
    expectSameOf('67480fa30e', { [RSI]: DATA | (5n << 32n), [RCX]: 1n << 63n });
    expectSameOf('67480fa30e', { [RSI]: DATA + 8n, [RCX]: -64n & (2n ** 64n - 1n) });
  });

  it('takes a number for too big that rounds up to what an integer cannot be', () => {
    // cvtsd2si -0x3bc7c1a6(%r8), %r12d: just below 2^31
    const registers = Array.from({ length: 16 }, (_, i) => (i === 8 ? 0x4bde0aeen : 0n));
    const [code, x87] = ['f2470f2da05a3e38c4', [0x37f, 0, 0] as const];
    expectSame({ slot: 44, code, flags: 0x202, mxcsr: 0x1ff6, x87, fill: 58878168, registers });
  });

  it('leaves memory alone that a store of the x87 would go to which raises an exception instead', () => {
    const registers = Array.from({ length: 16 }, (_, i) => (i === 4 ? STACK : 0n));
    // An empty stack, and the exception for it not masked: at the page of address 0.
    const rest = {
      slot: 0,
      flags: 0x202,
      mxcsr: 0x1f80,
      x87: [0x37e, 0, 0] as const,
      fill: 1,
      registers,
    };
    for (const code of ['d910', 'd918', 'db38', 'dd18', 'df30', 'df38']) {
      expectSame({ ...rest, code });
    }
  });

  it('has ENTER look whether something can be written where RSP ends', () => {
    expectSameOf('c8f80700', {});
    expectSameOf('c8000800', {});
    expectSameOf('c8000802', { [RBP]: STACK });
  });

  it('has no C1 of FRNDINT where a denormal is an exception', () => {
    const registers = Array.from({ length: 16 }, () => 0n);
    const x87 = [0x759, 0x7500, 255] as const;
    const rest = { flags: 0x202, mxcsr: 0x1f80, x87, fill: 30943848, registers };
    expectSame({ slot: 82, code: '4dd9fc', ...rest });
  });
});
