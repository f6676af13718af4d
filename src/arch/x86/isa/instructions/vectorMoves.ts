/** Moves of SSE to SSE4.2 and AVX between vector registers, memory and general registers. */
import { convert, i32, i64, or, shl, wide, type IntType, type Value } from '../builder/value';
import {
  i32x4,
  i64x2,
  i8x16,
  lane,
  lane64,
  shuffle,
  withLane64,
  zeroVector,
  type Vector,
} from '../builder/vector';
import { define, type Family } from '../definition';
import type { Semantics } from '../semantics';
import { splitLanes } from './vectorShuffles';

/** All of operand 1 into operand 0. */
function move(c: Semantics): void {
  c.eachHalf(half => c.setVector(0, c.getVector(1, half), half));
}

/** A scalar: into a register with zeros above from memory, else beside what is there. */
function moveScalar(c: Semantics): void {
  const { operands } = c.form;
  const bytes = c.size(0) as 4 | 8;
  if (c.operand(0).kind === 'memory') {
    c.set(0, numberOf(c.getVector(operands.length - 1), bytes));
  } else if (operands.length === 2) {
    c.setVector(0, c.getVector(1));
  } else {
    c.setVector(0, splitLanes(bytes, c.getVector(2), c.getVector(1)));
  }
}

function numberOf(vector: Vector, bytes: number): Value<IntType> {
  return bytes === 8 ? lane64(vector, 0) : lane(4, vector, 0);
}

/** A general register or memory of 4 or 8 bytes into a vector, zeros above. */
function moveIn(c: Semantics): void {
  c.setVector(0, withLane64(zeroVector, 0, wide(c.get(1))));
}

function moveOut(c: Semantics): void {
  c.set(0, numberOf(c.getVector(1), c.size(0)));
}

/** Operand 2's low half, of register or memory, into the high or low half beside operand 1's other. */
function half(c: Semantics, into: 0 | 1, from: 0 | 1 = 0): void {
  const value = lane64(c.getVector(2), from);
  c.setVector(0, withLane64(c.getVector(1), into, value));
}

const storeHalf = (c: Semantics, from: 0 | 1): void => c.set(0, lane64(c.getVector(1), from));

/** Sign bits of lanes, of both halves, as a number. */
function mask(c: Semantics, perHalf: number, bitmask: (a: Vector) => Value<'i32'>): void {
  const low = bitmask(c.getVector(1));
  const isWide = c.form.vectorBytes === 32;
  const all = isWide ? or(low, shl(bitmask(c.getVector(1, 1)), i32(perHalf))) : low;
  c.set(0, convert(all, c.type(0)));
}

const vector = { avx: 'vector' } as const;
const aligned = { avx: 'vector', aligned: 'always' } as const;
const low = { avx: 'vector128' } as const;

/** Moves, in the order of the two-byte map. */
export const vectorMoves: Family = [
  ...define('movups', { 'NP 0F 10': 'Vx,Wx', 'NP 0F 11': 'Wx,Vx' }, vector, move),
  ...define('movupd', { '66 0F 10': 'Vx,Wx', '66 0F 11': 'Wx,Vx' }, vector, move),
  ...define(
    'movss',
    { 'F3 0F 10 mem': 'Vss,Wss', 'F3 0F 11 mem': 'Wss,Vss' },
    { avx: 'scalar' },
    moveScalar,
  ),
  ...define(
    'movss',
    { 'F3 0F 10 reg': 'Vss,Hss,Wss', 'F3 0F 11 reg': 'Wss,Hss,Vss' },
    { avx: 'scalar' },
    moveScalar,
  ),
  ...define(
    'movsd',
    { 'F2 0F 10 mem': 'Vsd,Wsd', 'F2 0F 11 mem': 'Wsd,Vsd' },
    { avx: 'scalar' },
    moveScalar,
  ),
  ...define(
    'movsd',
    { 'F2 0F 10 reg': 'Vsd,Hsd,Wsd', 'F2 0F 11 reg': 'Wsd,Hsd,Vsd' },
    { avx: 'scalar' },
    moveScalar,
  ),
  ...define('movhlps', { 'NP 0F 12 reg': 'Vdq,Hdq,Wdq' }, low, c => half(c, 0, 1)),
  ...define('movlps', { 'NP 0F 12 mem': 'Vdq,Hdq,Wq', '66 0F 12 mem': 'Vdq,Hdq,Wq' }, low, c =>
    half(c, 0),
  ),
  ...define('movlps', { 'NP 0F 13 mem': 'Mq,Vdq', '66 0F 13 mem': 'Mq,Vdq' }, low, c =>
    storeHalf(c, 0),
  ),
  ...define('movsldup', { 'F3 0F 12': 'Vx,Wx' }, { ...vector, aligned: 'legacy' }, c =>
    c.eachHalf(part => {
      const value = c.getVector(1, part);
      c.setVector(
        0,
        shuffle(value, value, [0, 1, 2, 3, 0, 1, 2, 3, 8, 9, 10, 11, 8, 9, 10, 11]),
        part,
      );
    }),
  ),
  ...define('movddup', { 'F2 0F 12': 'Vdq,Wq' }, low, c => {
    const value = lane64(c.getVector(1), 0);
    c.setVector(0, withLane64(withLane64(zeroVector, 0, value), 1, value));
  }),
  ...define('movlhps', { 'NP 0F 16 reg': 'Vdq,Hdq,Wdq' }, low, c => half(c, 1)),
  ...define('movhps', { 'NP 0F 16 mem': 'Vdq,Hdq,Wq', '66 0F 16 mem': 'Vdq,Hdq,Wq' }, low, c =>
    half(c, 1),
  ),
  ...define('movhps', { 'NP 0F 17 mem': 'Mq,Vdq', '66 0F 17 mem': 'Mq,Vdq' }, low, c =>
    storeHalf(c, 1),
  ),
  ...define('movshdup', { 'F3 0F 16': 'Vx,Wx' }, { ...vector, aligned: 'legacy' }, c =>
    c.eachHalf(part => {
      const value = c.getVector(1, part);
      c.setVector(
        0,
        shuffle(value, value, [4, 5, 6, 7, 4, 5, 6, 7, 12, 13, 14, 15, 12, 13, 14, 15]),
        part,
      );
    }),
  ),
  ...define('movaps', { 'NP 0F 28': 'Vx,Wx', 'NP 0F 29': 'Wx,Vx' }, aligned, move),
  ...define('movapd', { '66 0F 28': 'Vx,Wx', '66 0F 29': 'Wx,Vx' }, aligned, move),
  ...define('movntps', { 'NP 0F 2b mem': 'Wx,Vx', '66 0F 2b mem': 'Wx,Vx' }, aligned, move),
  ...define('movmskps', { 'NP 0F 50': 'Gy,Ux' }, vector, c => mask(c, 4, i32x4.bitmask)),
  ...define('movmskpd', { '66 0F 50': 'Gy,Ux' }, vector, c => mask(c, 2, i64x2.bitmask)),
  ...define('movd', { '66 0F 6e': 'Vdq,Ey' }, low, moveIn),
  ...define('movdqa', { '66 0F 6f': 'Vx,Wx', '66 0F 7f': 'Wx,Vx' }, aligned, move),
  ...define('movdqu', { 'F3 0F 6f': 'Vx,Wx', 'F3 0F 7f': 'Wx,Vx' }, vector, move),
  ...define('movd', { '66 0F 7e': 'Ey,Vdq' }, low, moveOut),
  ...define('movq', { 'F3 0F 7e': 'Vdq,Wq' }, low, c =>
    c.setVector(0, withLane64(c.getVector(1), 1, i64(0))),
  ),
  ...define('movq', { '66 0F d6': 'Wq,Vdq' }, low, c => {
    if (c.operand(0).kind === 'memory') c.set(0, lane64(c.getVector(1), 0));
    else c.setVector(0, withLane64(c.getVector(1), 1, i64(0)));
  }),
  ...define('pmovmskb', { '66 0F d7': 'Gd,Ux' }, vector, c => mask(c, 16, i8x16.bitmask)),
  ...define('movntdq', { '66 0F e7 mem': 'Wx,Vx' }, aligned, move),
  ...define('lddqu', { 'F2 0F f0 mem': 'Vx,Wx' }, vector, move),
];
