/**
 * String instructions, repeated or not. A repeated one does a step at a time, registers included, so that
 * a fault in the middle leaves it where it can go on; where nothing forbids it a step is what is left of a
 * page. Source: SDM volume 1, 7.3.9.
 */
import { RFlags } from '../../flags';
import { RAX, RBX, RCX, RDI, RFLAGS, RSI } from '../../registers';
import type { GprIndex } from '../../registers';
import {
  always,
  atLeastU,
  both,
  equal,
  isNonZero,
  isZero,
  lessU,
  never,
  not,
  select,
} from '../builder/condition';
import {
  add,
  and,
  constant,
  convert,
  extendU,
  i32,
  i64,
  mul,
  shl,
  shrU,
  sub,
  wrap,
  type Condition,
  type IntType,
  type Value,
} from '../builder/value';
import { segmentBaseOffset } from '../coreLayout';
import { define, type Family } from '../definition';
import { subtractionFlags, writeFlagsIf } from '../flagWords';
import { intType } from '../coreAccess';
import type { Semantics } from '../semantics';

/** Where a register points. */
function pointer(c: Semantics, register: GprIndex): Value<'i64'> {
  const value = c.gpr64(register);
  const cut = c.form.address32 ? and(value, i64(0xffffffff)) : value;
  if (register === RDI || c.form.segment < 0) return cut;
  return add(cut, c.word('i64', segmentBaseOffset(c.form.segment)));
}

/** How far a step of one element leads. */
function direction(c: Semantics, bytes: number): Value<'i64'> {
  const down = isNonZero(and(c.gpr(RFLAGS, 4), i32(RFlags.DF)));
  return c.code.let(select(down, i64(-bytes), i64(bytes)));
}

/** Moves registers at once. */
function advance(c: Semantics, registers: readonly GprIndex[], distance: Value<'i64'>): void {
  for (const register of registers) c.setGprNow(register, moved(c, register, distance));
}

function moved(c: Semantics, register: GprIndex, distance: Value<'i64'>): Value<'i64'> {
  const sum = add(c.gpr64(register), distance);
  return c.form.address32 ? and(sum, i64(0xffffffff)) : sum;
}

function counter(c: Semantics): Value<'i64'> {
  const value = c.gpr64(RCX);
  return c.form.address32 ? and(value, i64(0xffffffff)) : value;
}

/**
 * One step, or as many as RCX says.
 * @param step - does one step or several, and says how many and whether there may be more
 */
function repeat(
  c: Semantics,
  bytes: number,
  registers: readonly GprIndex[],
  step: (delta: Value<'i64'>) => { count: Value<'i64'>; goesOn: Condition },
): void {
  const delta = direction(c, bytes);
  if (c.form.repeat === 0) {
    step(delta);
    for (const register of registers) c.setGpr(register, 8, moved(c, register, delta));
    return;
  }
  c.when(isNonZero(counter(c)), () =>
    c.code.loop(() => {
      const { count, goesOn } = step(delta);
      const done = c.code.let(count);
      advance(c, registers, mul(delta, done));
      const left = c.code.let(sub(counter(c), done));
      c.setGprNow(RCX, left);
      c.code.again(both(isNonZero(left), goesOn));
    }),
  );
}

/** Elements from a linear address to the end of its page. */
function room(linear: Value<'i32'>, bytes: number): Value<'i32'> {
  const rest = sub(i32(4096), and(linear, i32(4095)));
  return shrU(rest, i32(Math.log2(bytes)));
}

const smaller = (a: Value<'i32'>, b: Value<'i32'>): Value<'i32'> => select(lessU(a, b), a, b);

/** How many elements a step upwards may take; 1 when it goes downwards. */
function batch(c: Semantics, delta: Value<'i64'>, rooms: Value<'i32'>): Value<'i32'> {
  const left = counter(c);
  const wanted = select(lessU(left, i64(4096)), wrap(left), i32(4096));
  const upwards = isZero(shrU(delta, i64(63)));
  return c.code.let(select(upwards, smaller(wanted, rooms), i32(1)));
}

function move(c: Semantics, bytes: number): void {
  repeat(c, bytes, [RSI, RDI], delta => {
    const source = c.check(pointer(c, RSI), bytes, false);
    const target = c.check(pointer(c, RDI), bytes, true);
    const single = (): void => c.storeLinear(target, bytes, c.loadLinear(source, bytes));
    if (c.form.repeat === 0) {
      single();
      return { count: i64(1), goesOn: never };
    }
    const count = batch(c, delta, smaller(room(source, bytes), room(target, bytes)));
    const size = shl(count, i32(Math.log2(bytes)));
    const apart = atLeastU(sub(target, source), size);
    const direct = both(c.isGuestMemory(source), c.isGuestMemory(target));
    const fast = both(both(lessU(i32(1), count), apart), direct);
    const steps = c.code.variable(i64(1));
    c.when(
      fast,
      () => {
        c.code.copyMemory(target, source, size);
        c.code.assign(steps, extendU(count));
      },
      single,
    );
    return { count: c.code.read(steps), goesOn: always };
  });
}

function fill(c: Semantics, bytes: number): void {
  const value = c.gpr(RAX, bytes);
  const byte = convert(and(value, constant(value.type, 0xff)), intType(bytes));
  const pattern: Record<number, bigint> = {
    1: 1n,
    2: 0x101n,
    4: 0x1010101n,
    8: 0x101010101010101n,
  };
  const uniform = c.code.hold(equal(mul(byte, constant(byte.type, pattern[bytes] ?? 1n)), value));
  repeat(c, bytes, [RDI], delta => {
    const target = c.check(pointer(c, RDI), bytes, true);
    const single = (): void => c.storeLinear(target, bytes, value);
    if (c.form.repeat === 0) {
      single();
      return { count: i64(1), goesOn: never };
    }
    const count = batch(c, delta, room(target, bytes));
    const fast = both(both(lessU(i32(1), count), uniform), c.isGuestMemory(target));
    const steps = c.code.variable(i64(1));
    c.when(
      fast,
      () => {
        c.code.fillMemory(target, convert(byte, 'i32'), shl(count, i32(Math.log2(bytes))));
        c.code.assign(steps, extendU(count));
      },
      single,
    );
    return { count: c.code.read(steps), goesOn: always };
  });
}

function loadString(c: Semantics, bytes: number): void {
  repeat(c, bytes, [RSI], () => {
    const value = c.load(pointer(c, RSI), bytes);
    if (c.form.repeat === 0) {
      c.setGpr(RAX, bytes, value);
    } else if (bytes >= 4) {
      c.setGprNow(RAX, convert(value, 'i64'));
    } else {
      const mask = 2 ** (bytes * 8) - 1;
      const kept = and(c.gpr64(RAX), i64(~mask));
      c.setGprNow(RAX, add(kept, convert(value, 'i64')));
    }
    return { count: i64(1), goesOn: always };
  });
}

/** CMPS and SCAS: the flags are those of the last comparison. */
function compare(c: Semantics, bytes: number, scans: boolean): void {
  const { code } = c;
  const type = intType(bytes);
  const [left, right] = [code.variable(zero(type)), code.variable(zero(type))];
  const some = c.form.repeat === 0 ? always : code.hold(isNonZero(counter(c)));
  repeat(c, bytes, scans ? [RDI] : [RSI, RDI], () => {
    const a = scans ? c.gpr(RAX, bytes) : c.load(pointer(c, RSI), bytes);
    const b = c.load(pointer(c, RDI), bytes);
    code.assign(left, a);
    code.assign(right, b);
    const same = equal(a, b);
    return { count: i64(1), goesOn: c.form.repeat === 0xf3 ? same : not(same) };
  });
  const [a, b] = [code.read(left), code.read(right)];
  writeFlagsIf(c, some, subtractionFlags(a, b, sub(a, b), bytes));
}

const zero = (type: IntType): Value<IntType> => constant(type, 0);

/** XLAT: AL becomes the byte of a table that it counts. */
function translateByte(c: Semantics): void {
  const sum = add(c.gpr64(RBX), convert(c.gpr(RAX, 1), 'i64'));
  const cut = c.form.address32 ? and(sum, i64(0xffffffff)) : sum;
  const { segment } = c.form;
  const address = segment < 0 ? cut : add(cut, c.word('i64', segmentBaseOffset(segment)));
  c.setGpr(RAX, 1, c.load(address, 1));
}

/** The form for bytes, and that for larger elements. */
function stringPair(
  name: string,
  byteOpcode: string,
  opcode: string,
  flags: { writes?: string },
  semantics: (c: Semantics, bytes: number) => void,
): Family {
  return [
    ...define(name, { [byteOpcode]: '' }, { ...flags, repeats: true }, c => semantics(c, 1)),
    ...define(name, { [opcode]: '' }, { ...flags, repeats: true }, c =>
      semantics(c, c.form.operandSize),
    ),
  ];
}

/** The string instructions, in the order of the one-byte map. */
export const strings: Family = [
  ...stringPair('movs', 'a4', 'a5', {}, move),
  ...stringPair('cmps', 'a6', 'a7', { writes: 'oszapc' }, (c, bytes) => compare(c, bytes, false)),
  ...stringPair('stos', 'aa', 'ab', {}, fill),
  ...stringPair('lods', 'ac', 'ad', {}, loadString),
  ...stringPair('scas', 'ae', 'af', { writes: 'oszapc' }, (c, bytes) => compare(c, bytes, true)),
  ...define('xlat', { d7: '' }, { repeats: true }, translateByte),
];
