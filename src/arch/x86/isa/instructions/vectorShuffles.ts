/** Instructions that put bytes of vectors elsewhere: unpack, shuffle, insert, extract, whole-vector shifts. */
import { convert } from '../builder/value';
import {
  i16x8,
  i8x16,
  lane,
  lanes,
  shuffle,
  withLane,
  zeroVector,
  type Vector,
} from '../builder/vector';
import { define, type Family } from '../definition';
import type { Semantics } from '../semantics';

/** Lane 0 of `a`, of so many bytes, and the rest of `b`. */
export function splitLanes(bytes: number, a: Vector, b: Vector): Vector {
  const order = Array.from({ length: 16 }, (_, i) => (i < bytes ? i : i + 16));
  return shuffle(a, b, order);
}

/** Each half of operands 1 and 2 into operand 0. */
export function binary(c: Semantics, operation: (a: Vector, b: Vector) => Vector): void {
  c.eachHalf(half => {
    c.setVector(0, operation(c.getVector(1, half), c.getVector(2, half)), half);
  });
}

/** Lanes of two vectors in turn, from the low or the high halves. */
function unpack(size: number, high: boolean): (a: Vector, b: Vector) => Vector {
  const count = 16 / size;
  const first = high ? count / 2 : 0;
  const order = Array.from({ length: count / 2 }, (_, i) => [first + i, count + first + i]).flat();
  return (a, b) => shuffle(a, b, lanes(size, order));
}

const two = (number: number, at: number): number => (number >> at) & 3;

/** Four lanes of 32 bits, by pairs of bits. */
function shuffleDoublewords(c: Semantics): void {
  const number = c.immediateByte();
  const order = lanes(
    4,
    [0, 2, 4, 6].map(at => two(number, at)),
  );
  c.eachHalf(half => {
    const value = c.getVector(1, half);
    c.setVector(0, shuffle(value, value, order), half);
  });
}

/** Four lanes of 16 bits, from `first` on; the others stay. */
function shuffleWords(c: Semantics, first: number): void {
  const number = c.immediateByte();
  const order = [0, 1, 2, 3, 4, 5, 6, 7];
  for (let i = 0; i < 4; i++) order[first + i] = first + two(number, i * 2);
  c.eachHalf(half => {
    const value = c.getVector(1, half);
    c.setVector(0, shuffle(value, value, lanes(2, order)), half);
  });
}

/** PSLLDQ and PSRLDQ: by bytes. */
function shiftBytes(c: Semantics, left: boolean): void {
  const count = Math.min(c.immediateByte(), 16);
  // The other vector is zeros.
  const order = Array.from({ length: 16 }, (_, i) => {
    const from = left ? i - count : i + count;
    return from >= 0 && from < 16 ? from : 16;
  });
  c.eachHalf(half => c.setVector(0, shuffle(c.getVector(1, half), zeroVector, order), half));
}

const vector = { avx: 'vector', aligned: 'legacy' } as const;
const byNumber = { ...vector, immediateInForm: true } as const;
const low = { avx: 'vector128', immediateInForm: true } as const;

const pairs: readonly (readonly [name: string, key: string, size: number, high: boolean])[] = [
  ['unpcklps', 'NP 0F 14', 4, false],
  ['unpcklpd', '66 0F 14', 8, false],
  ['unpckhps', 'NP 0F 15', 4, true],
  ['unpckhpd', '66 0F 15', 8, true],
  ['punpcklbw', '66 0F 60', 1, false],
  ['punpcklwd', '66 0F 61', 2, false],
  ['punpckldq', '66 0F 62', 4, false],
  ['punpckhbw', '66 0F 68', 1, true],
  ['punpckhwd', '66 0F 69', 2, true],
  ['punpckhdq', '66 0F 6a', 4, true],
  ['punpcklqdq', '66 0F 6c', 8, false],
  ['punpckhqdq', '66 0F 6d', 8, true],
];

/** Shuffles, in the order of the two-byte map. */
export const vectorShuffles: Family = [
  ...pairs.flatMap(([name, key, size, high]) =>
    define(name, { [key]: 'Vx,Hx,Wx' }, vector, c => binary(c, unpack(size, high))),
  ),
  ...define('packsswb', { '66 0F 63': 'Vx,Hx,Wx' }, vector, c => binary(c, i8x16.narrowS)),
  ...define('packuswb', { '66 0F 67': 'Vx,Hx,Wx' }, vector, c => binary(c, i8x16.narrowU)),
  ...define('packssdw', { '66 0F 6b': 'Vx,Hx,Wx' }, vector, c => binary(c, i16x8.narrowS)),
  ...define('pshufd', { '66 0F 70': 'Vx,Wx,Ib' }, byNumber, shuffleDoublewords),
  ...define('pshufhw', { 'F3 0F 70': 'Vx,Wx,Ib' }, byNumber, c => shuffleWords(c, 4)),
  ...define('pshuflw', { 'F2 0F 70': 'Vx,Wx,Ib' }, byNumber, c => shuffleWords(c, 0)),
  ...define('psrldq', { '66 0F 73 /3 reg': 'Hx,Ux,Ib' }, byNumber, c => shiftBytes(c, false)),
  ...define('pslldq', { '66 0F 73 /7 reg': 'Hx,Ux,Ib' }, byNumber, c => shiftBytes(c, true)),
  ...define(
    'pinsrw',
    { '66 0F c4 reg': 'Vdq,Hdq,Ed,Ib', '66 0F c4 mem': 'Vdq,Hdq,Ew,Ib' },
    low,
    c => {
      const value = convert(c.get(2), 'i32');
      c.setVector(0, withLane(2, c.getVector(1), c.immediateByte() & 7, value));
    },
  ),
  ...define('pextrw', { '66 0F c5 reg': 'Gd,Udq,Ib' }, low, c =>
    c.set(0, lane(2, c.getVector(1), c.immediateByte() & 7)),
  ),
  ...define('shufps', { 'NP 0F c6': 'Vx,Hx,Wx,Ib' }, byNumber, c => {
    const number = c.immediateByte();
    const order = [two(number, 0), two(number, 2), 4 + two(number, 4), 4 + two(number, 6)];
    binary(c, (a, b) => shuffle(a, b, lanes(4, order)));
  }),
  ...define('shufpd', { '66 0F c6': 'Vx,Hx,Wx,Ib' }, byNumber, c => {
    const number = c.immediateByte();
    c.eachHalf(half => {
      const [first, second] = [(number >> (half * 2)) & 1, (number >> (half * 2 + 1)) & 1];
      const order = lanes(8, [first, 2 + second]);
      c.setVector(0, shuffle(c.getVector(1, half), c.getVector(2, half), order), half);
    });
  }),
];
