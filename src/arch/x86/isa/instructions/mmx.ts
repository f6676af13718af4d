/**
 * MMX, with what SSE and SSE2 added to it: the operations of SSE2 on 64 bits, in the registers of the x87,
 * which all are in use afterwards.
 */
import { convert, i64, wide } from '../builder/value';
import {
  bits,
  f64x2,
  i16x8,
  i32x4,
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
import { and, i32, type Value } from '../builder/value';
import { define, type Family } from '../definition';
import { plainHelper } from '../helperName';
import type { Semantics } from '../semantics';
import type { FloatBytes } from './floatGuard';
import { singlesFrom, toIntegers } from './vectorConversions';
import { ssse3 } from './vectorExtensions';
import { setMaskedBytes, storeMaskedBytes } from './vectorMasked';
import { raisePending, waiting } from './x87Wait';
import { shiftTable, shiftWithin, vectorOperations } from './vectorIntegers';

type Operation = (a: Vector, b: Vector) => Vector;

/** Two halves behind one another. */
const join = (a: Vector, b: Vector): Vector => shuffle(a, b, lanes(8, [0, 2]));
const high = (a: Vector): Vector => shuffle(a, a, lanes(8, [1, 1]));

/** Lanes of two vectors in turn, from their lower or upper four bytes. */
function unpack(size: number, upper: boolean): Operation {
  const order = Array.from({ length: 8 / size }, (_, i) => [i, 16 / size + i]).flat();
  return (a, b) => {
    const all = shuffle(a, b, lanes(size, order));
    return upper ? high(all) : all;
  };
}

const operations: readonly (readonly [name: string, opcode: string, operation: Operation])[] = [
  ['punpcklbw', '60', unpack(1, false)],
  ['punpcklwd', '61', unpack(2, false)],
  ['punpckldq', '62', unpack(4, false)],
  ['packsswb', '63', (a, b) => i8x16.narrowS(join(a, b), zeroVector)],
  ['packuswb', '67', (a, b) => i8x16.narrowU(join(a, b), zeroVector)],
  ['punpckhbw', '68', unpack(1, true)],
  ['punpckhwd', '69', unpack(2, true)],
  ['punpckhdq', '6a', unpack(4, true)],
  ['packssdw', '6b', (a, b) => i16x8.narrowS(join(a, b), zeroVector)],
  ...vectorOperations,
];

/** Memory operands of the low unpacks have 4 bytes. */
const sourceOf = (opcode: string): string => (['60', '61', '62'].includes(opcode) ? 'Qd' : 'Qq');

/** The registers become those of MMX: the stack's top is 0, and none is empty. */
function begin(c: Semantics): void {
  c.helperNumber(plainHelper('mmx'));
}

const fromNumber = (c: Semantics, i: number): Vector => withLane64(zeroVector, 0, wide(c.get(i)));

/** Operands of 64 bits, through an operation of SSSE3. */
function extended(name: string, opcode: string, operation: Operation): Family {
  return define(name, { [`NP 0F38 ${opcode}`]: 'Pq,Qq' }, {}, c => {
    const source = c.getMmxSource(1);
    begin(c);
    c.setMmx(0, operation(c.getMmx(0), source ?? c.getMmx(1)));
  });
}

/** Neighbours of one vector, then of the other. */
const neighbours =
  (operation: Operation): Operation =>
  (a, b) =>
    operation(join(a, b), zeroVector);

const horizontal = ['phaddw', 'phaddd', 'phaddsw', 'phsubw', 'phsubd', 'phsubsw'];

/** PSHUFB takes 3 bits of each byte. */
const shuffleBytes: Operation = (a, b) => i8x16.swizzle(a, bits.and(b, splatBytes(1, 0x87n)));

const absolute: readonly (readonly [
  name: string,
  opcode: string,
  operation: (a: Vector) => Vector,
])[] = [
  ['pabsb', '1c', i8x16.abs],
  ['pabsw', '1d', i16x8.abs],
  ['pabsd', '1e', i32x4.abs],
];

/** PALIGNR: 8 bytes out of two vectors behind one another. */
function align(c: Semantics): void {
  const count = c.immediateByte();
  const source = c.getMmxSource(1);
  begin(c);
  const both = join(source ?? c.getMmx(1), c.getMmx(0));
  const order = Array.from({ length: 16 }, (_, i) => Math.min(i + count, 16));
  c.setMmx(0, shuffle(both, zeroVector, order));
}

/** Conversions between the two floating-point numbers of an SSE register and two integers. */
function toIntegersOfMmx(bytes: FloatBytes, cuts: boolean) {
  return (c: Semantics): void => {
    const source = c.getVector(1);
    // Of single numbers the upper two do not count.
    const value = bytes === 4 ? withLane64(source, 1, i64(0)) : source;
    // The registers are those of MMX even if the conversion raises an exception.
    begin(c);
    const [result = source] = toIntegers(c, [value], bytes, cuts);
    c.setMmx(0, result);
  };
}

const ssse3OfMmx: Family = [
  ...ssse3.flatMap(([name, opcode, operation]) => {
    if (name === 'pshufb') return extended(name, opcode, shuffleBytes);
    return extended(name, opcode, horizontal.includes(name) ? neighbours(operation) : operation);
  }),
  ...absolute.flatMap(([name, opcode, operation]) =>
    extended(name, opcode, (_, b) => operation(b)),
  ),
  ...define('palignr', { 'NP 0F3A 0f': 'Pq,Qq,Ib' }, { immediateInForm: true }, align),
];

/** The same, where nobody has looked for exceptions of the x87. */
function beginNow(c: Semantics): void {
  raisePending(c);
  begin(c);
}

/** What does not touch the registers of the x87 when its operand is in memory. */
const fromIntegers: Family = [
  ...define('cvtpi2ps', { 'NP 0F 2a': 'Vdq,Qq' }, {}, c => {
    const source = c.getMmxSource(1);
    if (source === null) beginNow(c);
    const [result = zeroVector] = singlesFrom(c, [source ?? c.getMmx(1)]);
    c.setVector(0, withLane64(c.getVector(0), 0, lane64(result, 0)));
  }),
  ...define('cvtpi2pd', { '66 0F 2a': 'Vdq,Qq' }, {}, c => {
    const source = c.getMmxSource(1);
    if (source === null) beginNow(c);
    c.setVector(0, f64x2.convertI32x4(source ?? c.getMmx(1)));
  }),
];

const operationsOfMmx: Family = [
  ...operations.flatMap(([name, opcode, operation]) =>
    define(name, { [`NP 0F ${opcode}`]: `Pq,${sourceOf(opcode)}` }, {}, c => {
      const source = c.getMmxSource(1);
      begin(c);
      c.setMmx(0, operation(c.getMmx(0), source ?? c.getMmx(1)));
    }),
  ),
  ...define('cvttps2pi', { 'NP 0F 2c': 'Pq,Wq' }, {}, toIntegersOfMmx(4, true)),
  ...define('cvttpd2pi', { '66 0F 2c': 'Pq,Wdq' }, { aligned: 'legacy' }, toIntegersOfMmx(8, true)),
  ...define('cvtps2pi', { 'NP 0F 2d': 'Pq,Wq' }, {}, toIntegersOfMmx(4, false)),
  ...define('cvtpd2pi', { '66 0F 2d': 'Pq,Wdq' }, { aligned: 'legacy' }, toIntegersOfMmx(8, false)),
  ...define('movd', { 'NP 0F 6e': 'Pq,Ey' }, {}, c => {
    const value = fromNumber(c, 1);
    begin(c);
    c.setMmx(0, value);
  }),
  ...define('movq', { 'NP 0F 6f': 'Pq,Qq' }, {}, c => {
    const source = c.getMmxSource(1);
    begin(c);
    c.setMmx(0, source ?? c.getMmx(1));
  }),
  ...define('pshufw', { 'NP 0F 70': 'Pq,Qq,Ib' }, { immediateInForm: true }, c => {
    const number = c.immediateByte();
    const order = [0, 2, 4, 6].map(at => (number >> at) & 3);
    const source = c.getMmxSource(1);
    begin(c);
    const value = source ?? c.getMmx(1);
    c.setMmx(0, shuffle(value, value, lanes(2, [...order, ...order])));
  }),
  ...shiftTable.flatMap(([name, opcode, group, width, shift]) => [
    ...define(name, { [`NP 0F ${opcode}`]: 'Pq,Qq' }, {}, c => {
      const source = c.getMmxSource(1);
      begin(c);
      const count = lane64(source ?? c.getMmx(1), 0);
      c.setMmx(0, shiftWithin(c, c.getMmx(0), count, width, shift, name));
    }),
    ...define(name, { [`NP 0F ${group} reg`]: 'Nq,Ib' }, {}, c => {
      begin(c);
      const count = and(c.getAs(1, 'i64'), wide(i32(0xff)));
      c.setMmx(0, shiftWithin(c, c.getMmx(0), count, width, shift, name));
    }),
  ]),
  ...define('emms', { 'NP 0F 77': '' }, {}, c => c.helperNumber(plainHelper('emms'))),
  ...define('movd', { 'NP 0F 7e': 'Ey,Pq' }, {}, c => {
    c.touch(0);
    begin(c);
    const value = lane64(c.getMmx(1), 0);
    c.set(0, convert(value, c.type(0)));
  }),
  ...define('movq', { 'NP 0F 7f': 'Qq,Pq' }, {}, c => {
    c.touch(0);
    begin(c);
    c.setMmx(0, c.getMmx(1));
  }),
  ...define(
    'pinsrw',
    { 'NP 0F c4 reg': 'Pq,Ed,Ib', 'NP 0F c4 mem': 'Pq,Ew,Ib' },
    { immediateInForm: true },
    c => {
      const value = convert(c.get(1), 'i32');
      begin(c);
      c.setMmx(0, withLane(2, c.getMmx(0), c.immediateByte() & 3, value));
    },
  ),
  ...define('pextrw', { 'NP 0F c5 reg': 'Gd,Nq,Ib' }, { immediateInForm: true }, c => {
    begin(c);
    c.set(0, lane(2, c.getMmx(1), c.immediateByte() & 3));
  }),
  ...define('movq2dq', { 'F3 0F d6 reg': 'Vdq,Nq' }, {}, c => {
    begin(c);
    c.setVector(0, c.getMmx(1));
  }),
  ...define('movdq2q', { 'F2 0F d6 reg': 'Pq,Udq' }, {}, c => {
    begin(c);
    c.setMmx(0, c.getVector(1));
  }),
  ...define('movntq', { 'NP 0F e7 mem': 'Mq,Pq' }, {}, c => {
    c.touch(0);
    begin(c);
    c.set(0, lane64(c.getMmx(1), 0));
  }),
  ...define('maskmovq', { 'NP 0F f7 reg': 'Pq,Nq' }, { repeats: true }, c => {
    begin(c);
    setMaskedBytes(c, c.getMmx(0), c.getMmx(1));
    storeMaskedBytes(c, 8);
  }),
  ...ssse3OfMmx,
  ...define('pmovmskb', { 'NP 0F d7': 'Gd,Nq' }, {}, c => {
    begin(c);
    const mask: Value<'i32'> = i8x16.bitmask(c.getMmx(1));
    c.set(0, mask);
  }),
];

/** MMX. */
export const mmx: Family = [...fromIntegers, ...waiting(operationsOfMmx)];
