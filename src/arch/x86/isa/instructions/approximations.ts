/**
 * RCPPS and RSQRTPS as Intel's processors have them: the exact result for the middle of all numbers with
 * the same leading bits, rounded to 13 bits. So they have been since the Pentium III; AMD's differ. What
 * is too small is 0, whatever MXCSR says, and nothing is raised.
 */
import { bits, bitSelect, f32x4, i32x4, splatBytes, type Vector } from '../builder/vector';

const splat = (value: number): Vector => splatBytes(4, BigInt(value));
const SIGN = splat(0x8000_0000);
const INFINITY = splat(0x7f80_0000);
const LEAST_NORMAL = splat(0x0080_0000);
const QUIET = splat(0x0040_0000);
const INDEFINITE = splat(0xffc0_0000);
const ZERO = splat(0);
const ONE = splat(0x3f80_0000);
/** Sign, exponent and 12 bits of the fraction. */
const RESULT_BITS = splat(0xffff_f800);
const HALF = splat(0x400);

const leading = (a: Vector, fractionBits: number): Vector => {
  const rest = 23 - fractionBits;
  return bits.or(bits.and(a, splat(2 ** 32 - 2 ** rest)), splat(2 ** (rest - 1)));
};

/** What becomes of a NaN. */
const quieted = (a: Vector, others: Vector): Vector =>
  bitSelect(bits.or(a, QUIET), others, f32x4.notEqual(a, a));

/** 1 / a, to 12 bits. */
export function reciprocal(a: Vector): Vector {
  const sign = bits.and(a, SIGN);
  const size = bits.andNot(a, SIGN);
  // Half, but for quotients next to a tie that 24 bits cannot tell from it: that of the last fraction is
  // above, another one below.
  const last = splat(0x007f_f000);
  const half = i32x4.sub(splat(0x3ff), i32x4.equal(bits.and(a, last), last));
  const quotient = bits.and(i32x4.add(f32x4.div(ONE, leading(size, 11)), half), RESULT_BITS);
  const isLarge = f32x4.lessOrEqual(LEAST_NORMAL, quotient);
  const isFinite = f32x4.less(size, INFINITY);
  const normal = bits.and(quotient, bits.and(isLarge, isFinite));
  const isTiny = f32x4.less(size, LEAST_NORMAL);
  return quieted(a, bits.or(sign, bitSelect(INFINITY, normal, isTiny)));
}

/** 1 / √a, to 12 bits. */
export function reciprocalRoot(a: Vector): Vector {
  const size = bits.andNot(a, SIGN);
  const root = f32x4.sqrt(leading(size, 10));
  const quotient = bits.and(i32x4.add(f32x4.div(ONE, root), HALF), RESULT_BITS);
  const normal = bits.and(quotient, f32x4.less(size, INFINITY));
  const positive = bitSelect(INDEFINITE, normal, f32x4.less(a, ZERO));
  const isTiny = f32x4.less(size, LEAST_NORMAL);
  const infinity = bits.or(bits.and(a, SIGN), INFINITY);
  return quieted(a, bitSelect(infinity, positive, isTiny));
}
