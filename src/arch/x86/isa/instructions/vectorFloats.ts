/**
 * Floating-point arithmetic of SSE and SSE2, and of AVX with the same opcodes. Rounding is to nearest.
 * Exceptions are noted in MXCSR, and raised, only where a program has unmasked some.
 */
import {
  bits,
  f32x4,
  f64x2,
  splatBytes,
  vectorOf,
  zeroVector,
  type FloatShape,
  type Vector,
} from '../builder/vector';
import { coreOffset, mxcsrOffset } from '../coreLayout';
import { define, type Family } from '../definition';
import type { Semantics } from '../semantics';
import { sseOperations, type SseOperation } from '../sseExceptions';
import { notEqual } from '../builder/condition';
import { and, i32 } from '../builder/value';
import { binary, splitLanes } from './vectorShuffles';

type Operation = (a: Vector, b: Vector) => Vector;

/** The mask bits of MXCSR. */
const ALL_MASKED = 0x1f80;

const isSseOperation = (name: string): name is SseOperation =>
  (sseOperations as readonly string[]).includes(name);

const ONES = vectorOf(new Array<number>(16).fill(0xff));

/** Operands 1 and 2, or their first lanes with the rest of operand 1. */
function apply(c: Semantics, scalarBytes: 0 | 4 | 8, operation: Operation): void {
  if (scalarBytes === 0) {
    binary(c, operation);
    return;
  }
  const [a, b] = [c.getVector(1), c.getVector(2)];
  c.setVector(0, splitLanes(scalarBytes, operation(a, b), a));
}

/** Before an operation: what it raises is found out where programs have unmasked exceptions. */
function raiseExceptions(
  c: Semantics,
  operation: SseOperation,
  bytes: 4 | 8,
  isScalar: boolean,
): void {
  const masks = and(c.word('i32', mxcsrOffset), i32(ALL_MASKED));
  const last = c.form.operands.length - 1;
  const check = (half: 0 | 1): void => {
    const [a, b] = [c.getVector(1, half), c.getVector(last, half)];
    c.when(notEqual(masks, i32(ALL_MASKED)), () => {
      const lanes = isScalar ? 1 : 16 / bytes;
      const code = sseOperations.indexOf(operation) + (bytes === 8 ? 8 : 0) + lanes * 16;
      c.setWordNow('v128', coreOffset.vectorArguments, a);
      c.setWordNow('v128', coreOffset.vectorArguments + 16, b);
      c.setWordNow('i32', coreOffset.argument, i32(code));
      c.helper('sseExceptions');
    });
  };
  if (isScalar) check(0);
  else c.eachHalf(check);
}

/** The four encodings of an arithmetic instruction: two shapes, packed and scalar. */
function arithmetic(
  name: string,
  opcode: string,
  operation: (shape: FloatShape) => Operation,
): Family {
  const packed = { avx: 'vector', aligned: 'legacy' } as const;
  const scalar = { avx: 'scalar' } as const;
  const form = (bytes: 4 | 8, isScalar: boolean) => (c: Semantics) => {
    if (isSseOperation(name)) raiseExceptions(c, name, bytes, isScalar);
    apply(c, isScalar ? bytes : 0, operation(bytes === 4 ? f32x4 : f64x2));
  };
  return [
    ...define(`${name}ps`, { [`NP 0F ${opcode}`]: 'Vx,Hx,Wx' }, packed, form(4, false)),
    ...define(`${name}pd`, { [`66 0F ${opcode}`]: 'Vx,Hx,Wx' }, packed, form(8, false)),
    ...define(`${name}ss`, { [`F3 0F ${opcode}`]: 'Vss,Hss,Wss' }, scalar, form(4, true)),
    ...define(`${name}sd`, { [`F2 0F ${opcode}`]: 'Vsd,Hsd,Wsd' }, scalar, form(8, true)),
  ];
}

/** The same for an operation on one operand: the last. */
function unary(
  name: string,
  opcode: string,
  operation: (shape: FloatShape) => (a: Vector) => Vector,
): Family {
  const packed = { avx: 'vector', aligned: 'legacy' } as const;
  const scalar = { avx: 'scalar' } as const;
  const each = (shape: FloatShape) => (c: Semantics) => {
    if (isSseOperation(name)) raiseExceptions(c, name, shape === f32x4 ? 4 : 8, false);
    c.eachHalf(half => {
      c.setVector(0, operation(shape)(c.getVector(1, half)), half);
    });
  };
  return [
    ...define(`${name}ps`, { [`NP 0F ${opcode}`]: 'Vx,Wx' }, packed, each(f32x4)),
    ...define(`${name}pd`, { [`66 0F ${opcode}`]: 'Vx,Wx' }, packed, each(f64x2)),
    ...define(`${name}ss`, { [`F3 0F ${opcode}`]: 'Vss,Hss,Wss' }, scalar, c => {
      if (isSseOperation(name)) raiseExceptions(c, name, 4, true);
      apply(c, 4, (_, b) => operation(f32x4)(b));
    }),
    ...define(`${name}sd`, { [`F2 0F ${opcode}`]: 'Vsd,Hsd,Wsd' }, scalar, c => {
      if (isSseOperation(name)) raiseExceptions(c, name, 8, true);
      apply(c, 8, (_, b) => operation(f64x2)(b));
    }),
  ];
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

function compare(c: Semantics, shape: FloatShape, scalarBytes: 0 | 4 | 8): void {
  const number = c.immediateByte();
  if (!c.form.vex && number > 7) {
    // Bits above are reserved there; processors ignore them.
    apply(c, scalarBytes, comparison(shape, number & 7));
  } else {
    apply(c, scalarBytes, comparison(shape, number & 31));
  }
}

const packed = { avx: 'vector', aligned: 'legacy', immediateInForm: true } as const;
const scalar = { avx: 'scalar', immediateInForm: true } as const;
const one = splatBytes(4, 0x3f80_0000n);

/** Floating-point arithmetic, in the order of the two-byte map. */
export const vectorFloats: Family = [
  ...unary('sqrt', '51', shape => a => shape.sqrt(a)),
  ...unary('rsqrt', '52', shape => a => shape.div(one, shape.sqrt(a))).filter(
    ({ prefix }) => prefix === 'NP' || prefix === 'F3',
  ),
  ...unary('rcp', '53', shape => a => shape.div(one, a)).filter(
    ({ prefix }) => prefix === 'NP' || prefix === 'F3',
  ),
  ...logic('and', '54', bits.and),
  ...logic('andn', '55', (a, b) => bits.andNot(b, a)),
  ...logic('or', '56', bits.or),
  ...logic('xor', '57', bits.xor),
  ...arithmetic('add', '58', shape => shape.add),
  ...arithmetic('mul', '59', shape => shape.mul),
  ...arithmetic('sub', '5c', shape => shape.sub),
  // Of two zeros, and with a NaN, the result is the second operand.
  ...arithmetic('min', '5d', shape => (a, b) => shape.pseudoMin(b, a)),
  ...arithmetic('div', '5e', shape => shape.div),
  ...arithmetic('max', '5f', shape => (a, b) => shape.pseudoMax(b, a)),
  ...define('cmpps', { 'NP 0F c2': 'Vx,Hx,Wx,Ib' }, packed, c => compare(c, f32x4, 0)),
  ...define('cmppd', { '66 0F c2': 'Vx,Hx,Wx,Ib' }, packed, c => compare(c, f64x2, 0)),
  ...define('cmpss', { 'F3 0F c2': 'Vss,Hss,Wss,Ib' }, scalar, c => compare(c, f32x4, 4)),
  ...define('cmpsd', { 'F2 0F c2': 'Vsd,Hsd,Wsd,Ib' }, scalar, c => compare(c, f64x2, 8)),
];
