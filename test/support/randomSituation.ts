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
    fill: random.next32(),
  };
}

/** All of a situation. */
export function situationOf({ code, fill, ...rest }: BriefSituation): Situation {
  const random = new Random(fill);
  const filled = (length: number): Uint8Array => {
    const words = new Uint32Array(length / 4);
    for (let i = 0; i < words.length; i++) words[i] = random.next32();
    return new Uint8Array(words.buffer);
  };
  return {
    ...rest,
    code: [...Buffer.from(code, 'hex')],
    data: filled(PAGES),
    vectors: filled(512),
  };
}

/** The text of a test of this situation. */
export function pasteable(
  name: string,
  { code, registers, flags, mxcsr, fill }: BriefSituation,
): string {
  const numbers = registers.map(value => `0x${value.toString(16)}n`).join(', ');
  return (
    `it('${name} ${code}', () => {\n  expectSame({ code: '${code}', flags: 0x${flags.toString(16)}, ` +
    `mxcsr: 0x${mxcsr.toString(16)}, fill: ${String(fill)},\n    registers: [${numbers}] });\n});`
  );
}
