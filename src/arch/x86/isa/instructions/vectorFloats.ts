/** Floating-point arithmetic of SSE and SSE2, and of AVX with the same opcodes. */
import { reciprocal, reciprocalRoot } from './approximations';
import { bits, vectorOf, zeroVector, type FloatShape, type Vector } from '../builder/vector';
import { define, type Family } from '../definition';
import type { Semantics } from '../semantics';
import type { SseOperation } from '../sse/sseOperations';
import {
  allLanes,
  guarded,
  isExactProduct,
  isExactSum,
  isFinite,
  isNormal,
  isOrdinary,
  isZeroLane,
  joinMasks,
  magnitude,
  negated,
  shapeOf,
  type FloatBytes,
} from './floatGuard';
import { binary, splitLanes } from './vectorShuffles';

type Operation = (a: Vector, b: Vector) => Vector;
type Arithmetic = 'add' | 'sub' | 'mul' | 'div';

const ONES = vectorOf(new Array<number>(16).fill(0xff));

/** Both operands and the result are normal numbers. */
function arithmeticQuiet(bytes: FloatBytes, a: Vector, b: Vector, r: Vector): Vector {
  const { pseudoMin } = shapeOf(bytes);
  const size = magnitude(bytes, r);
  const least = pseudoMin(pseudoMin(size, magnitude(bytes, a)), magnitude(bytes, b));
  return bits.and(isNormal(bytes, least), isFinite(bytes, size));
}

/** The same, but some are 0, as they may be. */
function zerosQuiet(
  operation: Arithmetic,
  bytes: FloatBytes,
  a: Vector,
  b: Vector,
  r: Vector,
): Vector {
  const size = magnitude(bytes, r);
  let zero = isZeroLane(bytes, r);
  if (operation === 'mul') {
    zero = bits.and(zero, bits.or(isZeroLane(bytes, a), isZeroLane(bytes, b)));
  } else if (operation === 'div') {
    zero = bits.and(zero, isZeroLane(bytes, a));
  }
  const result = bits.and(isFinite(bytes, size), bits.or(isNormal(bytes, size), zero));
  return joinMasks([result, isOrdinary(bytes, a), isOrdinary(bytes, b)]);
}

/** Lanes that are exact for certain. */
function exactLanes(
  operation: Arithmetic,
  bytes: FloatBytes,
  a: Vector,
  b: Vector,
  r: Vector,
): Vector {
  switch (operation) {
    case 'add':
      return isExactSum(bytes, a, b, r);
    case 'sub':
      return isExactSum(bytes, a, negated(bytes, b), r);
    case 'mul':
      return isExactProduct(bytes, a, b, r);
    case 'div':
      return isExactProduct(bytes, r, b, a);
  }
}

/** Operands of an operation on two vectors or scalars, by halves. */
export interface Operands {
  readonly a: readonly Vector[];
  readonly b: readonly Vector[];
}

/**
 * Addition, subtraction, multiplication or division of vectors by halves, or of their first lanes.
 * @param helper - what the host's function is to do instead, and with which second operand
 */
export function arithmetic(
  c: Semantics,
  operation: Arithmetic,
  bytes: FloatBytes,
  isScalar: boolean,
  { a, b }: Operands,
  helper: { readonly name: SseOperation; readonly b: readonly Vector[] } = { name: operation, b },
): Vector[] {
  const none: Vector = zeroVector;
  const results = a.map((x, half) => c.code.let(shapeOf(bytes)[operation](x, b[half] ?? none)));
  const all = (check: (x: Vector, y: Vector, r: Vector) => Vector): Vector =>
    joinMasks(a.map((x, half) => check(x, b[half] ?? none, results[half] ?? none)));
  const lanes = isScalar ? 1 : (a.length * 16) / bytes;
  return guarded(c, {
    task: { operation: helper.name, bytes, resultBytes: bytes, lanes, control: 0 },
    ...{ operands: [a, helper.b], results, rounds: true },
    quiet: all((x, y, r) => arithmeticQuiet(bytes, x, y, r)),
    alsoQuiet: () => all((x, y, r) => zerosQuiet(operation, bytes, x, y, r)),
    exact: () => all((x, y, r) => exactLanes(operation, bytes, x, y, r)),
    ...{ lanes: isScalar ? 1 : allLanes(bytes), laneBytes: bytes },
  });
}

/** What only asks whether numbers are ordinary: minima, maxima, comparisons. */
function ordering(
  c: Semantics,
  operation: SseOperation,
  bytes: FloatBytes,
  isScalar: boolean,
  { a, b }: Operands,
  fast: Operation,
  control = 0,
): Vector[] {
  const ordinary = [...a, ...b].map(each => isOrdinary(bytes, each));
  const lanes = isScalar ? 1 : (a.length * 16) / bytes;
  return guarded(c, {
    task: { operation, bytes, resultBytes: bytes, lanes, control },
    ...{ operands: [a, b], quiet: joinMasks(ordinary), rounds: false },
    results: a.map((x, half) => fast(x, b[half] ?? zeroVector)),
    ...{ lanes: isScalar ? 1 : allLanes(bytes), laneBytes: bytes },
  });
}

/** The halves of a vector operand. */
export function halvesOf(c: Semantics, i: number): Vector[] {
  const halves: Vector[] = [];
  c.eachHalf(half => halves.push(c.getVector(i, half)));
  return halves;
}

/** Writes a vector by halves. */
export function setHalves(c: Semantics, values: readonly Vector[]): void {
  c.eachHalf(half => c.setVector(0, values[half] ?? zeroVector, half));
}

type Compute = (c: Semantics, bytes: FloatBytes, isScalar: boolean, operands: Operands) => Vector[];

/** Packed: operands 1 and 2. */
function packedForm(bytes: FloatBytes, compute: Compute): (c: Semantics) => void {
  return c => setHalves(c, compute(c, bytes, false, { a: halvesOf(c, 1), b: halvesOf(c, 2) }));
}

/** Scalar: their first lanes, with the rest of operand 1. */
function scalarForm(bytes: FloatBytes, compute: Compute): (c: Semantics) => void {
  return c => {
    const [a, b] = [c.getVector(1), c.getVector(2)];
    const [result] = compute(c, bytes, true, { a: [a], b: [b] });
    c.setVector(0, splitLanes(bytes, result ?? a, a));
  };
}

/** The four encodings of an arithmetic instruction: two shapes, packed and scalar. */
function four(name: string, opcode: string, compute: Compute): Family {
  const packed = { avx: 'vector', aligned: 'legacy' } as const;
  const scalar = { avx: 'scalar' } as const;
  return [
    ...define(`${name}ps`, { [`NP 0F ${opcode}`]: 'Vx,Hx,Wx' }, packed, packedForm(4, compute)),
    ...define(`${name}pd`, { [`66 0F ${opcode}`]: 'Vx,Hx,Wx' }, packed, packedForm(8, compute)),
    ...define(`${name}ss`, { [`F3 0F ${opcode}`]: 'Vss,Hss,Wss' }, scalar, scalarForm(4, compute)),
    ...define(`${name}sd`, { [`F2 0F ${opcode}`]: 'Vsd,Hsd,Wsd' }, scalar, scalarForm(8, compute)),
  ];
}

const arithmeticFour = (name: Arithmetic, opcode: string): Family =>
  four(name, opcode, (c, bytes, isScalar, operands) =>
    arithmetic(c, name, bytes, isScalar, operands),
  );

/** Of two zeros, and with a NaN, the result is the second operand. */
const extremeFour = (name: 'min' | 'max', opcode: string): Family =>
  four(name, opcode, (c, bytes, isScalar, operands) => {
    const { pseudoMin, pseudoMax } = shapeOf(bytes);
    const fast: Operation = (a, b) => (name === 'min' ? pseudoMin(b, a) : pseudoMax(b, a));
    return ordering(c, name, bytes, isScalar, operands, fast);
  });

function squareRoots(c: Semantics, bytes: FloatBytes, isScalar: boolean, b: Vector[]): Vector[] {
  const quiet = (x: Vector): Vector => bits.and(isNormal(bytes, x), isFinite(bytes, x));
  return guarded(c, {
    task: {
      ...{ operation: 'sqrt', bytes, resultBytes: bytes, control: 0 },
      lanes: isScalar ? 1 : (b.length * 16) / bytes,
    },
    ...{ operands: [b, b], rounds: true, laneBytes: bytes },
    results: b.map(shapeOf(bytes).sqrt),
    quiet: joinMasks(b.map(quiet)),
    alsoQuiet: () => joinMasks(b.map(x => bits.or(quiet(x), isZeroLane(bytes, x)))),
    lanes: isScalar ? 1 : allLanes(bytes),
  });
}

type Unary = (c: Semantics, bytes: FloatBytes, isScalar: boolean, b: Vector[]) => Vector[];

/** The four encodings of an operation on one operand: the last. */
function unaryFour(name: string, opcode: string, compute: Unary): Family {
  const packed = { avx: 'vector', aligned: 'legacy' } as const;
  const scalar = { avx: 'scalar' } as const;
  const all = (bytes: FloatBytes) => (c: Semantics) =>
    setHalves(c, compute(c, bytes, false, halvesOf(c, 1)));
  const first = (bytes: FloatBytes) =>
    scalarForm(bytes, (c, size, _, { b }) => compute(c, size, true, [...b]));
  return [
    ...define(`${name}ps`, { [`NP 0F ${opcode}`]: 'Vx,Wx' }, packed, all(4)),
    ...define(`${name}pd`, { [`66 0F ${opcode}`]: 'Vx,Wx' }, packed, all(8)),
    ...define(`${name}ss`, { [`F3 0F ${opcode}`]: 'Vss,Hss,Wss' }, scalar, first(4)),
    ...define(`${name}sd`, { [`F2 0F ${opcode}`]: 'Vsd,Hsd,Wsd' }, scalar, first(8)),
  ];
}

/** Approximations exist of single numbers alone, and raise nothing. */
function approximation(name: string, opcode: string, compute: (a: Vector) => Vector): Family {
  return unaryFour(name, opcode, (_c, _bytes, _isScalar, b) => b.map(compute)).filter(
    ({ prefix }) => prefix === 'NP' || prefix === 'F3',
  );
}

function logic(name: string, opcode: string, operation: Operation): Family {
  const options = { avx: 'vector', aligned: 'legacy' } as const;
  const each = (c: Semantics): void => binary(c, operation);
  return [
    ...define(`${name}ps`, { [`NP 0F ${opcode}`]: 'Vx,Hx,Wx' }, options, each),
    ...define(`${name}pd`, { [`66 0F ${opcode}`]: 'Vx,Hx,Wx' }, options, each),
  ];
}

/** The comparison of a number: bits 0 to 3 say which; bit 4 only which comparisons raise exceptions. */
function comparison(shape: FloatShape, number: number): Operation {
  const unordered: Operation = (a, b) => bits.or(shape.notEqual(a, a), shape.notEqual(b, b));
  const plain: readonly Operation[] = [
    shape.equal,
    shape.less,
    shape.lessOrEqual,
    unordered,
    (a, b) => bits.or(shape.equal(a, b), unordered(a, b)),
    (a, b) => bits.not(shape.lessOrEqual(b, a)),
    (a, b) => bits.not(shape.less(b, a)),
    () => zeroVector,
  ];
  const opposite: readonly Operation[] = [
    shape.notEqual,
    (a, b) => bits.not(shape.less(a, b)),
    (a, b) => bits.not(shape.lessOrEqual(a, b)),
    (a, b) => bits.not(unordered(a, b)),
    (a, b) => bits.andNot(shape.notEqual(a, b), unordered(a, b)),
    (a, b) => shape.lessOrEqual(b, a),
    (a, b) => shape.less(b, a),
    () => ONES,
  ];
  // 0 to 3 and 4 to 7 are opposites, and so are 8 to 11 and 12 to 15.
  const place = (number & 3) + ((number & 8) === 0 ? 0 : 4);
  return ((number & 4) === 0 ? plain : opposite)[place] ?? shape.equal;
}

/** Without VEX there are 8 comparisons, and processors ignore the bits above. */
const compare: Compute = (c, bytes, isScalar, operands) => {
  const number = c.immediateByte() & (c.form.vex ? 31 : 7);
  const fast = comparison(shapeOf(bytes), number);
  return ordering(c, 'compare', bytes, isScalar, operands, fast, number);
};

const packed = { avx: 'vector', aligned: 'legacy', immediateInForm: true } as const;
const scalar = { avx: 'scalar', immediateInForm: true } as const;

/** Floating-point arithmetic, in the order of the two-byte map. */
export const vectorFloats: Family = [
  ...unaryFour('sqrt', '51', squareRoots),
  ...approximation('rsqrt', '52', reciprocalRoot),
  ...approximation('rcp', '53', reciprocal),
  ...logic('and', '54', bits.and),
  ...logic('andn', '55', (a, b) => bits.andNot(b, a)),
  ...logic('or', '56', bits.or),
  ...logic('xor', '57', bits.xor),
  ...arithmeticFour('add', '58'),
  ...arithmeticFour('mul', '59'),
  ...arithmeticFour('sub', '5c'),
  ...extremeFour('min', '5d'),
  ...arithmeticFour('div', '5e'),
  ...extremeFour('max', '5f'),
  ...define('cmpps', { 'NP 0F c2': 'Vx,Hx,Wx,Ib' }, packed, packedForm(4, compare)),
  ...define('cmppd', { '66 0F c2': 'Vx,Hx,Wx,Ib' }, packed, packedForm(8, compare)),
  ...define('cmpss', { 'F3 0F c2': 'Vss,Hss,Wss,Ib' }, scalar, scalarForm(4, compare)),
  ...define('cmpsd', { 'F2 0F c2': 'Vsd,Hsd,Wsd,Ib' }, scalar, scalarForm(8, compare)),
];
