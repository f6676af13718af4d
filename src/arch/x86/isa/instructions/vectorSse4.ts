/** SSE4.1 and SSE4.2, in the order of the three-byte maps. */
import { isZero, lessU, select, toInt } from '../builder/condition';
import { and, convert, i32, or, shl, shrU, wide, type Value } from '../builder/value';
import {
  bits,
  bitSelect,
  i16x8,
  i32x4,
  i64x2,
  i8x16,
  lane,
  lane64,
  lanes,
  shuffle,
  withLane,
  withLane64,
  zeroVector,
  type Vector,
} from '../builder/vector';
import { coreOffset, xmmOffset } from '../coreLayout';
import { define, type Family } from '../definition';
import { writeStatus } from '../flagWords';
import type { HelperName } from '../helperName';
import type { Semantics } from '../semantics';
import { allLanes, guarded, isOrdinary, joinMasks, shapeOf, type FloatBytes } from './floatGuard';
import { arithmetic, halvesOf, setHalves } from './vectorFloats';
import { binary, splitLanes } from './vectorShuffles';

type Operation = (a: Vector, b: Vector) => Vector;
type Unary = (a: Vector) => Vector;

/** Lanes of operand 1 where XMM0's are negative. */
function blendByRegister(c: Semantics, negative: Unary): void {
  const mask = negative(c.word('v128', xmmOffset(0)));
  c.setVector(0, bitSelect(c.getVector(1), c.getVector(0), mask));
}

/** Lanes of operand 2 where bits of the immediate are 1. */
function blend(c: Semantics, size: number): void {
  const count = 16 / size;
  c.eachHalf(half => {
    const number = size === 2 ? c.immediateByte() : c.immediateByte() >> (half * count);
    const order = Array.from({ length: count }, (_, i) => i + ((number >> i) & 1) * count);
    const [a, b] = [c.getVector(1, half), c.getVector(2, half)];
    c.setVector(0, shuffle(a, b, lanes(size, order)), half);
  });
}

/** PTEST: ZF when the operands have no bit in common, CF when the second has none that the first lacks. */
function test(c: Semantics): void {
  const none = (combine: Operation): Value<'i32'> => {
    let all: Vector = zeroVector;
    c.eachHalf(half => {
      all = bits.or(all, combine(c.getVector(1, half), c.getVector(0, half)));
    });
    return toInt(isZero(or(lane64(all, 0), lane64(all, 1))));
  };
  const [zero, carry] = [none(bits.and), none(bits.andNot)];
  writeStatus(c, or(carry, shl(zero, i32(6))));
}

/** Rounds to whole numbers; bit 2 of the immediate leaves the choice to MXCSR, bit 3 notes nothing. */
function roundAll(
  c: Semantics,
  bytes: FloatBytes,
  a: readonly Vector[],
  isScalar: boolean,
): Vector[] {
  const control = c.immediateByte() & 15;
  const { nearest, floor, ceil, truncate } = shapeOf(bytes);
  const fast =
    (control & 4) === 0 ? ([nearest, floor, ceil, truncate][control & 3] ?? nearest) : nearest;
  return guarded(c, {
    task: {
      ...{ operation: 'round', bytes, resultBytes: bytes, control },
      lanes: isScalar ? 1 : (a.length * 16) / bytes,
    },
    ...{ operands: [a], results: a.map(fast) },
    quiet: joinMasks(a.map(x => isOrdinary(bytes, x))),
    exact: () => joinMasks(a.map(x => shapeOf(bytes).equal(truncate(x), x))),
    ...{ lanes: isScalar ? 1 : allLanes(bytes), laneBytes: bytes },
    rounds: (control & 12) !== 8,
  });
}

function roundScalar(c: Semantics, bytes: FloatBytes): void {
  const [rounded = zeroVector] = roundAll(c, bytes, [c.getVector(2)], true);
  c.setVector(0, splitLanes(bytes, rounded, c.getVector(1)));
}

/** A lane of operand 1 into a register or memory. */
function extract(c: Semantics, size: 1 | 2 | 4): void {
  const index = c.immediateByte() & (16 / size - 1);
  const value = lane(size, c.getVector(1), index);
  c.set(0, convert(value, c.type(0)));
}

function extractWide(c: Semantics): void {
  const number = c.immediateByte();
  if (c.size(0) === 8) c.set(0, lane64(c.getVector(1), number & 1));
  else extract(c, 4);
}

function insertWide(c: Semantics): void {
  const number = c.immediateByte();
  const [vector, value] = [c.getVector(1), c.get(2)];
  if (c.size(2) === 8) c.setVector(0, withLane64(vector, number & 1, wide(value)));
  else c.setVector(0, withLane(4, vector, number & 3, convert(value, 'i32')));
}

function insertSingle(c: Semantics): void {
  const number = c.immediateByte();
  const from = c.operand(2).kind === 'memory' ? 0 : number >> 6;
  const value = lane(4, c.getVector(2), from);
  let result = withLane(4, c.getVector(1), (number >> 4) & 3, value);
  for (let i = 0; i < 4; i++) {
    if (((number >> i) & 1) === 1) result = withLane(4, result, i, i32(0));
  }
  c.setVector(0, result);
}

/** Products of the lanes that the immediate names, summed into the lanes that it names. */
function dotProduct(c: Semantics, bytes: FloatBytes): void {
  const number = c.immediateByte();
  const count = 16 / bytes;
  const keep = (vectors: readonly Vector[], lanesToKeep: number): Vector[] => {
    const order = Array.from({ length: count }, (_, i) => i + ((lanesToKeep >> i) & 1 ? 0 : count));
    return vectors.map(each => shuffle(each, zeroVector, lanes(bytes, order)));
  };
  const moved = (vectors: readonly Vector[], order: readonly number[]): Vector[] =>
    vectors.map(each => shuffle(each, each, lanes(bytes, order)));
  const add = (a: Vector[], b: Vector[]): Vector[] => arithmetic(c, 'add', bytes, false, { a, b });
  // What is left out raises nothing.
  const factors = { a: keep(halvesOf(c, 1), number >> 4), b: keep(halvesOf(c, 2), number >> 4) };
  const products = keep(arithmetic(c, 'mul', bytes, false, factors), number >> 4);
  // Each lane adds in its own order: of two NaNs the first counts.
  if (bytes === 8) {
    setHalves(c, keep(add(products, moved(products, [1, 0])), number));
    return;
  }
  const pairs = add(moved(products, [1, 0, 3, 2]), products);
  setHalves(c, keep(add(pairs, moved(pairs, [2, 3, 0, 1])), number));
}

/** MPSADBW: sums of differences of four bytes at eight places; each half has bits of its own. */
function sumsOfDifferences(c: Semantics): void {
  c.eachHalf(half => {
    const number = c.immediateByte() >> (half * 3);
    const first = (number & 4) === 0 ? 0 : 4;
    const second = (number & 3) * 4;
    const [a, b] = [c.getVector(1, half), c.getVector(2, half)];
    let sum: Vector = zeroVector;
    for (let j = 0; j < 4; j++) {
      const places = Array.from({ length: 8 }, (_, i) => [first + i + j, 16]).flat();
      const spread = Array.from({ length: 8 }, () => [second + j, 16]).flat();
      const difference = i16x8.sub(shuffle(a, zeroVector, places), shuffle(b, zeroVector, spread));
      sum = i16x8.add(sum, i16x8.abs(difference));
    }
    c.setVector(0, sum, half);
  });
}

/** PHMINPOSUW: the smallest word, and where it is first. */
function smallestWord(c: Semantics): void {
  const source = c.getVector(1);
  // The index below the word makes one number of each, and the first of equals the smallest.
  let best: Value<'i32'> = or(shl(lane(2, source, 0), i32(3)), i32(0));
  for (let i = 1; i < 8; i++) {
    const next = or(shl(lane(2, source, i), i32(3)), i32(i));
    best = c.code.let(smaller(best, next));
  }
  const word = withLane(2, zeroVector, 0, shiftRight(best, 3));
  c.setVector(0, withLane(2, word, 1, lowBits(best, 7)));
}

/** PCMPESTRI and kin: a function of the host; operands go through the core's words. */
function compareStrings(c: Semantics, helper: HelperName): void {
  c.setWordNow('v128', coreOffset.vectorArguments, c.getVector(0));
  c.setWordNow('v128', coreOffset.vectorArguments + 16, c.getVector(1));
  // Bit 0: the lengths have 64 bits.
  c.setWordNow('i32', coreOffset.argument, i32(c.form.w ? 1 : 0));
  c.helper(helper);
  if (c.form.vex && helper.endsWith('m')) c.clearUpperHalf(0);
  writeStatus(c, c.word('i32', coreOffset.argument));
}

const smaller = (a: Value<'i32'>, b: Value<'i32'>): Value<'i32'> => select(lessU(a, b), a, b);
const shiftRight = (a: Value<'i32'>, by: number): Value<'i32'> => shrU(a, i32(by));
const lowBits = (a: Value<'i32'>, mask: number): Value<'i32'> => and(a, i32(mask));

const vector = { avx: 'vector', aligned: 'legacy' } as const;
const byNumber = { ...vector, immediateInForm: true } as const;
const low = { avx: 'vector128', immediateInForm: true } as const;
const scalar = { avx: 'scalar', immediateInForm: true } as const;
const legacy = { aligned: 'legacy' } as const;

/** Widenings of lanes: the size is that of a memory operand for 16 bytes of result. */
export const widenings: readonly (readonly [
  name: string,
  opcode: string,
  size: string,
  widen: Unary,
])[] = [
  ['pmovsxbw', '20', 'q', i16x8.extendLowS],
  ['pmovsxbd', '21', 'd', (a: Vector): Vector => i32x4.extendLowS(i16x8.extendLowS(a))],
  [
    'pmovsxbq',
    '22',
    'w',
    (a: Vector): Vector => i64x2.extendLowS(i32x4.extendLowS(i16x8.extendLowS(a))),
  ],
  ['pmovsxwd', '23', 'q', i32x4.extendLowS],
  ['pmovsxwq', '24', 'd', (a: Vector): Vector => i64x2.extendLowS(i32x4.extendLowS(a))],
  ['pmovsxdq', '25', 'q', i64x2.extendLowS],
  ['pmovzxbw', '30', 'q', i16x8.extendLowU],
  ['pmovzxbd', '31', 'd', (a: Vector): Vector => i32x4.extendLowU(i16x8.extendLowU(a))],
  [
    'pmovzxbq',
    '32',
    'w',
    (a: Vector): Vector => i64x2.extendLowU(i32x4.extendLowU(i16x8.extendLowU(a))),
  ],
  ['pmovzxwd', '33', 'q', i32x4.extendLowU],
  ['pmovzxwq', '34', 'd', (a: Vector): Vector => i64x2.extendLowU(i32x4.extendLowU(a))],
  ['pmovzxdq', '35', 'q', i64x2.extendLowU],
];

const even = lanes(4, [0, 2, 0, 2]);

const operations: readonly (readonly [name: string, opcode: string, operation: Operation])[] = [
  ['pmuldq', '28', (a, b) => i64x2.productsLowS(shuffle(a, a, even), shuffle(b, b, even))],
  ['pcmpeqq', '29', i64x2.equal],
  ['packusdw', '2b', i16x8.narrowU],
  ['pcmpgtq', '37', i64x2.greaterS],
  ['pminsb', '38', i8x16.minS],
  ['pminsd', '39', i32x4.minS],
  ['pminuw', '3a', i16x8.minU],
  ['pminud', '3b', i32x4.minU],
  ['pmaxsb', '3c', i8x16.maxS],
  ['pmaxsd', '3d', i32x4.maxS],
  ['pmaxuw', '3e', i16x8.maxU],
  ['pmaxud', '3f', i32x4.maxU],
  ['pmulld', '40', i32x4.mul],
];

const stringCompares = ['pcmpestrm', 'pcmpestri', 'pcmpistrm', 'pcmpistri'] as const;

/** SSE4.1 and SSE4.2. */
export const vectorSse4: Family = [
  ...define('pblendvb', { '66 0F38 10': 'Vdq,Wdq' }, legacy, c =>
    blendByRegister(c, a => i8x16.greaterS(zeroVector, a)),
  ),
  ...define('blendvps', { '66 0F38 14': 'Vdq,Wdq' }, legacy, c =>
    blendByRegister(c, a => i32x4.greaterS(zeroVector, a)),
  ),
  ...define('blendvpd', { '66 0F38 15': 'Vdq,Wdq' }, legacy, c =>
    blendByRegister(c, a => i64x2.greaterS(zeroVector, a)),
  ),
  ...define('ptest', { '66 0F38 17': 'Vx,Wx' }, { ...vector, writes: 'oszapc' }, test),
  ...widenings.flatMap(([name, opcode, size, widen]) =>
    define(name, { [`66 0F38 ${opcode}`]: `Vdq,W${size}` }, { avx: 'vector128' }, c =>
      c.setVector(0, widen(c.getVector(1))),
    ),
  ),
  ...operations.flatMap(([name, opcode, operation]) =>
    define(name, { [`66 0F38 ${opcode}`]: 'Vx,Hx,Wx' }, vector, c => binary(c, operation)),
  ),
  ...define('movntdqa', { '66 0F38 2a mem': 'Vx,Wx' }, { avx: 'vector', aligned: 'always' }, c =>
    c.eachHalf(half => c.setVector(0, c.getVector(1, half), half)),
  ),
  ...define(
    'phminposuw',
    { '66 0F38 41': 'Vdq,Wdq' },
    { ...legacy, avx: 'vector128' },
    smallestWord,
  ),
  ...define('roundps', { '66 0F3A 08': 'Vx,Wx,Ib' }, byNumber, c =>
    setHalves(c, roundAll(c, 4, halvesOf(c, 1), false)),
  ),
  ...define('roundpd', { '66 0F3A 09': 'Vx,Wx,Ib' }, byNumber, c =>
    setHalves(c, roundAll(c, 8, halvesOf(c, 1), false)),
  ),
  ...define('roundss', { '66 0F3A 0a': 'Vss,Hss,Wss,Ib' }, scalar, c => roundScalar(c, 4)),
  ...define('roundsd', { '66 0F3A 0b': 'Vsd,Hsd,Wsd,Ib' }, scalar, c => roundScalar(c, 8)),
  ...define('blendps', { '66 0F3A 0c': 'Vx,Hx,Wx,Ib' }, byNumber, c => blend(c, 4)),
  ...define('blendpd', { '66 0F3A 0d': 'Vx,Hx,Wx,Ib' }, byNumber, c => blend(c, 8)),
  ...define('pblendw', { '66 0F3A 0e': 'Vx,Hx,Wx,Ib' }, byNumber, c => blend(c, 2)),
  ...define('pextrb', { '66 0F3A 14 reg': 'Ed,Vdq,Ib', '66 0F3A 14 mem': 'Eb,Vdq,Ib' }, low, c =>
    extract(c, 1),
  ),
  ...define('pextrw', { '66 0F3A 15 reg': 'Ed,Vdq,Ib', '66 0F3A 15 mem': 'Ew,Vdq,Ib' }, low, c =>
    extract(c, 2),
  ),
  ...define('pextrd', { '66 0F3A 16': 'Ey,Vdq,Ib' }, low, extractWide),
  ...define('extractps', { '66 0F3A 17': 'Ed,Vdq,Ib' }, low, c => extract(c, 4)),
  ...define(
    'pinsrb',
    { '66 0F3A 20 reg': 'Vdq,Hdq,Ed,Ib', '66 0F3A 20 mem': 'Vdq,Hdq,Eb,Ib' },
    low,
    c => {
      const value = convert(c.get(2), 'i32');
      c.setVector(0, withLane(1, c.getVector(1), c.immediateByte() & 15, value));
    },
  ),
  ...define('insertps', { '66 0F3A 21': 'Vdq,Hdq,Wd,Ib' }, low, insertSingle),
  ...define('pinsrd', { '66 0F3A 22': 'Vdq,Hdq,Ey,Ib' }, low, insertWide),
  ...define('dpps', { '66 0F3A 40': 'Vx,Hx,Wx,Ib' }, byNumber, c => dotProduct(c, 4)),
  ...define('dppd', { '66 0F3A 41': 'Vdq,Hdq,Wdq,Ib' }, { ...low, aligned: 'legacy' }, c =>
    dotProduct(c, 8),
  ),
  ...define('mpsadbw', { '66 0F3A 42': 'Vx,Hx,Wx,Ib' }, byNumber, sumsOfDifferences),
  ...stringCompares.flatMap((name, i) =>
    define(
      name,
      { [`66 0F3A ${(0x60 + i).toString(16)}`]: 'Vdq,Wdq,Ib' },
      { avx: 'vector128', writes: 'oszapc' },
      c => compareStrings(c, name),
    ),
  ),
];
