/** Shifts and rotates: group 2, SHLD and SHRD. */
import { bitSet, differ, isNonZero, never, select } from '../builder/condition';
import {
  and,
  constant,
  convert,
  extendU,
  i32,
  i64,
  or,
  rotl,
  rotr,
  shl,
  shrS,
  shrU,
  sub,
  wide,
  remU,
  type Condition,
  type IntType,
  type Value,
} from '../builder/value';
import { define, type EncodingTable, type Family } from '../definition';
import { carriesOf, carryFlag, readFlags, signed, writeFlagsIf } from '../flagWords';
import type { Semantics } from '../semantics';
import { coreOffset } from '../coreLayout';

const all = 'oszapc';

/** The encodings of `/number` of group 2. */
function group2(number: number): EncodingTable {
  const reg = `/${String(number)}`;
  return {
    ...{ [`c0 ${reg}`]: 'Eb,Ib', [`c1 ${reg}`]: 'Ev,Ib', [`d0 ${reg}`]: 'Eb,1' },
    ...{ [`d1 ${reg}`]: 'Ev,1', [`d2 ${reg}`]: 'Eb,CL', [`d3 ${reg}`]: 'Ev,CL' },
  };
}

/** The count of a shift: what is beyond 5 bits, of 64-bit operands 6, does not count. */
function countOf(c: Semantics, i: number): Value<'i32'> {
  return c.code.let(and(c.getAs(i, 'i32'), i32(c.size(0) === 8 ? 63 : 31)));
}

/** Bit `bit` of a value, counted in a value. */
function bitAt(value: Value<'i64'>, bit: Value<'i64'>): Condition {
  return bitSet(shrU(value, bit), 0);
}

/** Flags of a shift; with a count of 0 they stay as they are. */
function flagsShift(
  c: Semantics,
  count: Value<'i32'>,
  r: Value<IntType>,
  carry: Condition,
  overflow: Condition,
): void {
  writeFlagsIf(c, isNonZero(count), {
    result: signed(r, c.size(0)),
    carries: carriesOf(carry, overflow),
    adjust: i32(0),
  });
}

/** The highest bit of a value of operand 0's size. */
const topBit = (c: Semantics, value: Value<'i64'>): Condition => bitSet(value, c.size(0) * 8 - 1);

/**
 * Whether moving a value one place to the left changes its sign. OF is defined for a count of 1 only;
 * processors set it so whatever the count is.
 */
const topBitsDiffer = (c: Semantics, value: Value<'i64'>): Condition =>
  differ(topBit(c, value), bitSet(value, c.size(0) * 8 - 2));

function shiftLeft(c: Semantics): void {
  const bits = c.size(0) * 8;
  const a = c.code.let(wide(c.get(0)));
  const count = countOf(c, 1);
  const wideCount = extendU(count);
  const r = c.code.let(shl(a, wideCount));
  // Of 64 bits the one that was shifted out last is not in the result.
  const carry = bits === 64 ? bitAt(a, sub(i64(64), wideCount)) : bitSet(r, bits);
  c.set(0, convert(r, c.type(0)));
  flagsShift(c, count, convert(r, c.type(0)), carry, topBitsDiffer(c, a));
}

function shiftRight(c: Semantics, isSigned: boolean): void {
  const bytes = c.size(0);
  const value = c.get(0);
  const a = c.code.let(isSigned ? signed(value, bytes) : wide(value));
  const count = countOf(c, 1);
  const wideCount = extendU(count);
  const r = c.code.let((isSigned ? shrS : shrU)(a, wideCount));
  const carry = bitAt(a, sub(wideCount, i64(1)));
  c.set(0, convert(r, c.type(0)));
  const overflow = isSigned ? never : topBit(c, a);
  flagsShift(c, count, convert(r, c.type(0)), carry, overflow);
}

/** Writes CF and OF, when a condition holds; the other flags stay. */
function setCarryOverflow(
  c: Semantics,
  holds: Condition,
  carry: Condition,
  overflow: Condition,
): void {
  const { carries } = readFlags(c);
  c.setWord('i64', coreOffset.carries, select(holds, carriesOf(carry, overflow), carries));
}

/** A value of 1 or 2 bytes repeated to fill 32 bits, so that rotating those rotates it. */
function repeated(value: Value<IntType>, bytes: number): Value<IntType> {
  if (bytes >= 4) return value;
  const twice = or(value, shl(value, constant(value.type, 16)));
  if (bytes === 2) return twice;
  return or(twice, shl(twice, constant(value.type, 8)));
}

function rotate(c: Semantics, left: boolean): void {
  const bytes = c.size(0);
  const count = countOf(c, 1);
  const value = c.get(0);
  const a = repeated(value, bytes);
  const r = c.code.let((left ? rotl : rotr)(a, convert(count, a.type)));
  c.set(0, r);
  const before = wide(value);
  const carry = bitSet(r, left ? 0 : bytes * 8 - 1);
  const overflow = left ? topBitsDiffer(c, before) : differ(topBit(c, before), bitSet(before, 0));
  setCarryOverflow(c, isNonZero(count), carry, overflow);
}

/** RCL and RCR: CF is one more place; so a value of 64 bits takes 65. */
function rotateThroughCarry(c: Semantics, left: boolean): void {
  const bytes = c.size(0);
  const bits = bytes * 8;
  const raw = countOf(c, 1);
  const count = c.code.let(bytes < 4 ? remU(raw, i32(bits + 1)) : raw);
  const a = c.code.let(wide(c.get(0)));
  const carryIn = c.code.let(extendU(carryFlag(c).value));
  const moves = c.code.let(extendU(count));
  const rest = sub(i64(bits + 1), moves);
  // The places in front of CF and behind it are shifted apart; shifting by all 64 takes two steps.
  const far = left
    ? shrU(shrU(a, i64(1)), sub(rest, i64(1)))
    : shl(shl(a, i64(1)), sub(rest, i64(1)));
  const near = left ? shl(a, moves) : shrU(a, moves);
  const between = left ? shl(carryIn, sub(moves, i64(1))) : shl(carryIn, sub(i64(bits), moves));
  const r = c.code.let(or(or(near, far), between));
  const carry = left ? bitAt(a, sub(i64(bits), moves)) : bitAt(a, sub(moves, i64(1)));
  const holds = isNonZero(count);
  c.set(0, convert(select(holds, r, a), c.type(0)));
  const overflow = left ? topBitsDiffer(c, a) : differ(topBit(c, a), isNonZero(carryIn));
  setCarryOverflow(c, holds, carry, overflow);
}

/** SHLD and SHRD: bits of operand 1 come in. */
function doubleShift(c: Semantics, left: boolean): void {
  const bytes = c.size(0);
  const bits = bytes * 8;
  const count = countOf(c, 2);
  const moves = extendU(count);
  const a = c.code.let(wide(c.get(0)));
  const b = c.code.let(wide(c.get(1)));
  const holds = isNonZero(count);
  const rest = sub(i64(bits), moves);
  const wideRest = bytes === 2 ? sub(i64(32), moves) : rest;
  let shifted: Value<'i64'>;
  let carry: Condition;
  if (left) {
    const incoming = bytes === 2 ? or(shl(b, i64(16)), a) : b;
    shifted = or(shl(a, moves), shrU(incoming, wideRest));
    carry = bytes === 2 ? bitAt(or(shl(a, i64(16)), b), sub(i64(32), moves)) : bitAt(a, rest);
  } else {
    const whole = bytes === 2 ? or(or(a, shl(b, i64(16))), shl(a, i64(32))) : a;
    shifted = bytes === 2 ? shrU(whole, moves) : or(shrU(a, moves), shl(b, rest));
    carry = bitAt(whole, sub(moves, i64(1)));
  }
  const r = c.code.let(select(holds, shifted, a));
  c.set(0, convert(r, c.type(0)));
  const overflow = left ? topBitsDiffer(c, a) : differ(topBit(c, a), bitSet(b, 0));
  flagsShift(c, count, convert(r, c.type(0)), carry, overflow);
}

/** Group 2, in its order, and the double shifts. */
export const shifts: Family = [
  ...define('rol', group2(0), { writes: 'oc' }, c => rotate(c, true)),
  ...define('ror', group2(1), { writes: 'oc' }, c => rotate(c, false)),
  ...define('rcl', group2(2), { reads: 'c', writes: 'oc' }, c => rotateThroughCarry(c, true)),
  ...define('rcr', group2(3), { reads: 'c', writes: 'oc' }, c => rotateThroughCarry(c, false)),
  ...define('shl', group2(4), { writes: all }, shiftLeft),
  ...define('shr', group2(5), { writes: all }, c => shiftRight(c, false)),
  ...define('shl', group2(6), { writes: all }, shiftLeft),
  ...define('sar', group2(7), { writes: all }, c => shiftRight(c, true)),
  ...define('shld', { '0F a4': 'Ev,Gv,Ib', '0F a5': 'Ev,Gv,CL' }, { writes: all }, c =>
    doubleShift(c, true),
  ),
  ...define('shrd', { '0F ac': 'Ev,Gv,Ib', '0F ad': 'Ev,Gv,CL' }, { writes: all }, c =>
    doubleShift(c, false),
  ),
  // BMI2: no flags, and the count in a register of its own.
  ...define('shlx', { 'VEX L0 66 0F38 f7': 'Gy,Ey,By' }, {}, c => shiftBy(c, shl)),
  ...define('sarx', { 'VEX L0 F3 0F38 f7': 'Gy,Ey,By' }, {}, c => shiftBy(c, shrS)),
  ...define('shrx', { 'VEX L0 F2 0F38 f7': 'Gy,Ey,By' }, {}, c => shiftBy(c, shrU)),
  ...define('rorx', { 'VEX L0 F2 0F3A f0': 'Gy,Ey,Ib' }, {}, c => shiftBy(c, rotr)),
];

function shiftBy(
  c: Semantics,
  shift: (value: Value<IntType>, count: Value<IntType>) => Value<IntType>,
): void {
  c.set(0, shift(c.get(1), c.getAs(2, c.type(0))));
}
