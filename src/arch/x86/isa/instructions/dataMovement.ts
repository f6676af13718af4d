/** Moves, exchanges, the stack, sign extension: what changes no flags (SAHF and POPF aside). */
import { RFlags } from '../../flags';
import { RAX, RBP, RDX, RFLAGS, RSP } from '../../registers';
import { equal, isNonZero, isZero, lessU, select } from '../builder/condition';
import {
  add,
  and,
  constant,
  convert,
  extendS,
  i32,
  i64,
  mul,
  or,
  shl,
  shrS,
  shrU,
  signExtend,
  sub,
  xor,
  type IntType,
  type Value,
} from '../builder/value';
import { define, type Family } from '../definition';
import {
  condition,
  conditionNames,
  flagsAdd,
  flagsSub,
  statusFlags,
  writeStatus,
} from '../flagWords';
import { intType } from '../coreAccess';
import type { Semantics } from '../semantics';
import { StopReason } from '../stopReason';

const all = 'oszapc';
/** Flags that POPF changes in user mode: I/O privilege and interrupts are not its own. */
export const poppedFlags: number = RFlags.TF | RFlags.DF | RFlags.NT | RFlags.AC | RFlags.ID;
const statusBits = 0x8d5;

/** Operand `i`, sign-extended to operand 0's size. */
function extended(c: Semantics, i: number): Value<IntType> {
  const narrow = c.size(i) as 1 | 2 | 4;
  const value = signExtend(c.get(i) as Value<'i32'>, narrow);
  return c.size(0) === 8 ? extendS(value) : value;
}

function exchange(c: Semantics): void {
  const [a, b] = [c.get(0), c.get(1)];
  c.set(0, b);
  c.set(1, a);
}

/** Writes a byte of an operand, by a condition. */
function setByte(c: Semantics, code: number): void {
  c.set(0, condition(c, code).value);
}

/** Bytes reversed. */
export function reversed(value: Value<IntType>, bytes: number): Value<IntType> {
  const swap = <T extends IntType>(v: Value<T>, bits: number, mask: bigint): Value<T> => {
    const m = constant(v.type, mask);
    const count = constant(v.type, bits);
    return or(and(shrU(v, count), m), shl(and(v, m), count));
  };
  if (bytes === 2) return swap(value, 8, 0xffn);
  const pairs = swap(value, 8, bytes === 8 ? 0x00ff00ff00ff00ffn : 0x00ff00ffn);
  if (bytes === 4) return swap(pairs, 16, 0xffffn);
  return swap(swap(pairs, 16, 0x0000ffff0000ffffn), 32, 0xffffffffn);
}

function pushFlags(c: Semantics): void {
  const rest = and(c.gpr(RFLAGS, 4) as Value<'i32'>, i32(~(statusBits | RFlags.RF | RFlags.VM)));
  c.push(convert(or(rest, statusFlags(c)), intType(c.form.operandSize)), c.form.operandSize, RSP);
}

function popFlags(c: Semantics): void {
  const value = c.code.let(convert(c.pop(c.form.operandSize, RSP), 'i32'));
  const taken = c.form.operandSize === 2 ? poppedFlags & 0xffff : poppedFlags;
  const before = c.gpr(RFLAGS, 4) as Value<'i32'>;
  const kept = and(before, i32(~taken));
  c.setGpr(RFLAGS, 8, convert(or(kept, and(value, i32(taken))), 'i64'));
  writeStatus(c, value);
  // Whoever runs the instructions behind has to know.
  const changed = and(xor(before, value), i32(taken & RFlags.AC));
  c.stopBehind(StopReason.Flags, isNonZero(or(changed, and(value, i32(RFlags.TF)))));
}

/** POP to memory whose address counts RSP after the pop. */
function popTo(c: Semantics): void {
  const bytes = c.size(0);
  if (c.operand(0).kind === 'memory') c.popsBeforeAddress = bytes;
  const top = c.gpr64(RSP);
  const value = c.load(top, bytes);
  // A pop into RSP itself keeps what was popped: the later write is the operand's.
  c.setGpr(RSP, 8, add(top, i64(bytes)));
  c.set(0, value);
}

/** ENTER: from level 1 on with a display, which is the frames of the procedures around it. */
function enter(c: Semantics): void {
  const { code } = c;
  const bytes = c.form.operandSize;
  const level = code.let(and(c.getAs(1, 'i32'), i32(31)));
  const frame = code.let(sub(c.gpr64(RSP), i64(bytes)));
  c.store(frame, bytes, c.gpr(RBP, bytes));
  const distance = code.variable(i64(0));
  c.when(isNonZero(level), () => {
    const end = code.let(convert(mul(level, i32(bytes)), 'i64'));
    code.loop(() => {
      const next = code.let(add(code.read(distance), i64(bytes)));
      const to = code.let(sub(frame, next));
      c.when(
        equal(next, end),
        () => c.store(to, bytes, convert(frame, intType(bytes))),
        () => c.store(to, bytes, c.load(sub(c.gpr64(RBP), next), bytes)),
      );
      code.assign(distance, next);
      code.again(lessU(next, end));
    });
  });
  c.setGpr(RBP, bytes, convert(frame, intType(bytes)));
  const allocated = and(c.getAs(0, 'i64'), i64(0xffff));
  const top = code.let(sub(sub(frame, code.read(distance)), allocated));
  // Something has to fit there.
  c.check(top, bytes, true);
  c.setGpr(RSP, 8, top);
}

/** CMPXCHG: the accumulator against operand 0. */
function compareExchange(c: Semantics): void {
  const bytes = c.size(0);
  const [old, replacement] = [c.get(0), c.get(1)];
  const accumulator = c.gpr(RAX, bytes);
  const r = sub(accumulator, old);
  const equals = bytes < 4 ? and(r, i32(2 ** (bytes * 8) - 1)) : r;
  const same = isZero(equals);
  // An accumulator that is equal is not written: its upper half stays.
  const whole = c.gpr64(RAX);
  const loaded = bytes === 4 ? convert(old, 'i64') : old;
  const kept = bytes === 4 ? whole : accumulator;
  c.setGpr(RAX, bytes === 4 ? 8 : bytes, select(same, kept, loaded));
  if (bytes === 4 && c.operand(0).kind === 'register') {
    // Nor is a register of 4 bytes that is not equal.
    c.setWide(0, select(same, convert(replacement, 'i64'), c.getWide(0)));
  } else {
    c.set(0, select(same, replacement, old));
  }
  flagsSub(c, accumulator, old, r, bytes);
}

/** The data movement of the one-byte and two-byte maps, in their order. */
export const dataMovement: Family = [
  ...define('push', { '50+r': 'Zv', 'ff /6': 'Ev' }, { size: 'default64' }, c =>
    c.push(c.get(0), c.size(0), RSP),
  ),
  ...define('pop', { '58+r': 'Zv', '8f /0': 'Ev' }, { size: 'default64' }, popTo),
  ...define('movsxd', { '63': 'Gv,Ez' }, {}, c => {
    c.set(0, c.size(0) === 8 ? extended(c, 1) : c.get(1));
  }),
  ...define('push', { '68': 'Iz', '6a': 'Is' }, { size: 'default64' }, c => {
    const bytes = c.form.operandSize;
    c.push(c.getAs(0, intType(bytes)), bytes, RSP);
  }),
  ...define('xchg', { '86': 'Eb,Gb', '87': 'Ev,Gv' }, { lock: 'always' }, exchange),
  ...define(
    'mov',
    {
      ...{ '88': 'Eb,Gb', '89': 'Ev,Gv', '8a': 'Gb,Eb', '8b': 'Gv,Ev' },
      ...{ a0: 'AL,Ob', a1: 'rAX,Ov', a2: 'Ob,AL', a3: 'Ov,rAX' },
      ...{ 'b0+r': 'Zb,Ib', 'b8+r': 'Zv,Iv', 'c6 /0': 'Eb,Ib', 'c7 /0': 'Ev,Iz' },
    },
    {},
    c => c.set(0, c.get(1)),
  ),
  ...define('lea', { '8d': 'Gv,Ma' }, { ignoresSegment: true }, c => c.set(0, c.address())),
  ...define('xchg', exchangeRows(), {}, exchange),
  ...define('nop', { 'F3 90': '', '90': '' }, {}, () => undefined),
  ...define('cbw', { '98': '' }, {}, c => {
    const bytes = c.form.operandSize;
    const half = signExtend(c.gpr(RAX, bytes / 2) as Value<'i32'>, (bytes / 2) as 1 | 2 | 4);
    c.setGpr(RAX, bytes, bytes === 8 ? extendS(half) : half);
  }),
  ...define('cwd', { '99': '' }, {}, c => {
    const bytes = c.form.operandSize;
    const value = c.gpr(RAX, bytes);
    const widened = bytes === 2 ? signExtend(value, 2) : value;
    c.setGpr(RDX, bytes, shrS(widened, constant(widened.type, 63)));
  }),
  ...define('pushf', { '9c': '' }, { reads: all, size: 'default64' }, pushFlags),
  ...define('popf', { '9d': '' }, { writes: all, size: 'default64' }, popFlags),
  ...define('sahf', { '9e': '' }, { reads: 'o', writes: 'szapc' }, c => {
    const ah = shrU(c.gpr(RAX, 2) as Value<'i32'>, i32(8));
    writeStatus(c, or(and(ah, i32(0xd5)), and(statusFlags(c), i32(RFlags.OF))));
  }),
  ...define('lahf', { '9f': '' }, { reads: 'szapc' }, c => {
    const byte = or(and(statusFlags(c), i32(0xd5)), i32(RFlags.Fixed));
    const low = and(c.gpr(RAX, 2) as Value<'i32'>, i32(0xff));
    c.setGpr(RAX, 2, or(low, shl(byte, i32(8))));
  }),
  ...define('enter', { c8: 'Iw,Ib' }, { size: 'default64' }, enter),
  ...define('leave', { c9: '' }, { size: 'default64' }, c => {
    const bytes = c.form.operandSize;
    const frame = c.gpr64(RBP);
    const value = c.load(frame, bytes);
    c.setGpr(RSP, 8, add(frame, i64(bytes)));
    c.setGpr(RBP, bytes, value);
  }),
  ...define(
    'nop',
    {
      '0F 18': 'Ev',
      '0F 19': 'Ev',
      '0F 1a': 'Ev',
      '0F 1b': 'Ev',
      '0F 1c': 'Ev',
      '0F 1d': 'Ev',
      '0F 1e': 'Ev',
      '0F 1f': 'Ev',
      '0F 0d': 'Ev',
    },
    {},
    () => undefined,
  ),
  ...conditionNames.flatMap((name, code) => {
    const opcode = (0x40 + code).toString(16);
    return define(`cmov${name}`, { [`0F ${opcode}`]: 'Gv,Ev' }, { reads: all }, c => {
      const [old, value] = [c.get(0), c.get(1)];
      c.set(0, select(condition(c, code), value, old));
    });
  }),
  ...conditionNames.flatMap((name, code) => {
    const opcode = (0x90 + code).toString(16);
    return define(`set${name}`, { [`0F ${opcode}`]: 'Eb' }, { reads: all }, c => setByte(c, code));
  }),
  ...define(
    'cmpxchg',
    { '0F b0': 'Eb,Gb', '0F b1': 'Ev,Gv' },
    { writes: all, lock: true },
    compareExchange,
  ),
  ...define('movzx', { '0F b6': 'Gv,Eb', '0F b7': 'Gv,Ew' }, {}, c =>
    c.set(0, convert(c.get(1), c.type(0))),
  ),
  ...define('movsx', { '0F be': 'Gv,Eb', '0F bf': 'Gv,Ew' }, {}, c => c.set(0, extended(c, 1))),
  ...define('xadd', { '0F c0': 'Eb,Gb', '0F c1': 'Ev,Gv' }, { writes: all, lock: true }, c => {
    const [a, b] = [c.get(0), c.get(1)];
    const r = add(a, b);
    c.set(1, a);
    c.set(0, r);
    flagsAdd(c, a, b, r, c.size(0));
  }),
  ...define('movnti', { 'NP 0F c3 mem': 'My,Gy' }, {}, c => c.set(0, c.get(1))),
  ...define('bswap', { '0F c8+r': 'Zv' }, {}, c => {
    const bytes = c.size(0);
    // Of 16 bits the result is undefined: processors clear it.
    c.set(0, bytes === 2 ? i32(0) : reversed(c.get(0), bytes));
  }),
  ...define(
    'movbe',
    {
      ...{ 'NP 0F38 f0 mem': 'Gv,Mv', '66 0F38 f0 mem': 'Gv,Mv' },
      ...{ 'NP 0F38 f1 mem': 'Mv,Gv', '66 0F38 f1 mem': 'Mv,Gv' },
    },
    {},
    c => c.set(0, reversed(c.get(1), c.size(0))),
  ),
];

function exchangeRows(): Record<string, string> {
  const rows: Record<string, string> = { 'B1 90': 'Zv,rAX' };
  for (let i = 1; i < 8; i++) rows[`9${String(i)}`] = 'Zv,rAX';
  return rows;
}
