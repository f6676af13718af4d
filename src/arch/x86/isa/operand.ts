/**
 * Operands as the opcode maps of the SDM write them (volume 2, appendix A.2): a letter for where the
 * operand is, and letters for its size.
 */
import { panic } from '../../../base/index';

/** Where an operand is. */
export type OperandPlace =
  /** General register or memory, by ModRM.rm. */
  | 'E'
  /** General register, by ModRM.reg. */
  | 'G'
  /** Memory only. */
  | 'M'
  /** General register, by ModRM.rm. */
  | 'R'
  /** General register, by the low bits of the opcode. */
  | 'Z'
  /** General register, by VEX.vvvv. */
  | 'B'
  /** Immediate. */
  | 'I'
  /** Distance to the target of a jump. */
  | 'J'
  /** Memory at an absolute address. */
  | 'O'
  /** Vector register, by ModRM.reg. */
  | 'V'
  /** Vector register or memory, by ModRM.rm. */
  | 'W'
  /** Vector register, by ModRM.rm. */
  | 'U'
  /** Vector register, by VEX.vvvv; without VEX the same as the first operand. */
  | 'H'
  /** Vector register, by bits 7 to 4 of an immediate. */
  | 'L'
  /** Vector register, by SIB.index: what is added to the address differs from lane to lane. */
  | 'X'
  /** A register of the x87, by ModRM.rm: its number, counted from the top of the stack. */
  | 'F'
  /** MMX register, by ModRM.reg. */
  | 'P'
  /** MMX register or memory, by ModRM.rm. */
  | 'Q'
  /** MMX register, by ModRM.rm. */
  | 'N'
  /** A certain general register. */
  | 'fixed'
  /** A number that is part of the instruction's meaning. */
  | 'number';

/**
 * Sizes: byte, word, doubleword, quadword; `v` operand size; `z` the same, but 4 for 8; `y` 8 with
 * REX.W, else 4; `s` a byte, sign-extended to the operand size; `ss`, `sd` scalar single, double;
 * `dq` 16 bytes; `qq` 32; `x` 16, or 32 with VEX.L; `h` half of `x`, `f` a quarter.
 */
export type SizeCode =
  'b' | 'w' | 'd' | 'q' | 'v' | 'z' | 'y' | 's' | 'ss' | 'sd' | 'dq' | 'qq' | 'x' | 'h' | 'f' | 'a';

/** One operand of an encoding. */
export interface OperandSpec {
  readonly place: OperandPlace;
  readonly size: SizeCode;
  /** The number of a fixed register (as instructions encode it), or the number itself. */
  readonly number: number;
}

const named: Readonly<Record<string, OperandSpec>> = {
  AL: { place: 'fixed', size: 'b', number: 0 },
  CL: { place: 'fixed', size: 'b', number: 1 },
  AX: { place: 'fixed', size: 'w', number: 0 },
  rAX: { place: 'fixed', size: 'v', number: 0 },
  eAX: { place: 'fixed', size: 'z', number: 0 },
  1: { place: 'number', size: 'b', number: 1 },
  3: { place: 'number', size: 'b', number: 3 },
  F: { place: 'F', size: 'b', number: 0 },
};

const PATTERN = /^([EGMRZBIJOVWUHLPQNX])([a-z]{1,2})$/;

/** Reads one operand. @throws {PanicError} when the notation is unknown */
export function parseOperand(text: string): OperandSpec {
  const known = named[text];
  if (known !== undefined) return known;
  const match = PATTERN.exec(text);
  if (match === null) return panic(`unknown operand ${text}`);
  return { place: match[1] as OperandPlace, size: match[2] as SizeCode, number: 0 };
}

/** What the size of an operand depends on. */
export interface SizeContext {
  /** Operand size of the instruction in bytes: 2, 4 or 8. */
  readonly operandSize: number;
  /** REX.W or VEX.W. */
  readonly w: boolean;
  /** Bytes of the vectors: 16 or 32. */
  readonly vectorBytes: number;
}

/** Sizes that depend on prefixes. */
type VariableSize = 'v' | 'z' | 'y' | 'h' | 'f' | 'x';

const fixedSizes: Readonly<Partial<Record<SizeCode, number>>> = {
  ...{ b: 1, w: 2, d: 4, q: 8, s: 1, ss: 4, sd: 8, dq: 16, qq: 32, a: 0 },
};

/** Bytes of an operand. */
export function sizeOf(size: SizeCode, context: SizeContext): number {
  const fixed = fixedSizes[size];
  if (fixed !== undefined) return fixed;
  switch (size as VariableSize) {
    case 'v':
      return context.operandSize;
    case 'z':
      return Math.min(context.operandSize, 4);
    case 'y':
      return context.w ? 8 : 4;
    case 'h':
      return context.vectorBytes / 2;
    case 'f':
      return context.vectorBytes / 4;
    case 'x':
      return context.vectorBytes;
  }
}
