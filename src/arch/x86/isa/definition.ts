/**
 * What an instruction is: its encodings, its operands, the flags that it reads and writes, and what it
 * does. The tables are in `instructions/`; this is their vocabulary.
 */
import { panic } from '../../../base/index';
import { parseOperand, type OperandSpec } from './operand';
import type { Semantics } from './semantics';

/** Which flags an instruction reads and writes: letters of `oszapc`. */
export interface FlagUse {
  readonly reads?: string;
  readonly writes?: string;
}

/** What is unusual about an instruction. */
export interface DefinitionOptions extends FlagUse {
  /** Operand size in 64-bit mode: 8 unless 0x66 makes it 2; or 8 whatever the prefixes say. */
  readonly size?: 'default64' | 'always64';
  /** LOCK may stand before it when its first operand is memory. `always`: it is locked without, too. */
  readonly lock?: true | 'always';
  /** Execution goes on elsewhere than behind it: the end of a block. */
  readonly ends?: boolean;
  /** It is no instruction of a program, and does not count as one. */
  readonly pseudo?: boolean;
  /** The memory operand is an offset, wherever its segment begins. */
  readonly ignoresSegment?: boolean;
  /** F2 and F3 repeat it. */
  readonly repeats?: boolean;
  /** There is a VEX form with the same opcode; of vectors, unless scalar, also one of 32 bytes. */
  readonly avx?: 'scalar' | 'vector128' | 'vector';
  /**
   * Memory operands of 16 bytes and more lie at multiples of their size: without VEX, or always. `never`:
   * smaller ones need not either where a program has alignment checked.
   */
  readonly aligned?: 'legacy' | 'always' | 'never';
  /**
   * The immediate is part of the form: code is generated for each that is met. Where the index is a
   * vector it is the scale's logarithm.
   */
  readonly immediateInForm?: boolean;
  /** The operating system has to have enabled these registers, though no operand shows it. */
  readonly state?: 'avx';
}

/** An instruction. */
export interface Definition extends DefinitionOptions {
  /** Its mnemonic; several definitions may share one. */
  readonly name: string;
  readonly semantics: (context: Semantics) => void;
}

/** A mandatory prefix: none of 66, F2, F3; one of them; or whatever there is. */
export type MandatoryPrefix = 'NP' | '66' | 'F2' | 'F3' | 'any';

/** One way to encode an instruction. */
export interface Encoding {
  readonly definition: Definition;
  readonly operands: readonly OperandSpec[];
  readonly prefix: MandatoryPrefix;
  /** Whether the encoding begins with VEX. */
  readonly vex: boolean;
  /** Required VEX.L, or null. */
  readonly l: 0 | 1 | null;
  /** Required REX.W or VEX.W, or null. */
  readonly w: 0 | 1 | null;
  /** Whether REX.B has to be set. */
  readonly rexB: boolean;
  /** 0: one byte; 1: 0F; 2: 0F 38; 3: 0F 3A. */
  readonly map: number;
  readonly opcode: number;
  /** How many opcodes in a row, for a register in the low bits. */
  readonly opcodes: 1 | 8;
  /** Required ModRM.reg, or -1. */
  readonly reg: number;
  /** Required whole ModRM byte, or -1. */
  readonly modrmByte: number;
  readonly mod: 'reg' | 'mem' | null;
  readonly hasModrm: boolean;
}

/** Encodings of a family: operands by opcode. */
export type EncodingTable = Readonly<Record<string, string>>;

/** A family of instructions: what the decoder and the interpreter are made from. */
export type Family = readonly Encoding[];

const maps: Readonly<Record<string, number>> = { '0F': 1, '0F38': 2, '0F3A': 3 };

/**
 * Defines an instruction. An encoding reads, in this order and each part but the opcode optional:
 * `VEX`, `L0` or `L1`, `W0` or `W1`, `B1` for REX.B, `NP`/`66`/`F2`/`F3`, the map, the opcode (`50+r`
 * for eight), `/0` to `/7` for ModRM.reg, `=D0` for a whole ModRM byte, `reg` or `mem` for ModRM.mod.
 * Its operands follow the SDM's maps (operand.ts).
 */
export function define(
  name: string,
  encodings: EncodingTable,
  options: DefinitionOptions,
  semantics: (context: Semantics) => void,
): Encoding[] {
  const definition = { ...options, name, semantics };
  return Object.entries(encodings).flatMap(([encoding, operands]) => {
    const specs = operands === '' ? [] : operands.split(',').map(parseOperand);
    const parsed = parseEncoding(encoding, definition, specs);
    if (options.avx === undefined || parsed.vex) return [parsed];
    return [parsed, vexForm(parsed, options.avx)];
  });
}

function vexForm(encoding: Encoding, kind: NonNullable<DefinitionOptions['avx']>): Encoding {
  return { ...encoding, vex: true, l: kind === 'vector128' ? 0 : null };
}

/** What operands say of ModRM.mod. */
function modOf(operands: readonly OperandSpec[]): 'reg' | 'mem' | null {
  if (operands.some(({ place }) => place === 'M')) return 'mem';
  return operands.some(({ place }) => place === 'R' || place === 'U' || place === 'N')
    ? 'reg'
    : null;
}

const modrmPlaces = 'EGMRVWUFPQN';

function parseEncoding(
  text: string,
  definition: Definition,
  operands: readonly OperandSpec[],
): Encoding {
  const words = text.split(' ');
  const takeOne = (...choices: readonly string[]): string | undefined => {
    const [word] = words;
    if (word === undefined || !choices.includes(word)) return undefined;
    return words.shift();
  };
  const vex = takeOne('VEX') !== undefined;
  const l = takeOne('L0', 'L1');
  const w = takeOne('W0', 'W1');
  const rexB = takeOne('B1') !== undefined;
  const prefix = takeOne('NP', '66', 'F2', 'F3') as MandatoryPrefix | undefined;
  const map = maps[takeOne('0F', '0F38', '0F3A') ?? ''] ?? 0;
  const opcodeWord = words.shift() ?? '';
  const opcodes = opcodeWord.endsWith('+r') ? 8 : 1;
  const regWord = takeOne('/0', '/1', '/2', '/3', '/4', '/5', '/6', '/7');
  const modrmWord = words[0]?.startsWith('=') === true ? words.shift() : undefined;
  const mod = takeOne('reg', 'mem') as 'reg' | 'mem' | undefined;
  const opcode = parseInt(opcodeWord, 16);
  if (words.length > 0 || Number.isNaN(opcode)) panic(`${definition.name}: encoding ${text}`);
  return {
    ...{ definition, operands, vex, rexB, map, opcode, opcodes, prefix: prefix ?? 'any' },
    l: l === undefined ? null : l === 'L1' ? 1 : 0,
    w: w === undefined ? null : w === 'W1' ? 1 : 0,
    reg: regWord === undefined ? -1 : Number(regWord[1]),
    modrmByte: modrmWord === undefined ? -1 : parseInt(modrmWord.slice(1), 16),
    mod: mod ?? modOf(operands),
    hasModrm:
      regWord !== undefined ||
      modrmWord !== undefined ||
      operands.some(({ place }) => modrmPlaces.includes(place)),
  };
}
