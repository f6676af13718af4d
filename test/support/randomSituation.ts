/** Situations for one instruction: its bytes, and registers and memory that suit it. */
import { Random } from '../../src/base/index';
import type { Encoding } from '../../src/arch/x86/isa/definition';
import { middleOfStack, rspNumber, type Situation } from './lockstep';
import { edge, InstructionMaker } from './randomInstruction';
import { CODE, DATA } from './seGuest';

const PAGES = 0x2000;
const [RCX, RBP, RSI, RDI] = [1, 5, 6, 7];
const arithmeticFlags = 0x8d5;
const direction = 0x400;
/** A little beyond the second page, so that some accesses fault. */
const operands = { start: DATA + 0x800, bytes: PAGES - 0x800 + 8 };
const strings = new Set(['movs', 'cmps', 'stos', 'lods', 'scas']);

/** What of a situation is printed and pasted: the rest follows from `fill`. */
export interface BriefSituation {
  readonly code: string;
  readonly registers: readonly bigint[];
  readonly flags: number;
  readonly mxcsr: number;
  /** Control, status and tag words of the x87. */
  readonly x87: readonly [control: number, status: number, tags: number];
  /** Seed of what is in memory and vector registers. */
  readonly fill: number;
}

/** A random situation for an encoding. */
export function randomSituation(random: Random, encoding: Encoding): BriefSituation {
  const { definition } = encoding;
  const instruction = new InstructionMaker(random, operands).make(encoding);
  const registers = Array.from({ length: 16 }, () => edge(random));
  const inPages = (): bigint => BigInt(DATA + random.nextInt(0, PAGES - 1));
  if (strings.has(definition.name)) {
    registers[RCX] = BigInt(random.nextInt(0, 40));
    registers[RSI] = inPages();
    registers[RDI] = inPages();
  }
  if (definition.name === 'leave') registers[RBP] = inPages();
  if (definition.ends === true && encoding.hasModrm) registers.fill(BigInt(CODE + 0x500));
  for (const [number, value] of instruction.registers) registers[number] = value;
  registers[rspNumber] = middleOfStack + BigInt(random.nextInt(0, 7));
  const down = definition.repeats === true && random.nextInt(0, 1) === 1;
  return {
    code: Buffer.from(instruction.bytes).toString('hex'),
    registers,
    flags: 0x202 | (random.next32() & arithmeticFlags) | (down ? direction : 0),
    mxcsr: 0x1f80,
    x87: randomX87(random),
    fill: random.next32(),
  };
}

/** Any precision and rounding, all exceptions masked; any top; registers that are mostly in use. */
function randomX87(random: Random): readonly [number, number, number] {
  const control = random.nextInt(0, 1) === 0 ? 0x37f : 0x7f | (random.nextInt(0, 15) << 8);
  const reserved = (control & 0x300) === 0x100;
  const status = (random.nextInt(0, 7) << 11) | (random.next32() & 0x4700);
  const tags = random.nextInt(0, 3) === 0 ? random.nextInt(0, 255) : 0xff;
  return [reserved ? control | 0x300 : control, status, tags];
}

/** Eight numbers of 80 bits that are worth trying. */
function x87Stack(random: Random): Uint8Array {
  const stack = new Uint8Array(128);
  const view = new DataView(stack.buffer);
  for (let i = 0; i < 8; i++) {
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

/** All of a situation. */
export function situationOf({ code, fill, x87, ...rest }: BriefSituation): Situation {
  const random = new Random(fill);
  const filled = (length: number): Uint8Array => {
    const words = new Uint32Array(length / 4);
    for (let i = 0; i < words.length; i++) words[i] = random.next32();
    for (let i = 0; i < words.length / 2; i++) {
      if (random.nextInt(0, 2) === 0) putNumber(words, i * 2, random);
    }
    return new Uint8Array(words.buffer);
  };
  const [control, status, tags] = x87;
  return {
    ...rest,
    code: [...Buffer.from(code, 'hex')],
    data: filled(PAGES),
    vectors: filled(512),
    x87: { control, status, tags },
    stack: x87Stack(random),
  };
}

/** The text of a test of this situation. */
export function pasteable(
  name: string,
  { code, registers, flags, mxcsr, x87, fill }: BriefSituation,
): string {
  const numbers = registers.map(value => `0x${value.toString(16)}n`).join(', ');
  return (
    `it('${name} ${code}', () => {\n  expectSame({ code: '${code}', flags: 0x${flags.toString(16)}, ` +
    `mxcsr: 0x${mxcsr.toString(16)}, x87: [${x87.join(', ')}], fill: ${String(fill)},\n    registers: [${numbers}] });\n});`
  );
}
