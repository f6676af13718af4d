/** Accesses to memory by lanes that a mask chooses: masked moves, gathers. */
import { bitSet, isNonZero, lessU } from '../builder/condition';
import { add, extendS, i32, i64, shl, shrU, and, type Value } from '../builder/value';
import { i32x4, i64x2, zeroVector, type Vector } from '../builder/vector';
import { coreOffset, segmentBaseOffset } from '../coreLayout';
import { RDI } from '../../registers';
import { define, type Family } from '../definition';
import type { Semantics } from '../semantics';
import { halvesOf, setHalves } from './vectorFloats';

/** Where vectors are put to be found by a lane's number. */
const MASK = coreOffset.vectorArguments;
const VALUES = coreOffset.vectorArguments + 32;
const RESULT = coreOffset.vectorArguments + 96;

function put(c: Semantics, i: number, at: number): void {
  for (const [half, value] of halvesOf(c, i).entries()) {
    c.setWordNow('v128', at + half * 16, value);
  }
}

/** For each lane, with the distance of its bytes from the first; only those that the mask has. */
function eachChosen(
  c: Semantics,
  size: 4 | 8,
  bytes: number,
  body: (distance: Value<'i32'>) => void,
): void {
  const { code } = c;
  const position = code.variable(i32(0));
  code.loop(() => {
    const distance = code.read(position);
    const sign = c.laneAt('i32', distance, MASK + size - 4);
    c.when(bitSet(sign, 31), () => body(distance));
    code.assign(position, add(distance, i32(size)));
    code.again(lessU(code.read(position), i32(bytes)));
  });
}

const kindOf = (size: 4 | 8): 'i32' | 'i64' => (size === 8 ? 'i64' : 'i32');

function maskedLoad(size: 4 | 8): (c: Semantics) => void {
  return c => {
    put(c, 1, MASK);
    for (const half of [0, 16]) c.setWordNow('v128', RESULT + half, zeroVector);
    const address = c.address();
    eachChosen(c, size, c.form.vectorBytes, distance => {
      const value = c.load(add(address, extendS(distance)), size, 1);
      c.setLaneAt(kindOf(size), distance, RESULT, value);
    });
    setHalves(c, [c.word('v128', RESULT), c.word('v128', RESULT + 16)]);
  };
}

/** A fault comes before every store. */
function maskedStore(size: 4 | 8): (c: Semantics) => void {
  return c => {
    put(c, 1, MASK);
    put(c, 2, VALUES);
    const address = c.address();
    const at = (distance: Value<'i32'>): Value<'i64'> => add(address, extendS(distance));
    eachChosen(c, size, c.form.vectorBytes, distance => {
      c.check(at(distance), size, true, false, 1);
    });
    eachChosen(c, size, c.form.vectorBytes, distance => {
      c.store(at(distance), size, c.laneAt(kindOf(size), distance, VALUES), 1);
    });
  };
}

/** MASKMOVDQU and MASKMOVQ: bytes to where RDI points. Both vectors are in the words. */
export function storeMaskedBytes(c: Semantics, bytes: number): void {
  const { code } = c;
  const { address32, segment } = c.form;
  const rdi = c.gpr64(RDI);
  const offset = address32 ? and(rdi, i64(0xffffffff)) : rdi;
  const address =
    segment < 0 ? offset : code.let(add(offset, c.word('i64', segmentBaseOffset(segment))));
  // Processors look at all bytes whatever the mask says, at the upper 8 first.
  for (let first = bytes - 8; first >= 0; first -= 8) c.check(add(address, i64(first)), 8, true);
  const position = code.variable(i32(0));
  code.loop(() => {
    const distance = code.read(position);
    c.when(bitSet(c.laneAt('u8', distance, MASK), 7), () => {
      c.store(add(address, extendS(distance)), 1, c.laneAt('u8', distance, VALUES));
    });
    code.assign(position, add(distance, i32(1)));
    code.again(lessU(code.read(position), i32(bytes)));
  });
}

/** Puts the operands of {@link storeMaskedBytes} where it looks for them. */
export function setMaskedBytes(c: Semantics, values: Vector, mask: Vector): void {
  c.setWordNow('v128', MASK, mask);
  c.setWordNow('v128', VALUES, values);
}

/**
 * Gathers: lane by lane, so that a fault leaves what is done done: the lane has its value, and is no
 * longer in the mask.
 */
function gather(size: 4 | 8, indexSize: 4 | 8): (c: Semantics) => void {
  return c => {
    const { code } = c;
    const vectorBytes = c.form.vectorBytes;
    const count = vectorBytes / Math.max(size, indexSize);
    const bytes = count * size;
    c.address();
    const scale = i64(c.immediateByte());
    put(c, 3, VALUES);
    prepareMask(c, size);
    for (let half = 0; half * 16 < bytes; half++) {
      const first = (half * 16) / size;
      const position = code.variable(i32(0));
      code.loop(() => {
        const distance = code.read(position);
        const mask = c.registerLane('i32', 2, half, add(distance, i32(size - 4)));
        c.when(isNonZero(and(mask, i32(-(2 ** 31)))), () => {
          const place = scaled(distance, size, indexSize);
          const start = VALUES + first * indexSize;
          const index =
            indexSize === 8
              ? c.laneAt('i64', place, start)
              : extendS(c.laneAt('i32', place, start));
          const value = c.loadStep(c.addressBeyond(shl(index, scale)), size);
          c.setRegisterLane(kindOf(size), 0, half, distance, value);
          if (vectorBytes === 16) clearAbove(c, 0, 16);
        });
        c.setRegisterLane(kindOf(size), 2, half, distance, size === 8 ? i64(0) : i32(0));
        code.assign(position, add(distance, i32(size)));
        code.again(lessU(code.read(position), i32(Math.min(bytes, 16))));
      });
    }
    clearAbove(c, 0, bytes);
    clearAbove(c, 2, bytes);
  };
}

/** The distance of a lane's index from the first, by that of the lane. */
function scaled(distance: Value<'i32'>, size: number, indexSize: number): Value<'i32'> {
  if (size === indexSize) return distance;
  return size < indexSize ? shl(distance, i32(1)) : shrU(distance, i32(1));
}

/** Of the mask only signs count: each becomes a whole lane. */
function prepareMask(c: Semantics, size: 4 | 8): void {
  c.eachHalf(half => {
    const mask = c.getVector(2, half);
    const whole = size === 4 ? i32x4.shrS(mask, i32(31)) : i64x2.greaterS(zeroVector, mask);
    c.setRegisterLane('v128', 2, half, i32(0), whole);
  });
  if (c.form.vectorBytes === 16) clearAbove(c, 2, 16);
}

/** What is above so many bytes of a register becomes zeros. */
function clearAbove(c: Semantics, i: number, bytes: number): void {
  if (bytes === 8) c.setRegisterLane('i64', i, 0, i32(8), i64(0));
  if (bytes <= 16) c.setRegisterLane('v128', i, 1, i32(0), zeroVector);
}

const gathers: readonly (readonly [name: string, key: string, size: 4 | 8, index: 4 | 8])[] = [
  ['pgatherdd', 'W0 66 0F38 90', 4, 4],
  ['pgatherdq', 'W1 66 0F38 90', 8, 4],
  ['pgatherqd', 'W0 66 0F38 91', 4, 8],
  ['pgatherqq', 'W1 66 0F38 91', 8, 8],
  ['gatherdps', 'W0 66 0F38 92', 4, 4],
  ['gatherdpd', 'W1 66 0F38 92', 8, 4],
  ['gatherqps', 'W0 66 0F38 93', 4, 8],
  ['gatherqpd', 'W1 66 0F38 93', 8, 8],
];

/** Masked accesses, in the order of the opcode maps. */
export const vectorMasked: Family = [
  ...define('maskmovdqu', { '66 0F f7 reg': 'Vdq,Udq' }, { avx: 'vector128', repeats: true }, c => {
    setMaskedBytes(c, c.getVector(0), c.getVector(1));
    storeMaskedBytes(c, 16);
  }),
  ...define('maskmovps', { 'VEX W0 66 0F38 2c mem': 'Vx,Hx,Mx' }, {}, maskedLoad(4)),
  ...define('maskmovpd', { 'VEX W0 66 0F38 2d mem': 'Vx,Hx,Mx' }, {}, maskedLoad(8)),
  ...define('maskmovps', { 'VEX W0 66 0F38 2e mem': 'Mx,Hx,Vx' }, {}, maskedStore(4)),
  ...define('maskmovpd', { 'VEX W0 66 0F38 2f mem': 'Mx,Hx,Vx' }, {}, maskedStore(8)),
  ...define('pmaskmovd', { 'VEX W0 66 0F38 8c mem': 'Vx,Hx,Mx' }, {}, maskedLoad(4)),
  ...define('pmaskmovq', { 'VEX W1 66 0F38 8c mem': 'Vx,Hx,Mx' }, {}, maskedLoad(8)),
  ...define('pmaskmovd', { 'VEX W0 66 0F38 8e mem': 'Mx,Hx,Vx' }, {}, maskedStore(4)),
  ...define('pmaskmovq', { 'VEX W1 66 0F38 8e mem': 'Mx,Hx,Vx' }, {}, maskedStore(8)),
  ...gathers.flatMap(([name, key, size, index]) =>
    define(
      name,
      { [`VEX ${key} mem`]: `Vx,M${size === 8 ? 'q' : 'd'},Hx,Xx` },
      { immediateInForm: true },
      gather(size, index),
    ),
  ),
];
