/** Conversions between integers and floating-point numbers, and comparisons that set flags. */
import { RFlags } from '../../flags';
import { either, select, toInt } from '../builder/condition';
import {
  compareFloats,
  convertInteger,
  floatConstant,
  nearest,
  promote,
  truncate,
  type Float,
} from '../builder/float';
import { constant, i32, or, shl, type IntType, type Value } from '../builder/value';
import {
  bitSelect,
  f32x4,
  f64x2,
  floatLane,
  i32x4,
  lanes,
  shuffle,
  splatBytes,
  withFloatLane,
  type Vector,
} from '../builder/vector';
import { define, type Family } from '../definition';
import { writeStatus } from '../flagWords';
import type { Semantics } from '../semantics';
import { splitLanes } from './vectorShuffles';

const INT_MIN = splatBytes(4, 0x8000_0000n);
/** 2^31, as single and as double numbers. */
const LIMIT_SINGLE = splatBytes(4, 0x4f00_0000n);
const LIMIT_DOUBLE = splatBytes(8, 0x41e0_0000_0000_0000n);
const MIN_DOUBLE = splatBytes(8, 0xc1e0_0000_0000_0000n);

/** What is no number, or too large, becomes the most negative integer. */
function singlesToIntegers(a: Vector): Vector {
  const fits = f32x4.less(a, LIMIT_SINGLE);
  return bitSelect(i32x4.truncateF32x4(a), INT_MIN, fits);
}

function doublesToIntegers(a: Vector): Vector {
  const fits = f64x2.less(a, LIMIT_DOUBLE);
  return i32x4.truncateF64x2(bitSelect(a, MIN_DOUBLE, fits));
}

/** Two results of which the low halves count, one behind the other. */
const joined = (low: Vector, high: Vector): Vector => shuffle(low, high, lanes(8, [0, 2]));

/** Narrows lanes: operand 1 has twice the bytes of the result. */
function narrow(c: Semantics, operation: (a: Vector) => Vector): void {
  const low = operation(c.getVector(1));
  c.setVector(0, c.form.vectorBytes === 16 ? low : joined(low, operation(c.getVector(1, 1))));
}

/** Widens lanes: the low half of operand 1 gives the low half of the result, and so on. */
function widen(c: Semantics, operation: (a: Vector) => Vector): void {
  const source = c.getVector(1);
  c.eachHalf(half => {
    const part = half === 0 ? source : shuffle(source, source, lanes(8, [1, 1]));
    c.setVector(0, operation(part), half);
  });
}

function each(c: Semantics, operation: (a: Vector) => Vector): void {
  c.eachHalf(half => c.setVector(0, operation(c.getVector(1, half)), half));
}

/** A scalar to an integer register. */
function toInteger(c: Semantics, bytes: 4 | 8, rounds: boolean): void {
  const lane: Value<Float> = floatLane(bytes, c.getVector(1));
  const value = c.code.let(promote(rounds ? nearest(lane) : lane));
  const type: IntType = c.type(0);
  // What is too small becomes the most negative integer by itself.
  const fits = compareFloats('less', value, floatConstant(type === 'i32' ? 2 ** 31 : 2 ** 63));
  const least = constant(type, type === 'i32' ? -(2n ** 31n) : -(2n ** 63n));
  c.set(0, select(fits, truncate(value, type), least));
}

/** An integer to a scalar, beside the rest of operand 1. */
function fromInteger(c: Semantics, bytes: 4 | 8): void {
  const value = convertInteger(c.get(2), bytes === 8 ? 'f64' : 'f32');
  c.setVector(0, withFloatLane(bytes, c.getVector(1), value));
}

/** UCOMIS and COMIS. */
function compareScalars(c: Semantics, bytes: 4 | 8): void {
  const a: Value<Float> = floatLane(bytes, c.getVector(0));
  const b: Value<Float> = floatLane(bytes, c.getVector(1));
  const unordered = either(compareFloats('notEqual', a, a), compareFloats('notEqual', b, b));
  const zero = either(compareFloats('equal', a, b), unordered);
  const carry = either(compareFloats('less', a, b), unordered);
  const parity = shl(toInt(unordered), i32(Math.log2(RFlags.PF)));
  writeStatus(c, or(or(toInt(carry), parity), shl(toInt(zero), i32(Math.log2(RFlags.ZF)))));
}

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
  ...define('ucomiss', { 'NP 0F 2e': 'Vss,Wss' }, flags, c => compareScalars(c, 4)),
  ...define('ucomisd', { '66 0F 2e': 'Vsd,Wsd' }, flags, c => compareScalars(c, 8)),
  ...define('comiss', { 'NP 0F 2f': 'Vss,Wss' }, flags, c => compareScalars(c, 4)),
  ...define('comisd', { '66 0F 2f': 'Vsd,Wsd' }, flags, c => compareScalars(c, 8)),
  ...define('cvtps2pd', { 'NP 0F 5a': 'Vx,Wh' }, { avx: 'vector' }, c => widen(c, f64x2.promote)),
  ...define('cvtpd2ps', { '66 0F 5a': 'Vdq,Wx' }, vector, c => narrow(c, f32x4.demote)),
  ...define('cvtss2sd', { 'F3 0F 5a': 'Vsd,Hsd,Wss' }, scalar, c =>
    c.setVector(0, splitLanes(8, f64x2.promote(c.getVector(2)), c.getVector(1))),
  ),
  ...define('cvtsd2ss', { 'F2 0F 5a': 'Vss,Hss,Wsd' }, scalar, c =>
    c.setVector(0, splitLanes(4, f32x4.demote(c.getVector(2)), c.getVector(1))),
  ),
  ...define('cvtdq2ps', { 'NP 0F 5b': 'Vx,Wx' }, vector, c => each(c, f32x4.convertI32x4)),
  ...define('cvtps2dq', { '66 0F 5b': 'Vx,Wx' }, vector, c =>
    each(c, a => singlesToIntegers(f32x4.nearest(a))),
  ),
  ...define('cvttps2dq', { 'F3 0F 5b': 'Vx,Wx' }, vector, c => each(c, singlesToIntegers)),
  ...define('cvttpd2dq', { '66 0F e6': 'Vdq,Wx' }, vector, c => narrow(c, doublesToIntegers)),
  ...define('cvtdq2pd', { 'F3 0F e6': 'Vx,Wh' }, { avx: 'vector' }, c =>
    widen(c, f64x2.convertI32x4),
  ),
  ...define('cvtpd2dq', { 'F2 0F e6': 'Vdq,Wx' }, vector, c =>
    narrow(c, a => doublesToIntegers(f64x2.nearest(a))),
  ),
];
