/** Vectors of 128 bits in expressions: WebAssembly's own operations, by shape and name. */
import { Value } from './value';
import { pushUnsigned } from './wasmModule';

/** 16 bytes. */
export type Vector = Value<'v128'>;

const PREFIX = 0xfd0000;

const unary =
  (opcode: number) =>
  (a: Vector): Vector =>
    new Value('v128', PREFIX | opcode, [a]);

const binary =
  (opcode: number) =>
  (a: Vector, b: Vector): Vector =>
    new Value('v128', PREFIX | opcode, [a, b]);

const shift =
  (opcode: number) =>
  (a: Vector, count: Value<'i32'>): Vector =>
    new Value('v128', PREFIX | opcode, [a, count]);

const toNumber =
  (opcode: number) =>
  (a: Vector): Value<'i32'> =>
    new Value('i32', PREFIX | opcode, [a]);

/** All bits. */
export const bits = {
  not: unary(0x4d),
  and: binary(0x4e),
  /** The first where the second is 0. */
  andNot: binary(0x4f),
  or: binary(0x50),
  xor: binary(0x51),
} as const;

/** Bits of `a` where the mask is 1, else of `b`. */
export function bitSelect(a: Vector, b: Vector, mask: Vector): Vector {
  return new Value('v128', PREFIX | 0x52, [a, b, mask]);
}

/** 16 lanes of 8 bits. */
export const i8x16 = {
  ...{ swizzle: binary(0x0e), equal: binary(0x23), greaterS: binary(0x27), abs: unary(0x60) },
  ...{ bitmask: toNumber(0x64), narrowS: binary(0x65), narrowU: binary(0x66) },
  ...{ add: binary(0x6e), addSatS: binary(0x6f), addSatU: binary(0x70) },
  ...{ sub: binary(0x71), subSatS: binary(0x72), subSatU: binary(0x73) },
  ...{ minS: binary(0x76), minU: binary(0x77), maxS: binary(0x78), maxU: binary(0x79) },
  ...{ averageU: binary(0x7b), neg: unary(0x61) },
} as const;

/** 8 lanes of 16 bits. */
export const i16x8 = {
  ...{ equal: binary(0x2d), greaterS: binary(0x31), pairwiseU: unary(0x7d), abs: unary(0x80) },
  ...{ narrowS: binary(0x85), narrowU: binary(0x86), extendLowS: unary(0x87) },
  ...{ extendHighS: unary(0x88), extendLowU: unary(0x89), extendHighU: unary(0x8a) },
  ...{ shl: shift(0x8b), shrS: shift(0x8c), shrU: shift(0x8d) },
  ...{ add: binary(0x8e), addSatS: binary(0x8f), addSatU: binary(0x90) },
  ...{ sub: binary(0x91), subSatS: binary(0x92), subSatU: binary(0x93), mul: binary(0x95) },
  ...{ minS: binary(0x96), minU: binary(0x97), maxS: binary(0x98), maxU: binary(0x99) },
  ...{ averageU: binary(0x9b), neg: unary(0x81) },
} as const;

/** 4 lanes of 32 bits. */
export const i32x4 = {
  ...{ equal: binary(0x37), greaterS: binary(0x3b), pairwiseU: unary(0x7f), abs: unary(0xa0) },
  ...{ bitmask: toNumber(0xa4), extendLowS: unary(0xa7), extendHighS: unary(0xa8) },
  ...{ extendLowU: unary(0xa9), extendHighU: unary(0xaa) },
  ...{ shl: shift(0xab), shrS: shift(0xac), shrU: shift(0xad), add: binary(0xae) },
  ...{ sub: binary(0xb1), mul: binary(0xb5), dot: binary(0xba), neg: unary(0xa1) },
  ...{ minS: binary(0xb6), minU: binary(0xb7), maxS: binary(0xb8), maxU: binary(0xb9) },
  ...{ productsLowS: binary(0xbc), productsHighS: binary(0xbd) },
  ...{ productsLowU: binary(0xbe), productsHighU: binary(0xbf) },
  ...{ truncateF32x4: unary(0xf8), truncateF64x2: unary(0xfc) },
} as const;

/** 2 lanes of 64 bits. */
export const i64x2 = {
  ...{ bitmask: toNumber(0xc4), extendLowS: unary(0xc7), extendLowU: unary(0xc9) },
  ...{
    shl: shift(0xcb),
    shrS: shift(0xcc),
    shrU: shift(0xcd),
    add: binary(0xce),
    sub: binary(0xd1),
  },
  ...{ equal: binary(0xd6), greaterS: binary(0xd9) },
  ...{ productsLowS: binary(0xdc), productsLowU: binary(0xde) },
} as const;

const floating = (first: number, comparisons: number) =>
  ({
    ...{ equal: binary(comparisons), notEqual: binary(comparisons + 1) },
    ...{ less: binary(comparisons + 2), lessOrEqual: binary(comparisons + 4) },
    ...{ sqrt: unary(first + 3), add: binary(first + 4), sub: binary(first + 5) },
    ...{ mul: binary(first + 6), div: binary(first + 7) },
    /** `b` if it is less than `a`, else `a`; and with `greater`. */
    ...{ pseudoMin: binary(first + 10), pseudoMax: binary(first + 11) },
  }) as const;

/** 4 single numbers. */
export const f32x4 = {
  ...floating(0xe0, 0x41),
  ...{ ceil: unary(0x67), floor: unary(0x68), truncate: unary(0x69), nearest: unary(0x6a) },
  ...{ demote: unary(0x5e), convertI32x4: unary(0xfa) },
} as const;

/** 2 double numbers. */
export const f64x2 = {
  ...floating(0xec, 0x47),
  ...{ ceil: unary(0x74), floor: unary(0x75), truncate: unary(0x7a), nearest: unary(0x94) },
  ...{ promote: unary(0x5f), convertI32x4: unary(0xfe) },
} as const;

/** Two shapes of floating-point numbers offer the same operations. */
export type FloatShape = typeof f32x4 | typeof f64x2;

/** Bytes of two vectors in any order: 0 to 15 are the first's. */
export function shuffle(a: Vector, b: Vector, bytes: readonly number[]): Vector {
  return new Value('v128', PREFIX | 0x0d, [a, b], bytes);
}

/** The bytes of lanes of so many bytes each, for {@link shuffle}. */
export function lanes(size: number, indices: readonly number[]): number[] {
  return indices.flatMap(index => Array.from({ length: size }, (_, i) => index * size + i));
}

/** A vector that is known, from its bytes. */
export function vectorOf(bytes: readonly number[]): Vector {
  return new Value('v128', PREFIX | 0x0c, [], bytes);
}

/** All bits 0. */
export const zeroVector: Vector = vectorOf(new Array<number>(16).fill(0));

/** A number in every lane of its size. */
export function splatBytes(size: number, value: bigint): Vector {
  const bytes = Array.from({ length: size }, (_, i) => Number((value >> BigInt(i * 8)) & 0xffn));
  return vectorOf(Array.from({ length: 16 }, (_, i) => bytes[i % size] ?? 0));
}

const extracts = { 1: 0x16, 2: 0x19, 4: 0x1b } as const;
const replacements = { 1: 0x17, 2: 0x1a, 4: 0x1c } as const;

/** A lane of 1, 2 or 4 bytes, with zeros above. */
export function lane(size: 1 | 2 | 4, a: Vector, index: number): Value<'i32'> {
  return new Value('i32', PREFIX | extracts[size], [a], [index]);
}

/** A half. */
export function lane64(a: Vector, index: number): Value<'i64'> {
  return new Value('i64', PREFIX | 0x1d, [a], [index]);
}

/** The vector with another value in a lane of 1, 2 or 4 bytes. */
export function withLane(size: 1 | 2 | 4, a: Vector, index: number, value: Value<'i32'>): Vector {
  return new Value('v128', PREFIX | replacements[size], [a, value], [index]);
}

/** The vector with another half. */
export function withLane64(a: Vector, index: number, value: Value<'i64'>): Vector {
  return new Value('v128', PREFIX | 0x1e, [a, value], [index]);
}

/** Lane 0 as a floating-point number. */
export function floatLane<B extends 4 | 8>(
  bytes: B,
  a: Vector,
): Value<B extends 8 ? 'f64' : 'f32'> {
  const [type, opcode] = bytes === 8 ? (['f64', 0x21] as const) : (['f32', 0x1f] as const);
  return new Value(type as B extends 8 ? 'f64' : 'f32', PREFIX | opcode, [a], [0]);
}

/** A floating-point number in lane 0 of a vector. */
export function withFloatLane(bytes: 4 | 8, a: Vector, value: Value): Vector {
  return new Value('v128', PREFIX | (bytes === 8 ? 0x22 : 0x20), [a, value], [0]);
}

/** Reads 4 or 8 bytes into lane 0, zeros above. For `CodeBuilder.let`. */
export function loadLane(bytes: 4 | 8, address: Value<'i32'>): Vector {
  const memory: number[] = [0];
  pushUnsigned(memory, 0);
  return new Value('v128', PREFIX | (bytes === 8 ? 0x5d : 0x5c), [address], memory);
}
