/**
 * Floating-point arithmetic between the host's and the guest's: WebAssembly rounds to nearest and knows
 * no exceptions, so what it computed counts where MXCSR asks for no more and nothing can have happened
 * that MXCSR would tell. Else a function of the host does it again (`sse/sseUnit.ts`).
 *
 * An operation that is not exact notes that too; until a program has done one, what is computed is
 * checked. So nearly always a few comparisons are all that exceptions cost.
 */
import { isNonZero, isZero, select } from '../builder/condition';
import { and, i32, or, xor, type Value } from '../builder/value';
import {
  bits,
  f32x4,
  f64x2,
  i32x4,
  i64x2,
  splatBytes,
  type FloatShape,
  type Vector,
} from '../builder/vector';
import { coreOffset, mxcsrOffset } from '../coreLayout';
import type { Semantics } from '../semantics';
import { Exception } from '../x87/float80';
import { encodeTask, type SseTask } from '../sse/sseOperations';

/** Rounding control, and mask and flag of the exception for what is not exact. */
const ROUNDING_BITS = 0x7020;
/** To nearest, masked, and noted before. */
const ROUNDING_QUIET = 0x1020;

const OPERAND_BYTES = 32;
const RESULT = 3 * OPERAND_BYTES;

/** Bytes of floating-point numbers. */
export type FloatBytes = 4 | 8;

/** The operations on numbers of so many bytes. */
export function shapeOf(bytes: FloatBytes): FloatShape {
  return bytes === 4 ? f32x4 : f64x2;
}

const SIGNS = { 4: splatBytes(4, 0x8000_0000n), 8: splatBytes(8, 1n << 63n) } as const;
const LEAST_NORMAL = { 4: splatBytes(4, 0x0080_0000n), 8: splatBytes(8, 1n << 52n) } as const;
const INFINITY = { 4: splatBytes(4, 0x7f80_0000n), 8: splatBytes(8, 0x7ffn << 52n) } as const;
const ZERO = splatBytes(8, 0n);

/** The numbers without their signs. */
export function magnitude(bytes: FloatBytes, a: Vector): Vector {
  return bits.andNot(a, SIGNS[bytes]);
}

/** The numbers with the other signs. */
export function negated(bytes: FloatBytes, a: Vector): Vector {
  return bits.xor(a, SIGNS[bytes]);
}

/** Lanes whose magnitude is at least that of the smallest normal number; no NaNs. */
export function isNormal(bytes: FloatBytes, size: Vector): Vector {
  return shapeOf(bytes).lessOrEqual(LEAST_NORMAL[bytes], size);
}

/** Lanes whose magnitude is less than infinity; no NaNs. */
export function isFinite(bytes: FloatBytes, size: Vector): Vector {
  return shapeOf(bytes).less(size, INFINITY[bytes]);
}

/** Lanes that are 0. */
export function isZeroLane(bytes: FloatBytes, a: Vector): Vector {
  return shapeOf(bytes).equal(a, ZERO);
}

/** Lanes that are neither NaNs nor denormal. */
export function isOrdinary(bytes: FloatBytes, a: Vector): Vector {
  return bits.or(isNormal(bytes, magnitude(bytes, a)), isZeroLane(bytes, a));
}

/** What a sum rounded to `s` lacks (Knuth); exact but for overflow. */
export function sumError(shape: FloatShape, a: Vector, b: Vector, s: Vector): Vector {
  const rest = shape.sub(s, a);
  return shape.add(shape.sub(a, shape.sub(s, rest)), shape.sub(b, rest));
}

/** By what numbers are multiplied to split them into halves. */
const SPLIT = { 4: splatBytes(4, 0x4580_0800n), 8: splatBytes(8, 0x41a0_0000_0200_0000n) } as const;
/** Factors up to this, and products from that on, lose nothing on the way. */
const MOST_FACTOR = { 4: splatBytes(4, 0x7280_0000n), 8: splatBytes(8, 0x7d00n << 48n) } as const;
const LEAST_PRODUCT = { 4: splatBytes(4, 0x1000_0000n), 8: splatBytes(8, 0x0600n << 48n) } as const;

/** What a product rounded to `p` lacks (Dekker); of factors and products that are not at the ends. */
export function productError(bytes: FloatBytes, a: Vector, b: Vector, p: Vector): Vector {
  const { sub, mul } = shapeOf(bytes);
  const upper = (x: Vector): Vector => {
    const wide = mul(SPLIT[bytes], x);
    return sub(wide, sub(wide, x));
  };
  const [ah, bh] = [upper(a), upper(b)];
  const [al, bl] = [sub(a, ah), sub(b, bh)];
  const rest = sub(sub(sub(p, mul(ah, bh)), mul(al, bh)), mul(ah, bl));
  return sub(mul(al, bl), rest);
}

/** Lanes of which it is certain that they are the exact sum. */
export function isExactSum(bytes: FloatBytes, a: Vector, b: Vector, s: Vector): Vector {
  return isZeroLane(bytes, sumError(shapeOf(bytes), a, b, s));
}

/** Lanes of which it is certain that they are the exact product. */
export function isExactProduct(bytes: FloatBytes, a: Vector, b: Vector, p: Vector): Vector {
  const { lessOrEqual, equal, mul } = shapeOf(bytes);
  const small = (x: Vector): Vector => lessOrEqual(magnitude(bytes, x), MOST_FACTOR[bytes]);
  const large = lessOrEqual(LEAST_PRODUCT[bytes], magnitude(bytes, p));
  return joinMasks([
    ...[small(a), small(b), bits.or(large, isZeroLane(bytes, p)), equal(mul(a, b), p)],
    isZeroLane(bytes, productError(bytes, a, b, p)),
  ]);
}

/** What a guarded operation is. */
export interface Guarded {
  readonly task: SseTask;
  /** Operands of the helper: 16 bytes each, the upper halves behind the lower ones. */
  readonly operands: readonly (readonly Vector[])[];
  /** What WebAssembly makes of them. */
  readonly results: readonly Vector[];
  /** Lanes that are ones where the result counts; of all halves. */
  readonly quiet: Vector;
  /** The lanes of `quiet` that matter: bits, one for each lane; of so many bytes each. */
  readonly lanes: number;
  readonly laneBytes: FloatBytes;
  /** Whether the result depends on how is rounded, and may not be exact. */
  readonly rounds: boolean;
  /** The same as `quiet`, said at more length, where that failed. */
  readonly alsoQuiet?: () => Vector;
  /** Lanes of which it is certain that the result is exact. */
  readonly exact?: () => Vector;
}

/** The results of an operation, with all that MXCSR wants. */
export function guarded(c: Semantics, operation: Guarded): Vector[] {
  const { code } = c;
  const { lanes, laneBytes, rounds, quiet, alsoQuiet, exact } = operation;
  const values = operation.results.map(value => code.let(value));
  const results = values.map(value => code.variable(value));
  const missing = (wanted: Vector): Value<'i32'> => {
    const mask = laneBytes === 8 ? i64x2.bitmask(wanted) : i32x4.bitmask(wanted);
    return xor(and(mask, i32(lanes)), i32(lanes));
  };
  const rounding = rounds
    ? code.let(xor(and(c.word('i32', mxcsrOffset), i32(ROUNDING_BITS)), i32(ROUNDING_QUIET)))
    : i32(0);
  /** Whether rounding is a reason all the same when it is known which results are exact. */
  const inexact = (): Value<'i32'> => {
    if (exact === undefined) return rounding;
    const reason = or(xor(rounding, i32(Exception.Precision)), missing(exact()));
    return select(isZero(rounding), i32(0), reason);
  };
  const slow = (): void => {
    callHelper(c, operation, values);
    for (const [half, variable] of results.entries()) {
      code.assign(variable, c.word('v128', coreOffset.vectorArguments + RESULT + half * 16));
    }
  };
  const refined = alsoQuiet !== undefined || exact !== undefined;
  c.when(isNonZero(or(missing(quiet), rounding)), () => {
    if (!refined) slow();
    else c.when(isNonZero(or(missing(alsoQuiet?.() ?? quiet), inexact())), slow);
  });
  return results.map(variable => code.read(variable));
}

function callHelper(c: Semantics, { task, operands }: Guarded, results: readonly Vector[]): void {
  const put = (vectors: readonly Vector[], at: number): void => {
    for (const [half, vector] of vectors.entries()) {
      c.setWordNow('v128', coreOffset.vectorArguments + at + half * 16, vector);
    }
  };
  for (const [i, halves] of operands.entries()) put(halves, i * OPERAND_BYTES);
  put(results, RESULT);
  c.setWordNow('i32', coreOffset.argument, i32(encodeTask(task)));
  c.helper('sseFloat');
}

/** All lanes of 16 bytes, as bits. */
export function allLanes(bytes: FloatBytes): number {
  return bytes === 8 ? 3 : 15;
}

/** One vector out of those of all halves. */
export function joinMasks(masks: readonly Vector[]): Vector {
  return masks.reduce((all, mask) => bits.and(all, mask));
}
