/** Conversions between integers and floating-point numbers, and comparisons that set flags. */
import { RFlags } from '../../flags';
import { either, lessU, select, toInt } from '../builder/condition';
import {
  compareFloats,
  convertInteger,
  floatConstant,
  nearest,
  promote,
  truncate,
  type Float,
} from '../builder/float';
import {
  add,
  constant,
  convert,
  extendS,
  extendU,
  i32,
  i64,
  negate,
  or,
  shl,
  type IntType,
  type Value,
} from '../builder/value';
import {
  bits,
  f32x4,
  f64x2,
  floatLane,
  i32x4,
  lane,
  lane64,
  lanes,
  shuffle,
  splatBytes,
  vectorOf,
  withFloatLane,
  withLane,
  withLane64,
  zeroVector,
  type Vector,
} from '../builder/vector';
import { define, type Family } from '../definition';
import { writeStatus } from '../flagWords';
import type { Semantics } from '../semantics';
import type { SseOperation } from '../sse/sseOperations';
import {
  guarded,
  isFinite,
  isOrdinary,
  isZeroLane,
  joinMasks,
  magnitude,
  shapeOf,
  type FloatBytes,
} from './floatGuard';
import { halvesOf, setHalves } from './vectorFloats';
import { splitLanes } from './vectorShuffles';

const ONES = vectorOf(new Array<number>(16).fill(0xff));
/** 2^31, as single and as double numbers. */
const LIMIT = {
  4: splatBytes(4, 0x4f00_0000n),
  8: splatBytes(8, 0x41e0_0000_0000_0000n),
} as const;

/** Two results of which the low halves count, one behind the other. */
const joined = (low: Vector, high: Vector): Vector => shuffle(low, high, lanes(8, [0, 2]));
const upper = (a: Vector): Vector => shuffle(a, a, lanes(8, [1, 1]));

/** Results of 8 bytes for each 16 of the operand: one vector of them. */
function narrowed(results: readonly Vector[]): Vector {
  const [low = zeroVector, high] = results;
  return high === undefined ? joined(low, zeroVector) : joined(low, high);
}

/** Lanes that are whole numbers. */
function isWhole(bytes: FloatBytes, a: Vector): Vector {
  const { truncate: cut, equal } = shapeOf(bytes);
  return equal(cut(a), a);
}

/** In lane 0 ones if an integer has no more bits than the format's significand. */
function isShort(a: Value<IntType>, bytes: FloatBytes): Vector {
  const digits = bytes === 8 ? 53 : 24;
  const wide = a.type === 'i64' ? (a as Value<'i64'>) : extendS(a as Value<'i32'>);
  const within = lessU(add(wide, i64(2n ** BigInt(digits))), i64(2n ** BigInt(digits + 1)));
  return withLane64(zeroVector, 0, negate(extendU(toInt(within))));
}

/** The same of 32-bit lanes and single numbers. */
function areShort(a: Vector): Vector {
  const size = i32x4.abs(a);
  return i32x4.equal(i32x4.minU(size, splatBytes(4, 2n ** 24n)), size);
}

/** Numbers of the double format to those of the single one. */
function demoted(c: Semantics, a: readonly Vector[], isScalar: boolean): Vector {
  const results = a.map(x => c.code.let(f32x4.demote(x)));
  const quiet = a.map((x, half) => {
    // The result, made double again, is in the range of normal single numbers.
    const back = f64x2.promote(results[half] ?? x);
    const size = magnitude(8, back);
    const normal = f64x2.lessOrEqual(splatBytes(8, 0x3810_0000_0000_0000n), size);
    const fine = bits.and(bits.or(normal, isZeroLane(8, x)), isFinite(8, size));
    return bits.and(fine, isOrdinary(8, x));
  });
  const [result = zeroVector] = guarded(c, {
    task: {
      ...{ operation: 'resize', bytes: 8, resultBytes: 4, control: 0 },
      lanes: isScalar ? 1 : a.length * 2,
    },
    ...{ operands: [a], results: [narrowed(results)], quiet: joinMasks(quiet) },
    exact: () => joinMasks(a.map((x, half) => f64x2.equal(f64x2.promote(results[half] ?? x), x))),
    ...{ lanes: isScalar ? 1 : 3, laneBytes: 8, rounds: true },
  });
  return result;
}

/** Numbers of the single format to those of the double one: the low half, and then the high one. */
function promoted(c: Semantics, a: Vector, count: 1 | 2 | 4): Vector[] {
  const parts = count === 4 ? [a, upper(a)] : [a];
  return guarded(c, {
    task: { operation: 'resize', bytes: 4, resultBytes: 8, lanes: count, control: 0 },
    ...{ operands: [[a]], results: parts.map(f64x2.promote), quiet: isOrdinary(4, a) },
    ...{ lanes: (1 << count) - 1, laneBytes: 4, rounds: false },
  });
}

/** Floating-point numbers to integers of 32 bits. */
export function toIntegers(
  c: Semantics,
  a: readonly Vector[],
  bytes: FloatBytes,
  cuts: boolean,
): Vector[] {
  const shape = shapeOf(bytes);
  const convertAll = bytes === 4 ? i32x4.truncateF32x4 : i32x4.truncateF64x2;
  const whole = a.map(x => c.code.let(cuts ? x : shape.nearest(x)));
  const values = whole.map(convertAll);
  // What is an integer is converted exactly; of what is none is known that it rounds.
  const quiet = whole.map((x, half) => {
    const inside = shape.less(magnitude(bytes, x), LIMIT[bytes]);
    if (!cuts) return bits.and(inside, isOrdinary(bytes, a[half] ?? x));
    return bits.and(inside, isOrdinary(bytes, x));
  });
  const results = bytes === 4 ? values : [narrowed(values)];
  return guarded(c, {
    task: {
      ...{ operation: cuts ? 'truncate' : 'toInteger', bytes, resultBytes: 4, control: 0 },
      lanes: (a.length * 16) / bytes,
    },
    ...{ operands: [a], results, quiet: joinMasks(quiet), rounds: true },
    exact: () => joinMasks(a.map(x => isWhole(bytes, x))),
    ...{ lanes: bytes === 8 ? 3 : 15, laneBytes: bytes },
  });
}

/** A scalar to an integer register. */
function toInteger(c: Semantics, bytes: FloatBytes, rounds: boolean): void {
  const vector = c.getVector(1);
  const lane0: Value<Float> = floatLane(bytes, vector);
  const value = c.code.let(promote(rounds ? nearest(lane0) : lane0));
  const type: IntType = c.type(0);
  // What is too small becomes the most negative integer by itself.
  const limit = type === 'i32' ? 2 ** 31 : 2 ** 63;
  const fits = compareFloats('less', value, floatConstant(limit));
  const least = constant(type, type === 'i32' ? -(2n ** 31n) : -(2n ** 63n));
  const fast = convert(select(fits, truncate(value, type), least), 'i64');
  const shape = shapeOf(bytes);
  const limits = splatBytes(bytes, floatBits(limit, bytes));
  // Half below the limit rounds up to it, and is too big.
  const whole = rounds ? shape.nearest(vector) : vector;
  const inside = shape.less(magnitude(bytes, whole), limits);
  const size = c.size(0) as 4 | 8;
  const [result = vector] = guarded(c, {
    task: {
      operation: rounds ? 'toInteger' : 'truncate',
      ...{ bytes, resultBytes: size, lanes: 1, control: 0 },
    },
    ...{ operands: [[vector]], results: [withLane64(zeroVector, 0, fast)] },
    ...{ quiet: bits.and(inside, isOrdinary(bytes, vector)), lanes: 1, laneBytes: bytes },
    exact: () => isWhole(bytes, vector),
    rounds: true,
  });
  c.set(0, size === 8 ? lane64(result, 0) : lane(4, result, 0));
}

function floatBits(number: number, bytes: FloatBytes): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (bytes === 8) view.setFloat64(0, number);
  else view.setFloat32(0, number);
  return bytes === 8 ? view.getBigUint64(0) : BigInt(view.getUint32(0));
}

/** An integer to a scalar, beside the rest of operand 1. */
function fromInteger(c: Semantics, bytes: FloatBytes): void {
  const source = c.get(2);
  const size = c.size(2) as 4 | 8;
  const rest = c.getVector(1);
  const value = withFloatLane(bytes, rest, convertInteger(source, bytes === 8 ? 'f64' : 'f32'));
  if (size === 4 && bytes === 8) {
    c.setVector(0, value);
    return;
  }
  const operand = withLane64(zeroVector, 0, convert(source, 'i64'));
  const [result = value] = guarded(c, {
    task: { operation: 'fromInteger', bytes: size, resultBytes: bytes, lanes: 1, control: 0 },
    ...{ operands: [[operand]], results: [value], quiet: ONES, lanes: 1, laneBytes: bytes },
    exact: () => isShort(source, bytes),
    rounds: true,
  });
  c.setVector(0, splitLanes(bytes, result, rest));
}

/** Integers of 32 bits to single numbers. */
export function singlesFrom(c: Semantics, a: readonly Vector[]): Vector[] {
  return guarded(c, {
    task: {
      ...{ operation: 'fromInteger', bytes: 4, resultBytes: 4, control: 0 },
      lanes: a.length * 4,
    },
    ...{ operands: [a], results: a.map(f32x4.convertI32x4), quiet: ONES },
    exact: () => joinMasks(a.map(areShort)),
    ...{ lanes: 15, laneBytes: 4, rounds: true },
  });
}

/** UCOMIS and COMIS. */
function compareScalars(c: Semantics, bytes: FloatBytes, operation: SseOperation): void {
  const [x, y] = [c.getVector(0), c.getVector(1)];
  const a: Value<Float> = floatLane(bytes, x);
  const b: Value<Float> = floatLane(bytes, y);
  const unordered = either(compareFloats('notEqual', a, a), compareFloats('notEqual', b, b));
  const zero = either(compareFloats('equal', a, b), unordered);
  const carry = either(compareFloats('less', a, b), unordered);
  const parity = shl(toInt(unordered), i32(Math.log2(RFlags.PF)));
  const fast = or(or(toInt(carry), parity), shl(toInt(zero), i32(Math.log2(RFlags.ZF))));
  const [result = x] = guarded(c, {
    task: { operation, bytes, resultBytes: 4, lanes: 1, control: 0 },
    ...{ operands: [[x], [y]], results: [withLane(4, zeroVector, 0, fast)] },
    quiet: bits.and(isOrdinary(bytes, x), isOrdinary(bytes, y)),
    ...{ lanes: 1, laneBytes: bytes, rounds: false },
  });
  writeStatus(c, lane(4, result, 0));
}

/** Integers of 32 bits to double numbers, which they are exactly. */
function widenIntegers(c: Semantics): void {
  const source = c.getVector(1);
  c.eachHalf(half => {
    c.setVector(0, f64x2.convertI32x4(half === 0 ? source : upper(source)), half);
  });
}

const countOf = (c: Semantics): 2 | 4 => (c.form.vectorBytes === 32 ? 4 : 2);
const scalar = { avx: 'scalar' } as const;
const vector = { avx: 'vector', aligned: 'legacy' } as const;
const flags = { avx: 'scalar', writes: 'oszapc' } as const;

/** Conversions, in the order of the two-byte map. */
export const vectorConversions: Family = [
  ...define('cvtsi2ss', { 'F3 0F 2a': 'Vss,Hss,Ey' }, scalar, c => fromInteger(c, 4)),
  ...define('cvtsi2sd', { 'F2 0F 2a': 'Vsd,Hsd,Ey' }, scalar, c => fromInteger(c, 8)),
  ...define('cvttss2si', { 'F3 0F 2c': 'Gy,Wss' }, scalar, c => toInteger(c, 4, false)),
  ...define('cvttsd2si', { 'F2 0F 2c': 'Gy,Wsd' }, scalar, c => toInteger(c, 8, false)),
  ...define('cvtss2si', { 'F3 0F 2d': 'Gy,Wss' }, scalar, c => toInteger(c, 4, true)),
  ...define('cvtsd2si', { 'F2 0F 2d': 'Gy,Wsd' }, scalar, c => toInteger(c, 8, true)),
  ...define('ucomiss', { 'NP 0F 2e': 'Vss,Wss' }, flags, c => compareScalars(c, 4, 'orderQuiet')),
  ...define('ucomisd', { '66 0F 2e': 'Vsd,Wsd' }, flags, c => compareScalars(c, 8, 'orderQuiet')),
  ...define('comiss', { 'NP 0F 2f': 'Vss,Wss' }, flags, c => compareScalars(c, 4, 'order')),
  ...define('comisd', { '66 0F 2f': 'Vsd,Wsd' }, flags, c => compareScalars(c, 8, 'order')),
  ...define('cvtps2pd', { 'NP 0F 5a': 'Vx,Wh' }, { avx: 'vector' }, c =>
    setHalves(c, promoted(c, c.getVector(1), countOf(c))),
  ),
  ...define('cvtpd2ps', { '66 0F 5a': 'Vdq,Wx' }, vector, c =>
    c.setVector(0, demoted(c, halvesOf(c, 1), false)),
  ),
  ...define('cvtss2sd', { 'F3 0F 5a': 'Vsd,Hsd,Wss' }, scalar, c => {
    const [result = zeroVector] = promoted(c, c.getVector(2), 1);
    c.setVector(0, splitLanes(8, result, c.getVector(1)));
  }),
  ...define('cvtsd2ss', { 'F2 0F 5a': 'Vss,Hss,Wsd' }, scalar, c =>
    c.setVector(0, splitLanes(4, demoted(c, [c.getVector(2)], true), c.getVector(1))),
  ),
  ...define('cvtdq2ps', { 'NP 0F 5b': 'Vx,Wx' }, vector, c =>
    setHalves(c, singlesFrom(c, halvesOf(c, 1))),
  ),
  ...define('cvtps2dq', { '66 0F 5b': 'Vx,Wx' }, vector, c =>
    setHalves(c, toIntegers(c, halvesOf(c, 1), 4, false)),
  ),
  ...define('cvttps2dq', { 'F3 0F 5b': 'Vx,Wx' }, vector, c =>
    setHalves(c, toIntegers(c, halvesOf(c, 1), 4, true)),
  ),
  ...define('cvttpd2dq', { '66 0F e6': 'Vdq,Wx' }, vector, c =>
    c.setVector(0, toIntegers(c, halvesOf(c, 1), 8, true)[0] ?? zeroVector),
  ),
  ...define('cvtdq2pd', { 'F3 0F e6': 'Vx,Wh' }, { avx: 'vector' }, widenIntegers),
  ...define('cvtpd2dq', { 'F2 0F e6': 'Vdq,Wx' }, vector, c =>
    c.setVector(0, toIntegers(c, halvesOf(c, 1), 8, false)[0] ?? zeroVector),
  ),
];
