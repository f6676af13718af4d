/**
 * MMX, with what SSE and SSE2 added to it: the operations of SSE2 on 64 bits, in the registers of the x87,
 * which all are in use afterwards.
 */
import { convert, wide } from '../builder/value';
import {
  i16x8,
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
import { and, i32, type Value } from '../builder/value';
import { define, type Family } from '../definition';
import { plainHelper } from '../helperName';
import type { Semantics } from '../semantics';
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

/** MMX. */
export const mmx: Family = [
  ...operations.flatMap(([name, opcode, operation]) =>
    define(name, { [`NP 0F ${opcode}`]: `Pq,${sourceOf(opcode)}` }, {}, c => {
      const source = c.getMmxSource(1);
      begin(c);
      c.setMmx(0, operation(c.getMmx(0), source ?? c.getMmx(1)));
    }),
  ),
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
  ...define('pmovmskb', { 'NP 0F d7': 'Gd,Nq' }, {}, c => {
    begin(c);
    const mask: Value<'i32'> = i8x16.bitmask(c.getMmx(1));
    c.set(0, mask);
  }),
];
