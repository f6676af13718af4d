/** SSE3 and SSSE3, in the order of the opcode maps. */
import {
  bits,
  i16x8,
  i32x4,
  i8x16,
  lanes,
  shuffle,
  splatBytes,
  withLane,
  zeroVector,
  type Vector,
} from '../builder/vector';
import { i32 } from '../builder/value';
import { define, type Family } from '../definition';
import type { Semantics } from '../semantics';
import type { FloatBytes } from './floatGuard';
import { arithmetic, halvesOf, setHalves } from './vectorFloats';
import { binary } from './vectorShuffles';

type Operation = (a: Vector, b: Vector) => Vector;

/** An operation on neighbouring lanes: of the first vector, then of the second. */
function horizontal(size: number, operation: Operation): Operation {
  return (a, b) =>
    operation(shuffle(a, b, everySecond(size, 0)), shuffle(a, b, everySecond(size, 1)));
}

/** Every second lane of two vectors. */
function everySecond(size: number, first: number): number[] {
  return lanes(
    size,
    Array.from({ length: 16 / size }, (_, i) => first + 2 * i),
  );
}

/** The same of floating-point numbers. */
function horizontalFloats(c: Semantics, bytes: FloatBytes, operation: 'add' | 'sub'): void {
  const [a, b] = [halvesOf(c, 1), halvesOf(c, 2)];
  const gathered = (first: number): Vector[] =>
    a.map((x, half) => shuffle(x, b[half] ?? x, everySecond(bytes, first)));
  setHalves(c, arithmetic(c, operation, bytes, false, { a: gathered(0), b: gathered(1) }));
}

const SIGNS_OF_EVEN = { 4: splatBytes(8, 0x8000_0000n), 8: highBit() } as const;

function highBit(): Vector {
  return withLane(1, zeroVector, 7, i32(0x80));
}

/** Differences in even places, sums in odd ones. */
function addSubtract(c: Semantics, bytes: FloatBytes): void {
  const [a, b] = [halvesOf(c, 1), halvesOf(c, 2)];
  // A NaN keeps its sign; the helper sees the operands themselves.
  const turned = b.map(x => bits.xor(x, SIGNS_OF_EVEN[bytes]));
  setHalves(c, arithmetic(c, 'add', bytes, false, { a, b: turned }, { name: 'addsub', b }));
}

/** Unsigned bytes by signed ones, sums of neighbours. */
function multiplyBytes(a: Vector, b: Vector): Vector {
  const even = i16x8.mul(
    bits.and(a, splatBytes(2, 0xffn)),
    i16x8.shrS(i16x8.shl(b, i32(8)), i32(8)),
  );
  return i16x8.addSatS(even, i16x8.mul(i16x8.shrU(a, i32(8)), i16x8.shrS(b, i32(8))));
}

interface SignedShape {
  readonly sub: Operation;
  readonly greaterS: Operation;
  readonly equal: Operation;
}

/** The first with the sign of the second, 0 where that is 0. */
function sign(shape: SignedShape): Operation {
  return (a, b) => {
    const negative = shape.greaterS(zeroVector, b);
    const value = shape.sub(bits.xor(a, negative), negative);
    return bits.andNot(value, shape.equal(b, zeroVector));
  };
}

/** High halves of doubled products, rounded. */
function roundedProducts(a: Vector, b: Vector): Vector {
  const round = (products: Vector): Vector =>
    i32x4.shrS(i32x4.add(products, splatBytes(4, 0x4000n)), i32(15));
  const [low, high] = [i32x4.productsLowS(a, b), i32x4.productsHighS(a, b)];
  return shuffle(round(low), round(high), lanes(2, [0, 2, 4, 6, 8, 10, 12, 14]));
}

/** 16 bytes out of two vectors behind one another. */
function align(c: Semantics): void {
  const count = c.immediateByte();
  const order = Array.from({ length: 16 }, (_, i) => i + (count % 16));
  binary(c, (a, b) => {
    if (count < 16) return shuffle(b, a, order);
    return count < 32 ? shuffle(a, zeroVector, order) : zeroVector;
  });
}

function each(c: Semantics, operation: (a: Vector) => Vector): void {
  c.eachHalf(half => c.setVector(0, operation(c.getVector(1, half)), half));
}

const vector = { avx: 'vector', aligned: 'legacy' } as const;
const three = 'Vx,Hx,Wx';

/** Operations of SSSE3 on two vectors, with their opcodes. */
export const ssse3: readonly (readonly [name: string, opcode: string, operation: Operation])[] = [
  [
    'pshufb',
    '00',
    (a: Vector, b: Vector): Vector => i8x16.swizzle(a, bits.and(b, splatBytes(1, 0x8fn))),
  ],
  ['phaddw', '01', horizontal(2, i16x8.add)],
  ['phaddd', '02', horizontal(4, i32x4.add)],
  ['phaddsw', '03', horizontal(2, i16x8.addSatS)],
  ['pmaddubsw', '04', multiplyBytes],
  ['phsubw', '05', horizontal(2, i16x8.sub)],
  ['phsubd', '06', horizontal(4, i32x4.sub)],
  ['phsubsw', '07', horizontal(2, i16x8.subSatS)],
  ['psignb', '08', sign(i8x16)],
  ['psignw', '09', sign(i16x8)],
  ['psignd', '0a', sign(i32x4)],
  ['pmulhrsw', '0b', roundedProducts],
];

/** SSE3 and SSSE3. */
export const vectorExtensions: Family = [
  ...define('haddpd', { '66 0F 7c': three }, vector, c => horizontalFloats(c, 8, 'add')),
  ...define('haddps', { 'F2 0F 7c': three }, vector, c => horizontalFloats(c, 4, 'add')),
  ...define('hsubpd', { '66 0F 7d': three }, vector, c => horizontalFloats(c, 8, 'sub')),
  ...define('hsubps', { 'F2 0F 7d': three }, vector, c => horizontalFloats(c, 4, 'sub')),
  ...define('addsubpd', { '66 0F d0': three }, vector, c => addSubtract(c, 8)),
  ...define('addsubps', { 'F2 0F d0': three }, vector, c => addSubtract(c, 4)),
  ...ssse3.flatMap(([name, opcode, operation]) =>
    define(name, { [`66 0F38 ${opcode}`]: three }, vector, c => binary(c, operation)),
  ),
  ...define('pabsb', { '66 0F38 1c': 'Vx,Wx' }, vector, c => each(c, i8x16.abs)),
  ...define('pabsw', { '66 0F38 1d': 'Vx,Wx' }, vector, c => each(c, i16x8.abs)),
  ...define('pabsd', { '66 0F38 1e': 'Vx,Wx' }, vector, c => each(c, i32x4.abs)),
  ...define(
    'palignr',
    { '66 0F3A 0f': `${three},Ib` },
    { ...vector, immediateInForm: true },
    align,
  ),
];
