/** Integer arithmetic on vectors: SSE2, and AVX and AVX2 with the same opcodes. */
import { lessU } from '../builder/condition';
import { i32, i64, wrap, type Value } from '../builder/value';
import {
  bits,
  i16x8,
  i32x4,
  i64x2,
  i8x16,
  lane64,
  lanes,
  shuffle,
  splatBytes,
  zeroVector,
  type Vector,
} from '../builder/vector';
import { select } from '../builder/condition';
import { define, type Family } from '../definition';
import type { Semantics } from '../semantics';
import { binary } from './vectorShuffles';

type Operation = (a: Vector, b: Vector) => Vector;

const odd = lanes(2, [1, 3, 5, 7, 9, 11, 13, 15]);

/** High halves of products of 16-bit lanes. */
function highProducts(low: Operation, high: Operation): Operation {
  return (a, b) => shuffle(low(a, b), high(a, b), odd);
}

/** Products of the even lanes of 32 bits, as 64 bits. */
function evenProducts(a: Vector, b: Vector): Vector {
  const even = lanes(4, [0, 2, 0, 2]);
  return i64x2.productsLowU(shuffle(a, a, even), shuffle(b, b, even));
}

/** Sums of absolute differences of bytes, in each half. */
function sumOfDifferences(a: Vector, b: Vector): Vector {
  const difference = i8x16.sub(i8x16.maxU(a, b), i8x16.minU(a, b));
  const quarters = i32x4.pairwiseU(i16x8.pairwiseU(difference));
  const high = i64x2.shrU(quarters, i32(32));
  return i64x2.add(high, bits.and(quarters, splatBytes(8, 0xffff_ffffn)));
}

/** Operations on two vectors, with their opcodes. */
export const vectorOperations: readonly (readonly [
  name: string,
  opcode: string,
  operation: Operation,
])[] = [
  ['pcmpgtb', '64', i8x16.greaterS],
  ['pcmpgtw', '65', i16x8.greaterS],
  ['pcmpgtd', '66', i32x4.greaterS],
  ['pcmpeqb', '74', i8x16.equal],
  ['pcmpeqw', '75', i16x8.equal],
  ['pcmpeqd', '76', i32x4.equal],
  ['paddq', 'd4', i64x2.add],
  ['pmullw', 'd5', i16x8.mul],
  ['psubusb', 'd8', i8x16.subSatU],
  ['psubusw', 'd9', i16x8.subSatU],
  ['pminub', 'da', i8x16.minU],
  ['pand', 'db', bits.and],
  ['paddusb', 'dc', i8x16.addSatU],
  ['paddusw', 'dd', i16x8.addSatU],
  ['pmaxub', 'de', i8x16.maxU],
  ['pandn', 'df', (a: Vector, b: Vector): Vector => bits.andNot(b, a)],
  ['pavgb', 'e0', i8x16.averageU],
  ['pavgw', 'e3', i16x8.averageU],
  ['pmulhuw', 'e4', highProducts(i32x4.productsLowU, i32x4.productsHighU)],
  ['pmulhw', 'e5', highProducts(i32x4.productsLowS, i32x4.productsHighS)],
  ['psubsb', 'e8', i8x16.subSatS],
  ['psubsw', 'e9', i16x8.subSatS],
  ['pminsw', 'ea', i16x8.minS],
  ['por', 'eb', bits.or],
  ['paddsb', 'ec', i8x16.addSatS],
  ['paddsw', 'ed', i16x8.addSatS],
  ['pmaxsw', 'ee', i16x8.maxS],
  ['pxor', 'ef', bits.xor],
  ['pmuludq', 'f4', evenProducts],
  ['pmaddwd', 'f5', i32x4.dot],
  ['psadbw', 'f6', sumOfDifferences],
  ['psubb', 'f8', i8x16.sub],
  ['psubw', 'f9', i16x8.sub],
  ['psubd', 'fa', i32x4.sub],
  ['psubq', 'fb', i64x2.sub],
  ['paddb', 'fc', i8x16.add],
  ['paddw', 'fd', i16x8.add],
  ['paddd', 'fe', i32x4.add],
];

type Shift = (a: Vector, count: Value<'i32'>) => Vector;

/** A shift of lanes: beyond their width nothing is left, or nothing but signs. */
export function shiftWithin(
  c: Semantics,
  value: Vector,
  count: Value<'i64'>,
  width: number,
  shift: Shift,
  name: string,
): Vector {
  const keepsSign = name.startsWith('psra');
  const within = c.code.hold(lessU(count, i64(width)));
  const used = wrap(keepsSign ? select(within, count, i64(width - 1)) : count);
  const shifted = shift(value, used);
  return keepsSign ? shifted : select(within, shifted, zeroVector);
}

function shiftLanes(c: Semantics, width: number, shift: Shift, name: string): void {
  const count = c.code.let(
    c.operand(2).kind === 'immediate' ? i64(c.immediateByte()) : lane64(c.getVector(2), 0),
  );
  c.eachHalf(half => {
    c.setVector(0, shiftWithin(c, c.getVector(1, half), count, width, shift, name), half);
  });
}

const vector = { avx: 'vector', aligned: 'legacy' } as const;
const byNumber = { avx: 'vector', immediateInForm: true } as const;

/** Shifts: by the low half of a vector, and by an immediate. */
export const shiftTable: readonly (readonly [
  name: string,
  opcode: string,
  group: string,
  width: number,
  shift: Shift,
])[] = [
  ['psrlw', 'd1', '71 /2', 16, i16x8.shrU],
  ['psrld', 'd2', '72 /2', 32, i32x4.shrU],
  ['psrlq', 'd3', '73 /2', 64, i64x2.shrU],
  ['psraw', 'e1', '71 /4', 16, i16x8.shrS],
  ['psrad', 'e2', '72 /4', 32, i32x4.shrS],
  ['psllw', 'f1', '71 /6', 16, i16x8.shl],
  ['pslld', 'f2', '72 /6', 32, i32x4.shl],
  ['psllq', 'f3', '73 /6', 64, i64x2.shl],
];

/** Integer arithmetic, in the order of the two-byte map. */
export const vectorIntegers: Family = [
  ...vectorOperations.flatMap(([name, opcode, operation]) =>
    define(name, { [`66 0F ${opcode}`]: 'Vx,Hx,Wx' }, vector, c => binary(c, operation)),
  ),
  ...shiftTable.flatMap(([name, opcode, group, width, shift]) => {
    return [
      ...define(name, { [`66 0F ${opcode}`]: 'Vx,Hx,Wdq' }, vector, c =>
        shiftLanes(c, width, shift, name),
      ),
      ...define(name, { [`66 0F ${group} reg`]: 'Hx,Ux,Ib' }, byNumber, c =>
        shiftLanes(c, width, shift, name),
      ),
    ];
  }),
];
