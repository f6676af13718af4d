/** Situations for one instruction: its bytes, and registers and memory that suit it. */
import { Random } from '../../src/base/index';
import { RFlags } from '../../src/arch/x86/index';
import type { Encoding } from '../../src/arch/x86/isa/definition';
import type { Situation } from './lockstep';
import { isIntel } from './notCompared';
import { slotAddresses, usualCodeOffset } from './lockstepSlots';
import { edge, InstructionMaker } from './randomInstruction';

const PAGE = 0x1000;
const PAGES = 2 * PAGE;
const [RCX, RSP, RBP, RSI, RDI] = [1, 4, 5, 6, 7];
const arithmeticFlags = 0x8d5;
const direction = 0x400;
const strings = new Set(['movs', 'cmps', 'stos', 'lods', 'scas']);

/** What of a situation is printed and pasted: the rest follows from `fill`. */
export interface BriefSituation {
  /** Which of the slots it lies in (lockstepSlots.ts): addresses depend on it. */
  readonly slot: number;
  readonly code: string;
  /** Where in its pages the instruction lies; default {@link usualCodeOffset}. */
  readonly codeOffset?: number;
  /** Whether execution may go on elsewhere than behind it. */
  readonly jumps?: boolean;
  /** Bases of FS and GS; default 0. */
  readonly segments?: readonly [fs: bigint, gs: bigint];
  readonly registers: readonly bigint[];
  readonly flags: number;
  readonly mxcsr: number;
  /** Control, status and tag words of the x87. */
  readonly x87: readonly [control: number, status: number, tags: number];
  /** Seed of what is in memory and vector registers. */
  readonly fill: number;
  /** A vector register whose lanes are to be small, for it is an index. */
  readonly vectorIndex?: number;
}

/** Makes random situations. */
export class SituationMaker {
  readonly #random: Random;
  readonly #instructions: InstructionMaker;

  constructor(random: Random) {
    this.#random = random;
    this.#instructions = new InstructionMaker(random);
  }

  /** A random situation for an encoding. */
  make(encoding: Encoding, slot: number): BriefSituation {
    const random = this.#random;
    const { definition } = encoding;
    const { code, data, stack } = slotAddresses(slot);
    // A little beyond the second page, so that some accesses fault.
    const window = { start: data + 0x800, bytes: PAGES - 0x800 + 8 };
    const instruction = this.#instructions.make(encoding, window);
    const { prefix, base } = instruction.segment;
    const registers = Array.from({ length: 16 }, () => edge(random));
    const inPages = (): bigint => BigInt(data + random.nextInt(0, PAGES - 1));
    if (strings.has(definition.name)) {
      registers[RCX] = BigInt(random.nextInt(0, 40));
      registers[RSI] = inPages();
      registers[RDI] = inPages();
    }
    if (definition.ends === true && encoding.hasModrm) registers.fill(BigInt(code + 0x500));
    for (const [number, value] of instruction.registers) registers[number] = value;
    if (definition.name === 'leave') registers[RBP] = inPages();
    registers[RSP] = BigInt(stack + PAGE / 2 + random.nextInt(0, 7));
    const down = definition.repeats === true && random.nextInt(0, 1) === 1;
    // What has to be aligned differs from maker to maker.
    const alignment = random.nextInt(0, 7) === 0 && isIntel ? RFlags.AC : 0;
    const jumps = definition.ends === true || encoding.operands.some(({ place }) => place === 'J');
    return {
      slot,
      code: Buffer.from(instruction.bytes).toString('hex'),
      ...this.#place(instruction.bytes.length),
      ...(jumps ? { jumps } : {}),
      ...(prefix === 0 ? {} : { segments: prefix === 0x64 ? [base, 0n] : [0n, base] }),
      registers,
      flags: 0x202 | (random.next32() & arithmeticFlags) | (down ? direction : 0) | alignment,
      mxcsr: randomMxcsr(random),
      x87: randomX87(random),
      fill: random.next32(),
      ...(instruction.vectorIndex >= 0 ? { vectorIndex: instruction.vectorIndex } : {}),
    };
  }

  /** Now and then across the end of a page. */
  #place(bytes: number): { codeOffset?: number } {
    if (bytes === 1 || this.#random.nextInt(0, 31) !== 0) return {};
    return { codeOffset: PAGE - this.#random.nextInt(1, bytes - 1) };
  }
}

/** Mostly as programs have it; else any rounding, flags, denormals as zeros, some exceptions unmasked. */
function randomMxcsr(random: Random): number {
  const kind = random.nextInt(0, 7);
  if (kind < 2) return 0x1f80;
  const flags = random.next32() & 0x3f;
  if (kind < 4) return 0x1f80 | flags;
  const control = random.next32() & 0xe040;
  const masks = kind < 7 ? 0x1f80 : random.next32() & 0x1f80;
  // What is noted already would be raised at once.
  return control | masks | (flags & (masks >> 7));
}

/**
 * Any precision and rounding; any top; registers that are mostly in use. Now and then some exceptions are not
 * masked, and rarely one of them waits to be raised.
 */
function randomX87(random: Random): readonly [number, number, number] {
  const masks = random.nextInt(0, 3) === 0 ? random.nextInt(0, 0x3f) : 0x3f;
  const control = random.nextInt(0, 1) === 0 ? 0x37f : 0x40 | masks | (random.nextInt(0, 15) << 8);
  const noted = random.nextInt(0, 3) === 0 ? random.nextInt(0, 0x3f) : 0;
  const reserved = (control & 0x300) === 0x100;
  const raised = random.nextInt(0, 15) === 0 ? 0x3f : masks;
  const status = (random.nextInt(0, 7) << 11) | (random.next32() & 0x4700) | (noted & raised);
  // Whoever loads the registers works out the summary.
  const summary = (status & ~control & 0x3f) === 0 ? 0 : 0x8080;
  const tags = random.nextInt(0, 3) === 0 ? random.nextInt(0, 255) : 0xff;
  return [reserved ? control | 0x300 : control, status | summary, tags];
}

/** Numbers of 80 bits that are worth trying, 16 bytes each. */
function wideNumbers(random: Random, count: number): Uint8Array {
  const stack = new Uint8Array(count * 16);
  const view = new DataView(stack.buffer);
  for (let i = 0; i < count; i++) {
    const kind = random.nextInt(0, 9);
    let significand = (BigInt(random.next32()) << 32n) | BigInt(random.next32()) | (1n << 63n);
    if (kind < 4) significand = BigInt(random.nextInt(1, 5)) << BigInt(61 - random.nextInt(0, 2));
    if (kind < 4 && significand >> 63n === 0n) significand = 1n << 63n;
    if (kind === 4) significand &= (1n << 63n) - 1n;
    let exponent = 16383 + random.nextInt(-70, 70);
    if (kind === 5) exponent = [0, 1, 0x7fff, 0x7ffe][random.nextInt(0, 3)]!;
    if (kind === 6) [significand, exponent] = [0n, 0];
    if (kind === 7)
      [significand, exponent] = [(1n << 63n) | (BigInt(random.nextInt(0, 3)) << 62n), 0x7fff];
    view.setBigUint64(i * 16, significand, true);
    view.setUint16(i * 16 + 8, exponent | (random.nextInt(0, 1) << 15), true);
  }
  return stack;
}

const numbers: readonly number[] = [
  ...[0, -0, 1, -1, 0.5, 1.5, 2.5, -2.5, 3, 1e10, 2 ** 31, -(2 ** 31), 2 ** 63, -(2 ** 63), 1e300],
  ...[Infinity, -Infinity, 5e-324, 2 ** -1040, 1e-40, 3.4e38, Number.MAX_VALUE, 2147483647.5],
];

/** A double number that is worth trying, or two single ones; sometimes one that is none. */
function putNumber(words: Uint32Array, at: number, random: Random): void {
  const kind = random.nextInt(0, 9);
  const pick = (): number => numbers[random.nextInt(0, numbers.length - 1)]!;
  if (kind === 0) {
    // Not a number, quiet or signalling, with something in it.
    words[at + 1] = 0x7ff0_0000 | (random.nextInt(0, 1) << 31) | random.nextInt(1, 0xfffff);
  } else if (kind === 1) {
    words[at] = 0x7f80_0000 | (random.nextInt(0, 1) << 31) | random.nextInt(1, 0x7fffff);
  } else if (kind < 6) {
    words.set(new Uint32Array(Float64Array.of(pick()).buffer), at);
  } else {
    words.set(new Uint32Array(Float32Array.of(pick(), pick()).buffer), at);
  }
}

const poolRandom = new Random(1);
const POOL_BYTES = 0x2_0000;
/** What memory and vector registers are filled from, beginning somewhere. */
const pool = filled(poolRandom, POOL_BYTES);
const WIDE_NUMBERS = 2048;
const wideNumberPool = wideNumbers(poolRandom, WIDE_NUMBERS);

function filled(random: Random, length: number): Uint8Array {
  const words = new Uint32Array(length / 4);
  for (let i = 0; i < words.length; i++) words[i] = random.next32();
  for (let i = 0; i < words.length / 2; i++) {
    if (random.nextInt(0, 2) === 0) putNumber(words, i * 2, random);
  }
  return new Uint8Array(words.buffer);
}

/** Lanes of 4 bytes, or of 8 where every second is a sign, become distances within some pages. */
function makeSmall(lanes: DataView, hasSigns: boolean): void {
  for (let at = 0; at < lanes.byteLength; at += 4) {
    const number = (lanes.getInt32(at, true) >> 22) * 2;
    const isSign = hasSigns && at % 8 === 4;
    lanes.setInt32(at, isSign ? lanes.getInt32(at - 4, true) >> 31 : number, true);
  }
}

/** Vector registers of which one is an index. */
function withSmallLanes(vectors: Uint8Array, index: number, hasSigns: boolean): Uint8Array {
  const copy = vectors.slice();
  for (const half of [0, 256])
    makeSmall(new DataView(copy.buffer, half + index * 16, 16), hasSigns);
  return copy;
}

/** All of a situation. */
export function situationOf(brief: BriefSituation): Situation {
  const { code, fill, registers, flags, mxcsr, vectorIndex } = brief;
  const from = (start: number, bytes: number): Uint8Array => {
    const at = (start % (POOL_BYTES - bytes)) & ~15;
    return pool.subarray(at, at + bytes);
  };
  const [control, status, tags] = brief.x87;
  const vectors = from(fill >>> 8, 512);
  const [fsBase, gsBase] = brief.segments ?? [0n, 0n];
  const wide = (fill % (WIDE_NUMBERS - 8)) * 16;
  return {
    ...{ registers, flags, mxcsr },
    codeOffset: brief.codeOffset ?? usualCodeOffset,
    jumps: brief.jumps ?? false,
    fsBase,
    gsBase,
    code: Buffer.from(code, 'hex'),
    memory: from(fill, 3 * PAGE),
    vectors:
      vectorIndex === undefined ? vectors : withSmallLanes(vectors, vectorIndex, fill % 2 === 1),
    x87: { control, status, tags },
    stack: wideNumberPool.subarray(wide, wide + 128),
  };
}

/** The text of a test of this situation. */
export function pasteable(name: string, situation: BriefSituation): string {
  const { slot, code, codeOffset, jumps, segments, registers, flags, mxcsr, x87, fill } = situation;
  const bases = (segments ?? []).map(value => `0x${value.toString(16)}n`).join(', ');
  const { vectorIndex } = situation;
  const index = vectorIndex === undefined ? '' : ` vectorIndex: ${String(vectorIndex)},`;
  const numbers = registers.map(value => `0x${value.toString(16)}n`).join(', ');
  const place = codeOffset === undefined ? '' : `codeOffset: 0x${codeOffset.toString(16)}, `;
  return [
    `it('${name} ${code}', () => {`,
    `  expectSame({ slot: ${String(slot)}, code: '${code}', ${place}${jumps === true ? 'jumps: true, ' : ''}` +
      (segments === undefined ? '' : `segments: [${bases}], `) +
      `flags: 0x${flags.toString(16)}, mxcsr: 0x${mxcsr.toString(16)},`,
    `    x87: [${x87.join(', ')}], fill: ${String(fill)},${index} registers: [${numbers}] });`,
    '});',
  ].join('\n');
}
