/**
 * FMA: products and sums rounded once, exact to the bit. Single numbers are computed as double ones, of
 * which the sum is rounded to odd before it is cut. Double ones are computed as unevaluated sums of two,
 * and those rounded to odd (S. Boldo, G. Melquiond, "Emulation of FMA and correctly rounded sums: proved
 * algorithms using rounding to odd", 2008).
 */
import { i32 } from '../builder/value';
import {
  bits,
  bitSelect,
  f32x4,
  f64x2,
  i64x2,
  lanes,
  shuffle,
  splatBytes,
  zeroVector,
  type Vector,
} from '../builder/vector';
import { define, type Family } from '../definition';
import type { Semantics } from '../semantics';
import {
  allLanes,
  guarded,
  isFinite,
  isNormal,
  isOrdinary,
  isZeroLane,
  joinMasks,
  magnitude,
  negated,
  productError,
  shapeOf,
  sumError,
  type FloatBytes,
} from './floatGuard';
import { halvesOf, setHalves } from './vectorFloats';
import { splitLanes } from './vectorShuffles';

const double = (number: number): Vector => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  return splatBytes(8, view.getBigUint64(0));
};
const LEAST_FACTOR = double(2 ** -400);
const MOST_FACTOR = double(2 ** 500);
const MOST_SUM = double(2 ** 1000);
const ONE = splatBytes(8, 1n);

/** A result, and lanes where it is exact. */
interface Fused {
  readonly result: Vector;
  readonly exact: Vector;
}

/** A sum of which the last bit says that there was more: an even one that is not exact moves towards it. */
function oddSum(a: Vector, b: Vector): { sum: Vector; exact: Vector } {
  const sum = f64x2.add(a, b);
  const rest = sumError(f64x2, a, b, sum);
  const exact = isZeroLane(8, rest);
  const even = i64x2.sub(bits.and(sum, ONE), ONE);
  // 1 away from zero where the rest has the sum's sign, else 1 towards it.
  const step = bits.or(i64x2.shrS(bits.xor(sum, rest), i32(63)), ONE);
  return { sum: i64x2.add(sum, bits.and(bits.andNot(step, exact), even)), exact };
}

function fusedDoubles(a: Vector, b: Vector, c: Vector): Fused {
  const { add, mul, equal } = f64x2;
  const product = mul(a, b);
  const productRest = productError(8, a, b, product);
  const lower = add(c, productRest);
  const lowerRest = sumError(f64x2, c, productRest, lower);
  const upper = add(product, lower);
  const upperRest = sumError(f64x2, product, lower, upper);
  const rest = oddSum(lowerRest, upperRest);
  const all = add(upper, rest.sum);
  const exact = bits.and(rest.exact, isZeroLane(8, sumError(f64x2, upper, rest.sum, all)));
  // Of two zeros the sign is that of the plain sum.
  return { result: bitSelect(add(product, c), all, equal(all, zeroVector)), exact };
}

/** Two single numbers in the low half. */
function fusedPair(a: Vector, b: Vector, c: Vector): Fused {
  const { promote, mul, equal } = f64x2;
  const { sum, exact } = oddSum(mul(promote(a), promote(b)), promote(c));
  const result = f32x4.demote(sum);
  return { result, exact: bits.and(exact, equal(promote(result), sum)) };
}

function fusedSingles(a: Vector, b: Vector, c: Vector): Fused {
  const upper = (x: Vector): Vector => shuffle(x, x, lanes(8, [1, 1]));
  const [low, high] = [fusedPair(a, b, c), fusedPair(upper(a), upper(b), upper(c))];
  return {
    result: shuffle(low.result, high.result, lanes(8, [0, 2])),
    // The masks have 8 bytes a lane.
    exact: shuffle(low.exact, high.exact, lanes(4, [0, 2, 4, 6])),
  };
}

/** Lanes in which nothing can have gone wrong, zeros aside. */
function isQuiet(bytes: FloatBytes, a: Vector, b: Vector, c: Vector, r: Vector): Vector {
  const { pseudoMin, lessOrEqual } = shapeOf(bytes);
  const [sa, sb] = [magnitude(bytes, a), magnitude(bytes, b)];
  const [sc, sr] = [magnitude(bytes, c), magnitude(bytes, r)];
  const ends = bits.and(isNormal(bytes, pseudoMin(sc, sr)), isFinite(bytes, sr));
  if (bytes === 4) return bits.and(ends, isNormal(4, pseudoMin(sa, sb)));
  return joinMasks([
    ...[ends, lessOrEqual(sc, MOST_SUM), lessOrEqual(sr, MOST_SUM)],
    ...[lessOrEqual(LEAST_FACTOR, pseudoMin(sa, sb))],
    ...[lessOrEqual(sa, MOST_FACTOR), lessOrEqual(sb, MOST_FACTOR)],
  ]);
}

/** The same where some are 0. */
function isQuietWithZeros(bytes: FloatBytes, a: Vector, b: Vector, c: Vector, r: Vector): Vector {
  const { lessOrEqual } = shapeOf(bytes);
  const zeroProduct = bits.or(isZeroLane(bytes, a), isZeroLane(bytes, b));
  const size = magnitude(bytes, r);
  const result = bits.or(isNormal(bytes, size), bits.and(isZeroLane(bytes, r), zeroProduct));
  const general = [result, isFinite(bytes, size), ...[a, b, c].map(x => isOrdinary(bytes, x))];
  if (bytes === 4) return joinMasks(general);
  const factor = (x: Vector): Vector => {
    const s = magnitude(8, x);
    const inside = bits.and(lessOrEqual(LEAST_FACTOR, s), lessOrEqual(s, MOST_FACTOR));
    return bits.or(inside, isZeroLane(8, x));
  };
  const sums = [c, r].map(x => lessOrEqual(magnitude(8, x), MOST_SUM));
  return joinMasks([...general, ...sums, factor(a), factor(b)]);
}

/** What is negated: bits as `fma` of sseOperations.ts has them. */
const Negates = { product: 1, addend: 2, evenAddends: 4, oddAddends: 8 } as const;

const SIGNS_OF_EVEN = {
  4: splatBytes(8, 0x8000_0000n),
  8: shuffle(splatBytes(8, 1n << 63n), zeroVector, lanes(8, [0, 2])),
} as const;
const SIGNS_OF_ODD = {
  4: splatBytes(8, 0x8000_0000_0000_0000n),
  8: shuffle(splatBytes(8, 1n << 63n), zeroVector, lanes(8, [2, 0])),
} as const;

function signedAddend(bytes: FloatBytes, how: number, c: Vector): Vector {
  let value = (how & Negates.addend) === 0 ? c : negated(bytes, c);
  if ((how & Negates.evenAddends) !== 0) value = bits.xor(value, SIGNS_OF_EVEN[bytes]);
  if ((how & Negates.oddAddends) !== 0) value = bits.xor(value, SIGNS_OF_ODD[bytes]);
  return value;
}

type Operands = readonly [a: Vector, b: Vector, c: Vector];

function fuse(
  c: Semantics,
  bytes: FloatBytes,
  how: number,
  isScalar: boolean,
  operands: readonly Operands[],
): Vector[] {
  const signed = operands.map(([x, y, z]): Operands => {
    const factor = (how & Negates.product) === 0 ? x : negated(bytes, x);
    return [c.code.let(factor), y, c.code.let(signedAddend(bytes, how, z))];
  });
  const fused = signed.map(([x, y, z]) => {
    const { result, exact } = (bytes === 4 ? fusedSingles : fusedDoubles)(x, y, z);
    return { result: c.code.let(result), exact };
  });
  const check = (quiet: typeof isQuiet): Vector =>
    joinMasks(
      signed.map(([x, y, z], half) => quiet(bytes, x, y, z, fused[half]?.result ?? zeroVector)),
    );
  return guarded(c, {
    task: {
      ...{ operation: 'fma', bytes, resultBytes: bytes, control: how },
      lanes: isScalar ? 1 : (operands.length * 16) / bytes,
    },
    operands: [0, 1, 2].map(i => operands.map(each => each[i] ?? zeroVector)),
    results: fused.map(({ result }) => result),
    quiet: check(isQuiet),
    alsoQuiet: () => check(isQuietWithZeros),
    exact: () => joinMasks(fused.map(({ exact }) => exact)),
    ...{ lanes: isScalar ? 1 : allLanes(bytes), laneBytes: bytes, rounds: true },
  });
}

/** Which operands are multiplied, and which is added. */
const orders = { '132': [0, 2, 1], '213': [1, 0, 2], '231': [1, 2, 0] } as const;
const rows = { '132': 0x90, '213': 0xa0, '231': 0xb0 } as const;

/** Name, low digit of the opcode, what is negated. Scalar forms have the next opcode. */
const kinds: readonly (readonly [name: string, opcode: number, how: number, scalar: boolean])[] = [
  ['fmaddsub', 6, Negates.evenAddends, false],
  ['fmsubadd', 7, Negates.oddAddends, false],
  ['fmadd', 8, 0, true],
  ['fmsub', 10, Negates.addend, true],
  ['fnmadd', 12, Negates.product, true],
  ['fnmsub', 14, Negates.product | Negates.addend, true],
];

function packed(order: readonly number[], bytes: FloatBytes, how: number) {
  return (c: Semantics): void => {
    const [a = [], b = [], addend = []] = order.map(i => halvesOf(c, i));
    const none = zeroVector;
    const operands = a.map((x, half): Operands => [x, b[half] ?? none, addend[half] ?? none]);
    setHalves(c, fuse(c, bytes, how, false, operands));
  };
}

function scalar(order: readonly number[], bytes: FloatBytes, how: number) {
  return (c: Semantics): void => {
    const operands = order.map(i => c.getVector(i)) as unknown as Operands;
    const [result = zeroVector] = fuse(c, bytes, how, true, [operands]);
    c.setVector(0, splitLanes(bytes, result, c.getVector(0)));
  };
}

/** FMA. */
export const vectorFused: Family = (['132', '213', '231'] as const).flatMap(order =>
  kinds.flatMap(([name, opcode, how, hasScalar]) =>
    ([4, 8] as const).flatMap(bytes => {
      const w = bytes === 4 ? 'W0' : 'W1';
      const letter = bytes === 4 ? 's' : 'd';
      const key = (number: number): string => `VEX ${w} 66 0F38 ${number.toString(16)}`;
      const first = rows[order] + opcode;
      const all = define(
        `${name}${order}p${letter}`,
        { [key(first)]: 'Vx,Hx,Wx' },
        {},
        packed(orders[order], bytes, how),
      );
      if (!hasScalar) return all;
      const size = `s${letter}`;
      return [
        ...all,
        ...define(
          `${name}${order}${size}`,
          { [key(first + 1)]: `V${size},H${size},W${size}` },
          {},
          scalar(orders[order], bytes, how),
        ),
      ];
    }),
  ),
);
