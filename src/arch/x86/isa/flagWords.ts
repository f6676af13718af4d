/**
 * The arithmetic flags as three words, which instructions write and conditions read:
 *
 * - `result`: the result, sign-extended to 64 bits. ZF: it is 0; SF: it is negative.
 * - `carries`: CF is bit 63, OF is bit 63 xor bit 62: the carries out of the highest two places.
 * - `adjust`: AF is bit 4. Bit 0 turns SF over, and bits 8 to 15 turn over bits of the byte whose parity is
 *   PF: for flags that no result has together.
 *
 * Source: SDM volume 1, 3.4.3.1. What it leaves undefined is as Intel's processors do it.
 */
import { differ, either, equal, isNegative, isZero, not, select, toInt } from './builder/condition';
import {
  add,
  and,
  constant,
  extendS,
  extendU,
  i32,
  i64,
  invert,
  or,
  popcnt,
  shl,
  shrU,
  signExtend,
  wide,
  wrap,
  xor,
  type Condition,
  type IntType,
  type Value,
} from './builder/value';
import { coreOffset } from './coreLayout';
import type { Semantics } from './semantics';
import { RFlags } from '../flags';

const TOP = -(2n ** 63n);

/** The three words. */
export interface FlagWords {
  readonly result: Value<'i64'>;
  readonly carries: Value<'i64'>;
  readonly adjust: Value<'i32'>;
}

/** The words as they are now. */
export function readFlags(c: Semantics): FlagWords {
  return {
    result: c.word('i64', coreOffset.result),
    carries: readCarries(c),
    adjust: c.word('i32', coreOffset.adjust),
  };
}

function readCarries(c: Semantics): Value<'i64'> {
  return c.word('i64', coreOffset.carries);
}

/** Writes the words. */
export function writeFlags(c: Semantics, { result, carries, adjust }: FlagWords): void {
  c.setWord('i64', coreOffset.result, result);
  c.setWord('i64', coreOffset.carries, carries);
  c.setWord('i32', coreOffset.adjust, adjust);
}

/** Writes the words if a condition holds, and else leaves them. */
export function writeFlagsIf(c: Semantics, condition: Condition, words: FlagWords): void {
  const old = readFlags(c);
  writeFlags(c, {
    result: select(condition, words.result, old.result),
    carries: select(condition, words.carries, old.carries),
    adjust: select(condition, words.adjust, old.adjust),
  });
}

/** A value of so many bytes moved so that its highest bit is bit 63. */
export function toTop(value: Value<IntType>, bytes: number): Value<'i64'> {
  return bytes === 8 ? wide(value) : shl(wide(value), i64(64 - bytes * 8));
}

/** A value of so many bytes, sign-extended to 64 bits. */
export function signed(value: Value<IntType>, bytes: number): Value<'i64'> {
  if (bytes === 8) return wide(value);
  return extendS(signExtend(value as Value<'i32'>, bytes as 1 | 2 | 4));
}

/** CF and OF as a word of carries. */
export function carriesOf(carry: Condition, overflow: Condition): Value<'i64'> {
  const second = differ(carry, overflow);
  return or(shl(extendU(toInt(carry)), i64(63)), shl(extendU(toInt(second)), i64(62)));
}

function adjustOf(a: Value<IntType>, b: Value<IntType>, r: Value<IntType>): Value<'i32'> {
  const low = (value: Value<IntType>): Value<'i32'> =>
    value.type === 'i64' ? wrap(value as Value<'i64'>) : (value as Value<'i32'>);
  return and(xor(xor(low(a), low(b)), low(r)), i32(0x10));
}

/** Flags of r = a + b, or of a + b + CF. */
export function flagsAdd(
  c: Semantics,
  a: Value<IntType>,
  b: Value<IntType>,
  r: Value<IntType>,
  bytes: number,
): void {
  const carries = or(and(a, b), and(or(a, b), invert(r)));
  writeFlags(c, {
    result: signed(r, bytes),
    carries: toTop(carries, bytes),
    adjust: adjustOf(a, b, r),
  });
}

/** The words for r = a - b, or for a - b - CF. */
export function subtractionFlags(
  a: Value<IntType>,
  b: Value<IntType>,
  r: Value<IntType>,
  bytes: number,
): FlagWords {
  const borrows = or(and(invert(a), b), and(or(invert(a), b), r));
  return {
    result: signed(r, bytes),
    carries: toTop(borrows, bytes),
    adjust: adjustOf(a, b, r),
  };
}

/** Flags of r = a - b, or of a - b - CF. */
export function flagsSub(
  c: Semantics,
  a: Value<IntType>,
  b: Value<IntType>,
  r: Value<IntType>,
  bytes: number,
): void {
  writeFlags(c, subtractionFlags(a, b, r, bytes));
}

/** Flags of a result of AND, OR, XOR and TEST. */
export function flagsLogic(c: Semantics, r: Value<IntType>, bytes: number): void {
  writeFlags(c, { result: signed(r, bytes), carries: i64(0), adjust: i32(0) });
}

/** Flags of INC (`sign` 1) and DEC (-1): as those of adding or subtracting 1, but CF stays. */
export function flagsStep(
  c: Semantics,
  a: Value<IntType>,
  r: Value<IntType>,
  bytes: number,
  sign: 1 | -1,
): void {
  const one = constant(a.type, 1);
  const vector =
    sign === 1
      ? or(and(a, one), and(or(a, one), invert(r)))
      : or(and(invert(a), one), and(or(invert(a), one), r));
  const carries = toTop(vector, bytes);
  const overflow = and(xor(carries, shl(carries, i64(1))), i64(TOP));
  const carry = and(readCarries(c), i64(TOP));
  writeFlags(c, {
    result: signed(r, bytes),
    carries: or(carry, shrU(xor(carry, overflow), i64(1))),
    adjust: adjustOf(a, one, r),
  });
}

// Single flags

/** CF. */
export function carryFlag(c: Semantics): Condition {
  return isNegative(readCarries(c));
}

/** OF. */
export function overflowFlag(c: Semantics): Condition {
  const carries = readCarries(c);
  return isNegative(xor(carries, shl(carries, i64(1))));
}

/** ZF. */
export function zeroFlag(c: Semantics): Condition {
  return isZero(c.word('i64', coreOffset.result));
}

/** SF. */
export function signFlag(c: Semantics): Condition {
  const { result, adjust } = readFlags(c);
  const top = wrap(shrU(result, i64(63)));
  return equal(and(xor(top, adjust), i32(1)), i32(1));
}

/** PF. */
export function parityFlag(c: Semantics): Condition {
  const { result, adjust } = readFlags(c);
  const byte = and(xor(wrap(result), shrU(adjust, i32(8))), i32(0xff));
  return isZero(and(popcnt(byte), i32(1)));
}

/** Changes CF and leaves the others. */
export function setCarry(c: Semantics, carry: Condition): void {
  c.setWord('i64', coreOffset.carries, carriesOf(carry, overflowFlag(c)));
}

/** Changes ZF and leaves the others. */
export function setZero(c: Semantics, zero: Condition): void {
  writeStatus(c, or(and(statusFlags(c), i32(~RFlags.ZF)), shl(toInt(zero), i32(6))));
}

// All of them as bits

/** The arithmetic flags, at their places in RFLAGS. */
export function statusFlags(c: Semantics): Value<'i32'> {
  const { adjust } = readFlags(c);
  const bit = (condition: Condition, place: number): Value<'i32'> =>
    shl(toInt(condition), i32(place));
  const low = or(bit(carryFlag(c), 0), bit(parityFlag(c), 2));
  const high = or(bit(zeroFlag(c), 6), or(bit(signFlag(c), 7), bit(overflowFlag(c), 11)));
  return or(or(low, high), and(adjust, i32(RFlags.AF)));
}

/** Sets the arithmetic flags from their places in RFLAGS; other bits are ignored. */
export function writeStatus(c: Semantics, flags: Value<'i32'>): void {
  const bit = (place: number): Value<'i32'> => and(shrU(flags, i32(place)), i32(1));
  const zero = bit(6);
  const carry = bit(0);
  const second = xor(carry, bit(11));
  const parity = xor(bit(2), zero);
  writeFlags(c, {
    result: extendU(xor(zero, i32(1))),
    carries: or(shl(extendU(carry), i64(63)), shl(extendU(second), i64(62))),
    adjust: add(and(flags, i32(RFlags.AF)), add(bit(7), shl(parity, i32(8)))),
  });
}

/** The 16 conditions, in the order of their codes (SDM volume 1, appendix B). */
export const conditionNames = [
  ...(['o', 'no', 'b', 'nb', 'z', 'nz', 'be', 'nbe'] as const),
  ...(['s', 'ns', 'p', 'np', 'l', 'nl', 'le', 'nle'] as const),
];

/** Whether a condition holds, by its code. */
export function condition(c: Semantics, code: number): Condition {
  const holds = evenCondition(c, code >> 1);
  return (code & 1) === 0 ? holds : not(holds);
}

function evenCondition(c: Semantics, pair: number): Condition {
  switch (pair) {
    case 0:
      return overflowFlag(c);
    case 1:
      return carryFlag(c);
    case 2:
      return zeroFlag(c);
    case 3:
      return either(carryFlag(c), zeroFlag(c));
    case 4:
      return signFlag(c);
    case 5:
      return parityFlag(c);
    case 6:
      return differ(signFlag(c), overflowFlag(c));
    default:
      return either(zeroFlag(c), differ(signFlag(c), overflowFlag(c)));
  }
}

/** RFLAGS of a state block whose arithmetic flags are in the words. */
export function composeFlags(view: DataView): void {
  const result = view.getBigInt64(coreOffset.result, true);
  const top = view.getUint32(coreOffset.carries + 4, true);
  const adjust = view.getUint32(coreOffset.adjust, true);
  let flags = view.getUint32(rflagsOffset, true) & ~statusMask;
  if (result === 0n) flags |= RFlags.ZF;
  if (result < 0n !== ((adjust & 1) !== 0)) flags |= RFlags.SF;
  if (top >>> 31 !== 0) flags |= RFlags.CF;
  if (((top ^ (top << 1)) & 0x80000000) !== 0) flags |= RFlags.OF;
  let parity = (Number(BigInt.asUintN(8, result)) ^ (adjust >>> 8)) & 0xff;
  parity ^= parity >> 4;
  parity ^= parity >> 2;
  if (((parity ^ (parity >> 1)) & 1) === 0) flags |= RFlags.PF;
  view.setUint32(rflagsOffset, flags | (adjust & RFlags.AF), true);
}

/** The opposite: the words from RFLAGS. */
export function decomposeFlags(view: DataView): void {
  const flags = view.getUint32(rflagsOffset, true);
  const bit = (mask: number): number => ((flags & mask) === 0 ? 0 : 1);
  const zero = bit(RFlags.ZF);
  view.setBigInt64(coreOffset.result, BigInt(1 - zero), true);
  const carry = bit(RFlags.CF);
  view.setUint32(coreOffset.carries, 0, true);
  view.setUint32(coreOffset.carries + 4, (carry << 31) | ((carry ^ bit(RFlags.OF)) << 30), true);
  const parity = bit(RFlags.PF) ^ zero;
  view.setUint32(coreOffset.adjust, (flags & RFlags.AF) | bit(RFlags.SF) | (parity << 8), true);
}

const rflagsOffset = 17 * 8;
const statusMask = RFlags.CF | RFlags.PF | RFlags.AF | RFlags.ZF | RFlags.SF | RFlags.OF;
