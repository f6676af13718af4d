/** Integer arithmetic and logic: the first rows of the one-byte map, groups 1, 3, 4 and 5, and kin. */
import { RAX, RDX } from '../../registers';
import { Vector } from '../../flags';
import { equal, isNonZero, isZero, not, select, toInt } from '../builder/condition';
import {
  add,
  and,
  constant,
  convert,
  divS,
  divU,
  extendS,
  extendU,
  i32,
  i64,
  invert,
  mul,
  negate,
  or,
  remS,
  remU,
  shl,
  shrS,
  shrU,
  signExtend,
  sub,
  wrap,
  xor,
  type Condition,
  type IntType,
  type Value,
} from '../builder/value';
import { coreOffset } from '../coreLayout';
import { define, type EncodingTable, type Family } from '../definition';
import {
  carriesOf,
  carryFlag,
  flagsAdd,
  flagsLogic,
  flagsStep,
  flagsSub,
  signed,
  writeFlags,
} from '../flagWords';
import type { Semantics } from '../semantics';

const all = 'oszapc';

/** The encodings of row `row` of the one-byte map, which is also `/row` of group 1. */
function row(number: number): EncodingTable {
  const opcode = (column: number): string => (number * 8 + column).toString(16).padStart(2, '0');
  return {
    [opcode(0)]: 'Eb,Gb',
    [opcode(1)]: 'Ev,Gv',
    [opcode(2)]: 'Gb,Eb',
    [opcode(3)]: 'Gv,Ev',
    [opcode(4)]: 'AL,Ib',
    [opcode(5)]: 'rAX,Iz',
    [`80 /${String(number)}`]: 'Eb,Ib',
    [`81 /${String(number)}`]: 'Ev,Iz',
    [`83 /${String(number)}`]: 'Ev,Is',
  };
}

const carryIn = (c: Semantics, type: IntType): Value<IntType> => convert(toInt(carryFlag(c)), type);

function addition(c: Semantics, withCarry: boolean): void {
  const [a, b] = [c.get(0), c.get(1)];
  const sum = add(a, b);
  const r = withCarry ? add(sum, carryIn(c, a.type)) : sum;
  c.set(0, r);
  flagsAdd(c, a, b, r, c.size(0));
}

function subtraction(c: Semantics, how: 'plain' | 'borrow' | 'compare'): void {
  const [a, b] = [c.get(0), c.get(1)];
  const difference = sub(a, b);
  const r = how === 'borrow' ? sub(difference, carryIn(c, a.type)) : difference;
  if (how !== 'compare') c.set(0, r);
  flagsSub(c, a, b, r, c.size(0));
}

function logic(c: Semantics, r: Value<IntType>, keeps = true): void {
  if (keeps) c.set(0, r);
  flagsLogic(c, r, c.size(0));
}

function step(c: Semantics, sign: 1 | -1): void {
  const a = c.get(0);
  const r = add(a, constant(a.type, sign));
  c.set(0, r);
  flagsStep(c, a, r, c.size(0), sign);
}

/** The high 64 bits of the product of two unsigned numbers of 64 bits. */
export function highProduct(c: Semantics, a: Value<'i64'>, b: Value<'i64'>): Value<'i64'> {
  const low = (value: Value<'i64'>): Value<'i64'> => and(value, i64(0xffffffff));
  const high = (value: Value<'i64'>): Value<'i64'> => shrU(value, i64(32));
  const middle = c.code.let(add(mul(high(a), low(b)), high(mul(low(a), low(b)))));
  const other = add(mul(low(a), high(b)), low(middle));
  return add(add(mul(high(a), high(b)), high(middle)), high(other));
}

/** The same for signed numbers. */
function signedHighProduct(c: Semantics, a: Value<'i64'>, b: Value<'i64'>): Value<'i64'> {
  const correction = add(and(shrS(a, i64(63)), b), and(shrS(b, i64(63)), a));
  return sub(highProduct(c, a, b), correction);
}

/**
 * Flags of a product: CF and OF when its high half says something that the low half does not. Of the
 * others, which are undefined, SF and PF are the low half's, and ZF is 0.
 */
function flagsProduct(
  c: Semantics,
  low: Value<IntType>,
  bytes: number,
  overflows: Condition,
): void {
  const result = signed(low, bytes);
  writeFlags(c, {
    result: select(isZero(result), i64(0x100), result),
    carries: carriesOf(overflows, overflows),
    adjust: i32(0),
  });
}

/** The product of RAX and operand 0 in RDX:RAX, or in AX. */
function multiply(c: Semantics, isSigned: boolean): void {
  const bytes = c.size(0);
  const extend = (value: Value<IntType>): Value<'i64'> =>
    isSigned ? signed(value, bytes) : convert(value, 'i64');
  const a = c.code.let(extend(c.gpr(RAX, bytes)));
  const b = c.code.let(extend(c.get(0)));
  const low = c.code.let(mul(a, b));
  if (bytes === 8) {
    const high = c.code.let(isSigned ? signedHighProduct(c, a, b) : highProduct(c, a, b));
    c.setGpr(RAX, 8, low);
    c.setGpr(RDX, 8, high);
    const fits = isSigned ? equal(high, shrS(low, i64(63))) : isZero(high);
    flagsProduct(c, low, 8, not(fits));
    return;
  }
  const bits = bytes * 8;
  if (bytes === 1) {
    c.setGpr(RAX, 2, wrap(low));
  } else {
    c.setGpr(RAX, bytes, wrap(low));
    c.setGpr(RDX, bytes, wrap(shrU(low, i64(bits))));
  }
  const fits = isSigned ? equal(low, signed(wrap(low), bytes)) : isZero(shrU(low, i64(bits)));
  flagsProduct(c, wrap(low), bytes, not(fits));
}

/** A signed product cut to the size of its operands. */
function shortProduct(c: Semantics, x: Value<IntType>, y: Value<IntType>): void {
  const bytes = c.size(0);
  const a = c.code.let(signed(x, bytes));
  const b = c.code.let(signed(y, bytes));
  const low = c.code.let(mul(a, b));
  if (bytes === 8) {
    c.set(0, low);
    flagsProduct(c, low, 8, not(equal(signedHighProduct(c, a, b), shrS(low, i64(63)))));
  } else {
    const short = wrap(low);
    c.set(0, short);
    flagsProduct(c, short, bytes, not(equal(low, signed(short, bytes))));
  }
}

/** Whether a quotient cannot be had, or does not fit: #DE. */
function divideErrorIf(c: Semantics, condition: Condition): void {
  c.when(condition, () => c.raise(Vector.DE));
}

/** RDX:RAX, or AX, by operand 0. */
function divide(c: Semantics, isSigned: boolean): void {
  const bytes = c.size(0);
  if (bytes === 8) {
    divide128(c, isSigned);
    return;
  }
  const bits = bytes * 8;
  const divisor = c.code.let(isSigned ? signed(c.get(0), bytes) : convert(c.get(0), 'i64'));
  divideErrorIf(c, isZero(divisor));
  const dividend = c.code.let(dividendOf(c, bytes, isSigned));
  const quotient = c.code.let(isSigned ? divS(dividend, divisor) : divU(dividend, divisor));
  const remainder = c.code.let(isSigned ? remS(dividend, divisor) : remU(dividend, divisor));
  const fits = isSigned
    ? equal(quotient, signed(wrap(quotient), bytes))
    : isZero(shrU(quotient, i64(bits)));
  divideErrorIf(c, not(fits));
  if (bytes === 1) {
    const both = or(and(wrap(quotient), i32(0xff)), shl(wrap(remainder), i32(8)));
    c.setGpr(RAX, 2, both);
  } else {
    c.setGpr(RAX, bytes, wrap(quotient));
    c.setGpr(RDX, bytes, wrap(remainder));
  }
}

function dividendOf(c: Semantics, bytes: number, isSigned: boolean): Value<'i64'> {
  if (bytes === 1) {
    const ax = c.gpr(RAX, 2) as Value<'i32'>;
    return isSigned ? extendS(signExtend(ax, 2)) : extendU(ax);
  }
  const low = extendU(c.gpr(RAX, bytes) as Value<'i32'>);
  const high = c.gpr(RDX, bytes) as Value<'i32'>;
  const joined = or(shl(extendU(high), i64(bytes * 8)), low);
  return isSigned && bytes === 2 ? extendS(wrap(joined)) : joined;
}

/** 64-bit division: nearly always the high half of the dividend is only its sign. */
function divide128(c: Semantics, isSigned: boolean): void {
  const divisor = c.code.let(c.get(0) as Value<'i64'>);
  divideErrorIf(c, isZero(divisor));
  const low = c.gpr64(RAX);
  const high = c.gpr64(RDX);
  const quotient = c.code.declare('i64');
  const remainder = c.code.declare('i64');
  const simple = isSigned
    ? and(toInt(equal(high, shrS(low, i64(63)))), toInt(isNonZero(add(divisor, i64(1)))))
    : toInt(isZero(high));
  c.when(
    isNonZero(simple),
    () => {
      c.code.assign(quotient, isSigned ? divS(low, divisor) : divU(low, divisor));
      c.code.assign(remainder, isSigned ? remS(low, divisor) : remU(low, divisor));
    },
    () => {
      c.setWordNow('i64', coreOffset.argument, divisor);
      c.helper(isSigned ? 'divideS128' : 'divideU128');
      c.code.assign(quotient, c.word('i64', coreOffset.argument));
      c.code.assign(remainder, c.word('i64', coreOffset.argument + 8));
    },
  );
  c.setGpr(RAX, 8, c.code.read(quotient));
  c.setGpr(RDX, 8, c.code.read(remainder));
}

/** The families of the one-byte map, in its order. */
export const arithmetic: Family = [
  ...define('add', row(0), { writes: all, lock: true }, c => addition(c, false)),
  ...define('or', row(1), { writes: all, lock: true }, c => logic(c, or(c.get(0), c.get(1)))),
  ...define('adc', row(2), { reads: 'c', writes: all, lock: true }, c => addition(c, true)),
  ...define('sbb', row(3), { reads: 'c', writes: all, lock: true }, c => subtraction(c, 'borrow')),
  ...define('and', row(4), { writes: all, lock: true }, c => logic(c, and(c.get(0), c.get(1)))),
  ...define('sub', row(5), { writes: all, lock: true }, c => subtraction(c, 'plain')),
  ...define('xor', row(6), { writes: all, lock: true }, c => logic(c, xor(c.get(0), c.get(1)))),
  ...define('cmp', row(7), { writes: all }, c => subtraction(c, 'compare')),
  ...define('imul', { '69': 'Gv,Ev,Iz', '6b': 'Gv,Ev,Is', '0F af': 'Gv,Ev' }, { writes: all }, c =>
    shortProduct(c, ...factors(c)),
  ),
  ...define(
    'test',
    {
      ...{ '84': 'Eb,Gb', '85': 'Ev,Gv', a8: 'AL,Ib', a9: 'rAX,Iz' },
      ...{ 'f6 /0': 'Eb,Ib', 'f7 /0': 'Ev,Iz', 'f6 /1': 'Eb,Ib', 'f7 /1': 'Ev,Iz' },
    },
    { writes: all },
    c => logic(c, and(c.get(0), c.get(1)), false),
  ),
  ...define('not', { 'f6 /2': 'Eb', 'f7 /2': 'Ev' }, { lock: true }, c =>
    c.set(0, invert(c.get(0))),
  ),
  ...define('neg', { 'f6 /3': 'Eb', 'f7 /3': 'Ev' }, { writes: all, lock: true }, c => {
    const a = c.get(0);
    const r = negate(a);
    c.set(0, r);
    flagsSub(c, constant(a.type, 0), a, r, c.size(0));
  }),
  ...define('mul', { 'f6 /4': 'Eb', 'f7 /4': 'Ev' }, { writes: all }, c => multiply(c, false)),
  ...define('imul', { 'f6 /5': 'Eb', 'f7 /5': 'Ev' }, { writes: all }, c => multiply(c, true)),
  ...define('div', { 'f6 /6': 'Eb', 'f7 /6': 'Ev' }, { writes: all }, c => divide(c, false)),
  ...define('idiv', { 'f6 /7': 'Eb', 'f7 /7': 'Ev' }, { writes: all }, c => divide(c, true)),
  ...define('inc', { 'fe /0': 'Eb', 'ff /0': 'Ev' }, { writes: 'oszap', lock: true }, c =>
    step(c, 1),
  ),
  ...define('dec', { 'fe /1': 'Eb', 'ff /1': 'Ev' }, { writes: 'oszap', lock: true }, c =>
    step(c, -1),
  ),
];

function factors(c: Semantics): [Value<IntType>, Value<IntType>] {
  return c.form.operands.length === 3 ? [c.get(1), c.get(2)] : [c.get(0), c.get(1)];
}
