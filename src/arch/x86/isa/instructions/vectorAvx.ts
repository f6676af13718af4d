/** What AVX and AVX2 have of their own, in the order of the three-byte maps. */
import { isZero, toInt } from '../builder/condition';
import { i32, or, shl, type Value } from '../builder/value';
import {
  bits,
  bitSelect,
  i32x4,
  i64x2,
  i8x16,
  lane,
  lane64,
  lanes,
  shuffle,
  splatBytes,
  withLane,
  withLane64,
  zeroVector,
  type Vector,
} from '../builder/vector';
import { define, type Family } from '../definition';
import { writeStatus } from '../flagWords';
import type { Semantics } from '../semantics';
import { halvesOf, setHalves } from './vectorFloats';
import { binary } from './vectorShuffles';
import { widenings } from './vectorSse4';

type Unary = (a: Vector) => Vector;

const each = (c: Semantics, value: Vector): void => c.eachHalf(half => c.setVector(0, value, half));
const low = (a: Vector): Vector => shuffle(a, a, lanes(8, [0, 0]));

/** The first lane in all lanes. */
function broadcast(c: Semantics, size: number): void {
  const value = c.getVector(1);
  const order = lanes(size, new Array<number>(16 / size).fill(0));
  each(c, shuffle(value, value, order));
}

/** Moves lanes of 4 or 8 bytes of each half, by pairs of bits or bits of an immediate. */
function permuteBy(c: Semantics, size: 4 | 8): void {
  const number = c.immediateByte();
  c.eachHalf(half => {
    const value = c.getVector(1, half);
    const order =
      size === 4
        ? [0, 2, 4, 6].map(at => (number >> at) & 3)
        : [0, 1].map(i => (number >> (half * 2 + i)) & 1);
    c.setVector(0, shuffle(value, value, lanes(size, order)), half);
  });
}

/** Bytes that select the lanes of 4 bytes that the low two bits of lanes name. */
function bytesOfSingles(indices: Vector): Vector {
  const first = i32x4.shl(bits.and(indices, splatBytes(4, 3n)), i32(2));
  const spread = shuffle(first, first, [0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12]);
  return i8x16.add(spread, splatBytes(4, 0x03020100n));
}

/** The same of 8 bytes, by bit 1. */
function bytesOfDoubles(indices: Vector): Vector {
  const first = i64x2.shl(bits.and(indices, splatBytes(8, 2n)), i32(2));
  const spread = shuffle(first, first, [0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8]);
  return i8x16.add(spread, splatBytes(8, 0x0706050403020100n));
}

/** VPERMD and VPERMPS: any lane of operand 2 in each place. */
function permuteAll(c: Semantics): void {
  const [lower, upper] = [c.getVector(2), c.getVector(2, 1)];
  c.eachHalf(half => {
    const indices = c.getVector(1, half);
    const chosen = bytesOfSingles(indices);
    const fromUpper = i32x4.shrS(i32x4.shl(indices, i32(29)), i32(31));
    const [a, b] = [i8x16.swizzle(upper, chosen), i8x16.swizzle(lower, chosen)];
    c.setVector(0, bitSelect(a, b, fromUpper), half);
  });
}

/** VPERMQ and VPERMPD. */
function permuteQuadwords(c: Semantics): void {
  const number = c.immediateByte();
  const [lower, upper] = [c.getVector(1), c.getVector(1, 1)];
  c.eachHalf(half => {
    const order = [0, 1].map(i => (number >> (half * 4 + i * 2)) & 3);
    c.setVector(0, shuffle(lower, upper, lanes(8, order)), half);
  });
}

/** VPERM2F128: each half any of four, or zeros. */
function permuteHalves(c: Semantics): void {
  const number = c.immediateByte();
  const halves = [...halvesOf(c, 1), ...halvesOf(c, 2)];
  const chosen = [0, 4].map(at =>
    ((number >> at) & 8) === 0 ? (halves[(number >> at) & 3] ?? zeroVector) : zeroVector,
  );
  setHalves(c, chosen);
}

function insertHalf(c: Semantics): void {
  const halves = halvesOf(c, 1);
  halves[c.immediateByte() & 1] = c.getVector(2);
  setHalves(c, halves);
}

/** Lanes of operand 2 where those of the last operand are negative. */
function blendByVector(c: Semantics, negative: Unary): void {
  c.eachHalf(half => {
    const mask = negative(c.getVector(3, half));
    c.setVector(0, bitSelect(c.getVector(2, half), c.getVector(1, half), mask), half);
  });
}

const negative = {
  1: (a: Vector): Vector => i8x16.greaterS(zeroVector, a),
  4: (a: Vector): Vector => i32x4.shrS(a, i32(31)),
  8: (a: Vector): Vector => i64x2.greaterS(zeroVector, a),
} as const;

function blendDoublewords(c: Semantics): void {
  const number = c.immediateByte();
  c.eachHalf(half => {
    const order = [0, 1, 2, 3].map(i => i + ((number >> (half * 4 + i)) & 1) * 4);
    const [a, b] = [c.getVector(1, half), c.getVector(2, half)];
    c.setVector(0, shuffle(a, b, lanes(4, order)), half);
  });
}

/** VTESTPS and VTESTPD: as PTEST, of the signs. */
function testSigns(c: Semantics, signs: Vector): void {
  const none = (combine: (a: Vector, b: Vector) => Vector): Value<'i32'> => {
    const all = halvesOf(c, 1).map((b, half) => combine(b, c.getVector(0, half as 0 | 1)));
    const found = bits.and(all.reduce(bits.or), signs);
    return toInt(isZero(or(lane64(found, 0), lane64(found, 1))));
  };
  const [zero, carry] = [none(bits.and), none(bits.andNot)];
  writeStatus(c, or(carry, shl(zero, i32(6))));
}

/** Each lane by a number of its own. */
function shiftEach(size: 4 | 8, shift: typeof i32x4.shl, keepsSign = false) {
  return (c: Semantics): void =>
    binary(c, (value, counts) => {
      let result = zeroVector;
      const limit = splatBytes(size, BigInt(size * 8 - 1));
      // Counts beyond the width leave nothing, or nothing but signs.
      const used = keepsSign ? i32x4.minU(counts, limit) : counts;
      for (let i = 0; i < 16 / size; i++) {
        const shifted = shift(value, lane(4, used, i * (size / 4)));
        result =
          size === 4
            ? withLane(4, result, i, lane(4, shifted, i))
            : withLane64(result, i, lane64(shifted, i));
      }
      return keepsSign ? result : bits.and(result, within(size, counts, limit));
    });
}

/** Lanes whose unsigned number is at most the limit. */
function within(size: 4 | 8, counts: Vector, limit: Vector): Vector {
  if (size === 4) return i32x4.equal(i32x4.minU(counts, limit), counts);
  return i64x2.equal(bits.andNot(counts, limit), zeroVector);
}

/** 16 bytes of each half widened: of the operand's low half for the low one, and so on. */
function widenBoth(c: Semantics, bytes: number, widen: Unary): void {
  const source = c.getVector(1);
  c.eachHalf(half => {
    const order = Array.from({ length: 16 }, (_, i) => (half * bytes + i) % 16);
    c.setVector(0, widen(half === 0 ? source : shuffle(source, source, order)), half);
  });
}

const wide: Readonly<Record<string, string>> = { q: 'dq', d: 'q', w: 'd' };
const bytesOf: Readonly<Record<string, number>> = { q: 8, d: 4, w: 2 };
const byNumber = { immediateInForm: true } as const;

const extract = (c: Semantics): void =>
  c.setVector(0, c.getVector(1, (c.immediateByte() & 1) as 0 | 1));

/** AVX and AVX2. */
export const vectorAvx: Family = [
  ...define('movddup', { 'VEX L1 F2 0F 12': 'Vqq,Wqq' }, {}, c =>
    c.eachHalf(half => c.setVector(0, low(c.getVector(1, half)), half)),
  ),
  ...define('zeroupper', { 'VEX L0 NP 0F 77': '' }, { state: 'avx' }, c => {
    for (let i = 0; i < 16; i++) c.clearUpperHalf(i);
  }),
  ...define('zeroall', { 'VEX L1 NP 0F 77': '' }, { state: 'avx' }, c => {
    for (let i = 0; i < 16; i++) c.clearVector(i);
  }),
  ...define('permilps', { 'VEX W0 66 0F38 0c': 'Vx,Hx,Wx' }, {}, c =>
    binary(c, (a, b) => i8x16.swizzle(a, bytesOfSingles(b))),
  ),
  ...define('permilpd', { 'VEX W0 66 0F38 0d': 'Vx,Hx,Wx' }, {}, c =>
    binary(c, (a, b) => i8x16.swizzle(a, bytesOfDoubles(b))),
  ),
  ...define('testps', { 'VEX W0 66 0F38 0e': 'Vx,Wx' }, { writes: 'oszapc' }, c =>
    testSigns(c, splatBytes(4, 0x8000_0000n)),
  ),
  ...define('testpd', { 'VEX W0 66 0F38 0f': 'Vx,Wx' }, { writes: 'oszapc' }, c =>
    testSigns(c, splatBytes(8, 1n << 63n)),
  ),
  ...define('permps', { 'VEX L1 W0 66 0F38 16': 'Vqq,Hqq,Wqq' }, {}, permuteAll),
  ...define('broadcastss', { 'VEX W0 66 0F38 18': 'Vx,Wd' }, {}, c => broadcast(c, 4)),
  ...define('broadcastsd', { 'VEX L1 W0 66 0F38 19': 'Vqq,Wq' }, {}, c => broadcast(c, 8)),
  ...define('broadcastf128', { 'VEX L1 W0 66 0F38 1a mem': 'Vqq,Wdq' }, {}, c =>
    each(c, c.getVector(1)),
  ),
  ...widenings.flatMap(([name, opcode, size, widen]) =>
    define(name, { [`VEX L1 66 0F38 ${opcode}`]: `Vqq,W${wide[size] ?? 'dq'}` }, {}, c =>
      widenBoth(c, bytesOf[size] ?? 8, widen),
    ),
  ),
  ...define('permd', { 'VEX L1 W0 66 0F38 36': 'Vqq,Hqq,Wqq' }, {}, permuteAll),
  ...define('psrlvd', { 'VEX W0 66 0F38 45': 'Vx,Hx,Wx' }, {}, shiftEach(4, i32x4.shrU)),
  ...define('psrlvq', { 'VEX W1 66 0F38 45': 'Vx,Hx,Wx' }, {}, shiftEach(8, i64x2.shrU)),
  ...define('psravd', { 'VEX W0 66 0F38 46': 'Vx,Hx,Wx' }, {}, shiftEach(4, i32x4.shrS, true)),
  ...define('psllvd', { 'VEX W0 66 0F38 47': 'Vx,Hx,Wx' }, {}, shiftEach(4, i32x4.shl)),
  ...define('psllvq', { 'VEX W1 66 0F38 47': 'Vx,Hx,Wx' }, {}, shiftEach(8, i64x2.shl)),
  ...define('pbroadcastd', { 'VEX W0 66 0F38 58': 'Vx,Wd' }, {}, c => broadcast(c, 4)),
  ...define('pbroadcastq', { 'VEX W0 66 0F38 59': 'Vx,Wq' }, {}, c => broadcast(c, 8)),
  ...define('broadcasti128', { 'VEX L1 W0 66 0F38 5a mem': 'Vqq,Wdq' }, {}, c =>
    each(c, c.getVector(1)),
  ),
  ...define('pbroadcastb', { 'VEX W0 66 0F38 78': 'Vx,Wb' }, {}, c => broadcast(c, 1)),
  ...define('pbroadcastw', { 'VEX W0 66 0F38 79': 'Vx,Ww' }, {}, c => broadcast(c, 2)),
  ...define('permq', { 'VEX L1 W1 66 0F3A 00': 'Vqq,Wqq,Ib' }, byNumber, permuteQuadwords),
  ...define('permpd', { 'VEX L1 W1 66 0F3A 01': 'Vqq,Wqq,Ib' }, byNumber, permuteQuadwords),
  ...define('pblendd', { 'VEX W0 66 0F3A 02': 'Vx,Hx,Wx,Ib' }, byNumber, blendDoublewords),
  ...define('permilps', { 'VEX W0 66 0F3A 04': 'Vx,Wx,Ib' }, byNumber, c => permuteBy(c, 4)),
  ...define('permilpd', { 'VEX W0 66 0F3A 05': 'Vx,Wx,Ib' }, byNumber, c => permuteBy(c, 8)),
  ...define('perm2f128', { 'VEX L1 W0 66 0F3A 06': 'Vqq,Hqq,Wqq,Ib' }, byNumber, permuteHalves),
  ...define('insertf128', { 'VEX L1 W0 66 0F3A 18': 'Vqq,Hqq,Wdq,Ib' }, byNumber, insertHalf),
  ...define('extractf128', { 'VEX L1 W0 66 0F3A 19': 'Wdq,Vqq,Ib' }, byNumber, extract),
  ...define('inserti128', { 'VEX L1 W0 66 0F3A 38': 'Vqq,Hqq,Wdq,Ib' }, byNumber, insertHalf),
  ...define('extracti128', { 'VEX L1 W0 66 0F3A 39': 'Wdq,Vqq,Ib' }, byNumber, extract),
  ...define('perm2i128', { 'VEX L1 W0 66 0F3A 46': 'Vqq,Hqq,Wqq,Ib' }, byNumber, permuteHalves),
  ...define('blendvps', { 'VEX W0 66 0F3A 4a': 'Vx,Hx,Wx,Lx' }, {}, c =>
    blendByVector(c, negative[4]),
  ),
  ...define('blendvpd', { 'VEX W0 66 0F3A 4b': 'Vx,Hx,Wx,Lx' }, {}, c =>
    blendByVector(c, negative[8]),
  ),
  ...define('pblendvb', { 'VEX W0 66 0F3A 4c': 'Vx,Hx,Wx,Lx' }, {}, c =>
    blendByVector(c, negative[1]),
  ),
];
