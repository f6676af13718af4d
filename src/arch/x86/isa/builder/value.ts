/**
 * Expressions of generated code: immutable nodes with a type. Constructors fold constants, so that a
 * definition that is given constant operands becomes the code that a person would write for them.
 *
 * A value may be used as often as one likes: the emitter computes it once.
 */
import { panic } from '../../../../base/index';
import type { ValueType } from './wasmModule';

/** The types of integers. Values of 1, 2 and 4 bytes are `i32`, of 8 bytes `i64`. */
export type IntType = 'i32' | 'i64';

/** What a node is, beyond an operation on its operands. */
export type Leaf =
  | { readonly kind: 'operation' }
  | { readonly kind: 'constant'; readonly number: bigint }
  | { readonly kind: 'local'; readonly index: number };

const operation: Leaf = { kind: 'operation' };

/** An expression without effects. */
export class Value<out T extends ValueType = ValueType> {
  readonly type: T;
  /** Opcode; those behind a prefix byte have it in bits 16 to 23. */
  readonly opcode: number;
  readonly operands: readonly Value[];
  /** Bytes that follow the opcode. */
  readonly immediate: readonly number[];
  readonly leaf: Leaf;
  /** How deep the blocks are nested outside of which it has no meaning. */
  readonly depth: number;

  constructor(
    type: T,
    opcode: number,
    operands: readonly Value[],
    immediate: readonly number[] = [],
    leaf: Leaf = operation,
    depth = 0,
  ) {
    this.type = type;
    this.opcode = opcode;
    this.operands = operands;
    this.immediate = immediate;
    this.leaf = leaf;
    this.depth = operands.reduce((deepest, each) => Math.max(deepest, each.depth), depth);
  }

  /** The number that it is, if that is known: signed. */
  get constant(): bigint | null {
    return this.leaf.kind === 'constant' ? this.leaf.number : null;
  }
}

/** A truth value: as a number it is 0 or 1, never anything else. */
export class Condition {
  readonly value: Value<'i32'>;

  /** @param value - 0 or 1; for this folder's files alone */
  constructor(value: Value<'i32'>) {
    this.value = value;
  }
}

/** A constant of an integer type. */
export function constant<T extends IntType>(type: T, number: number | bigint): Value<T> {
  const wide = BigInt(number);
  const folded = type === 'i32' ? BigInt.asIntN(32, wide) : BigInt.asIntN(64, wide);
  const opcode = type === 'i32' ? 0x41 : 0x42;
  return new Value<T>(type, opcode, [], [], { kind: 'constant', number: folded });
}

/** A 32-bit constant. */
export const i32 = (number: number): Value<'i32'> => constant('i32', number);
/** A 64-bit constant. */
export const i64 = (number: number | bigint): Value<'i64'> => constant('i64', number);

const bitsOf = (type: IntType): number => (type === 'i32' ? 32 : 64);

interface BinaryRule {
  readonly i32: number;
  readonly i64: number;
  readonly fold: (a: bigint, b: bigint, bits: number) => bigint;
  /** With this as second operand the result is the first. */
  readonly neutral?: bigint;
  /** With this as second operand the result is this too. */
  readonly absorbing?: bigint;
}

type Binary = <T extends IntType>(a: Value<T>, b: Value<T>) => Value<T>;

function binary(rule: BinaryRule): Binary {
  return (a, b) => {
    if (a.type !== b.type) panic(`operands of types ${a.type} and ${b.type}`);
    const [x, y] = [a.constant, b.constant];
    if (y !== null) {
      if (x !== null) return constant(a.type, rule.fold(x, y, bitsOf(a.type)));
      if (y === rule.neutral) return a;
      if (y === rule.absorbing) return b;
    }
    return new Value(a.type, rule[a.type], [a, b]);
  };
}

const shiftCount = (count: bigint, bits: number): bigint => count & BigInt(bits - 1);

/** The sum, modulo the width. */
export const add = binary({ i32: 0x6a, i64: 0x7c, fold: (a, b) => a + b, neutral: 0n });
/** The difference, modulo the width. */
export const sub = binary({ i32: 0x6b, i64: 0x7d, fold: (a, b) => a - b, neutral: 0n });
/** The low half of the product. */
export const mul = binary({ i32: 0x6c, i64: 0x7e, fold: (a, b) => a * b, neutral: 1n });
/** Bits that both have. */
export const and = binary({
  ...{ i32: 0x71, i64: 0x83, fold: (a, b) => a & b },
  ...{ neutral: -1n, absorbing: 0n },
});
/** Bits that any has. */
export const or = binary({
  ...{ i32: 0x72, i64: 0x84, fold: (a, b) => a | b },
  ...{ neutral: 0n, absorbing: -1n },
});
/** Bits that one has. */
export const xor = binary({ i32: 0x73, i64: 0x85, fold: (a, b) => a ^ b, neutral: 0n });
/** To the left; shifts take the count modulo the width, as x86 does. */
export const shl = binary({
  ...{ i32: 0x74, i64: 0x86, neutral: 0n },
  fold: (a, b, bits) => a << shiftCount(b, bits),
});
/** To the right, by copies of the sign. */
export const shrS = binary({
  ...{ i32: 0x75, i64: 0x87, neutral: 0n },
  fold: (a, b, bits) => a >> shiftCount(b, bits),
});
/** To the right, by zeros. */
export const shrU = binary({
  ...{ i32: 0x76, i64: 0x88, neutral: 0n },
  fold: (a, b, bits) => BigInt.asUintN(bits, a) >> shiftCount(b, bits),
});
/** Around to the left. */
export const rotl = binary({
  ...{ i32: 0x77, i64: 0x89, neutral: 0n },
  fold: (a, b, bits) => rotate(a, shiftCount(b, bits), bits),
});
/** Around to the right. */
export const rotr = binary({
  ...{ i32: 0x78, i64: 0x8a, neutral: 0n },
  fold: (a, b, bits) => rotate(a, (BigInt(bits) - shiftCount(b, bits)) % BigInt(bits), bits),
});

function rotate(value: bigint, count: bigint, bits: number): bigint {
  const unsigned = BigInt.asUintN(bits, value);
  return (unsigned << count) | (unsigned >> (BigInt(bits) - count));
}

type Unary = <T extends IntType>(a: Value<T>) => Value<T>;

const unary =
  (codes: Readonly<Record<IntType, number>>): Unary =>
  a =>
    new Value(a.type, codes[a.type], [a]);

/** Number of leading zero bits; all of them for 0. */
export const clz: Unary = unary({ i32: 0x67, i64: 0x79 });
/** Number of trailing zero bits; all of them for 0. */
export const ctz: Unary = unary({ i32: 0x68, i64: 0x7a });
/** Number of bits that are 1. */
export const popcnt: Unary = unary({ i32: 0x69, i64: 0x7b });
/** All bits inverted. */
export const invert: Unary = a => xor(a, constant(a.type, -1));
/** 0 minus the value. */
export const negate: Unary = a => sub(constant(a.type, 0), a);

/**
 * Division, which traps when it cannot be done: to be evaluated where it stands, by
 * `CodeBuilder.let`, behind a check.
 */
export const divS = <T extends IntType>(a: Value<T>, b: Value<T>): Value<T> =>
  new Value(a.type, a.type === 'i32' ? 0x6d : 0x7f, [a, b]);
/** @see divS */
export const divU = <T extends IntType>(a: Value<T>, b: Value<T>): Value<T> =>
  new Value(a.type, a.type === 'i32' ? 0x6e : 0x80, [a, b]);
/** @see divS */
export const remS = <T extends IntType>(a: Value<T>, b: Value<T>): Value<T> =>
  new Value(a.type, a.type === 'i32' ? 0x6f : 0x81, [a, b]);
/** @see divS */
export const remU = <T extends IntType>(a: Value<T>, b: Value<T>): Value<T> =>
  new Value(a.type, a.type === 'i32' ? 0x70 : 0x82, [a, b]);

// Conversions

/** The low half of 64 bits. */
export function wrap(a: Value<'i64'>): Value<'i32'> {
  return a.constant === null ? new Value('i32', 0xa7, [a]) : constant('i32', a.constant);
}

/** 32 bits made 64 by copies of the sign. */
export function extendS(a: Value<'i32'>): Value<'i64'> {
  return a.constant === null ? new Value('i64', 0xac, [a]) : constant('i64', a.constant);
}

/** 32 bits made 64 by zeros. */
export function extendU(a: Value<'i32'>): Value<'i64'> {
  if (a.constant === null) return new Value('i64', 0xad, [a]);
  return constant('i64', BigInt.asUintN(32, a.constant));
}

const signExtension = {
  i32: { 1: 0xc0, 2: 0xc1, 4: 0, 8: 0 },
  i64: { 1: 0xc2, 2: 0xc3, 4: 0xc4, 8: 0 },
} as const;

/** The value of the low `bytes` bytes, by copies of their sign. */
export function signExtend<T extends IntType>(a: Value<T>, bytes: 1 | 2 | 4 | 8): Value<T> {
  const opcode = signExtension[a.type][bytes];
  if (opcode === 0) return a;
  if (a.constant !== null) return constant(a.type, BigInt.asIntN(bytes * 8, a.constant));
  return new Value(a.type, opcode, [a]);
}

/** A value of either integer type as 64 bits, by zeros. */
export function wide(a: Value<IntType>): Value<'i64'> {
  return a.type === 'i64' ? (a as Value<'i64'>) : extendU(a as Value<'i32'>);
}

/** A value of either integer type cut or extended by zeros to a type. */
export function convert<T extends IntType>(a: Value<IntType>, type: T): Value<T> {
  if (a.type === type) return a as Value<T>;
  const other = type === 'i32' ? wrap(a as Value<'i64'>) : extendU(a as Value<'i32'>);
  return other as unknown as Value<T>;
}
