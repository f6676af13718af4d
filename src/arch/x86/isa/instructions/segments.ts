/** Segment registers, far transfers, and what tells of descriptors. */
import { RFlags, Vector } from '../../flags';
import { CS, DS, ES, FS, GS, LDTR, RFLAGS, RSP, SS, TR } from '../../registers';
import type { SegmentIndex } from '../../registers';
import { isNonZero, select } from '../builder/condition';
import { add, and, convert, extendU, i32, i64, or, sub, type Value } from '../builder/value';
import { intType } from '../coreAccess';
import { coreOffset, segmentSelectorOffset } from '../coreLayout';
import { define, type DefinitionOptions, type EncodingTable, type Family } from '../definition';
import { setZero, writeStatus } from '../flagWords';
import type { HelperName } from '../helperName';
import type { Semantics } from '../semantics';
import { StopReason } from '../stopReason';
import { sregsLayout, threadStateLayout } from '../../threadStateLayout';
import { poppedFlags } from './dataMovement';

const sregs = threadStateLayout.sregs.offset;
const far = { ends: true } as const;

const selectorOf = (c: Semantics, index: SegmentIndex): Value<'i32'> =>
  c.word('u16', segmentSelectorOffset(index));

/** Has the host look at a selector: a fault stops the instruction. */
function ask(c: Semantics, helper: HelperName, selector: Value<'i32'>, about = 0): void {
  c.setWordNow('i32', coreOffset.argument, and(selector, i32(0xffff)));
  c.setWordNow('i32', coreOffset.argument + 4, i32(about));
  c.helper(helper);
}

/** Loads a segment register; traps wait for the instruction behind one that loads SS. */
function loadSegment(c: Semantics, index: SegmentIndex, selector: Value<'i32'>): void {
  ask(c, 'loadSegment', selector, index);
  if (index !== SS) return;
  const isStepped = isNonZero(and(c.gpr(RFLAGS, 4), i32(RFlags.TF)));
  c.stopBehind(StopReason.Shadow, isStepped);
}

/** LSS, LFS and LGS: a register and a segment register from memory. */
function loadFar(name: string, encoding: string, index: SegmentIndex): Family {
  return define(name, { [encoding]: 'Gv,Ma' }, {}, c => {
    const bytes = c.form.operandSize;
    const offset = c.load(c.address(), bytes);
    const selector = c.load(add(c.address(), i64(bytes)), 2) as Value<'i32'>;
    loadSegment(c, index, selector);
    c.set(0, offset);
  });
}

/** The target of a far jump or call, from memory. */
function farTarget(c: Semantics): Value<'i64'> {
  const bytes = c.form.operandSize;
  const offset = c.code.let(convert(c.load(c.address(), bytes), 'i64'));
  const selector = c.load(add(c.address(), i64(bytes)), 2) as Value<'i32'>;
  ask(c, 'checkCode', selector);
  return offset;
}

/** What lies on the stack at a place, counted in operands. */
function onStack(c: Semantics, place: number): Value<'i64'> {
  const bytes = c.form.operandSize;
  const value = c.load(add(c.gpr64(RSP), i64(place * bytes)), bytes);
  return c.code.let(convert(value, 'i64'));
}

function callFar(c: Semantics): void {
  const bytes = c.form.operandSize;
  const target = farTarget(c);
  c.requireCanonical(target);
  const top = c.code.let(sub(c.gpr64(RSP), i64(2 * bytes)));
  const type = intType(bytes);
  c.store(add(top, i64(bytes)), bytes, convert(selectorOf(c, CS), type));
  c.store(top, bytes, convert(c.nextRip(), type));
  c.setGpr(RSP, 8, top);
  c.jumpTo(target);
}

function returnFar(c: Semantics, immediateBytes: number): void {
  const target = onStack(c, 0);
  ask(c, 'checkCode', convert(onStack(c, 1), 'i32'), 1);
  const top = add(c.gpr64(RSP), i64(2 * c.form.operandSize));
  c.setGpr(RSP, 8, immediateBytes > 0 ? add(top, c.unsignedImmediate()) : top);
  c.jumpTo(target);
}

/** IRET to the same privilege, which is all that programs can do. */
function returnFromInterrupt(c: Semantics): void {
  const isNested = isNonZero(and(c.gpr(RFLAGS, 4), i32(RFlags.NT)));
  c.when(isNested, () => c.raise(Vector.GP));
  // Processors read the flags first.
  const flags = onStack(c, 2);
  const target = onStack(c, 0);
  const code = onStack(c, 1);
  const top = onStack(c, 3);
  const stack = onStack(c, 4);
  ask(c, 'checkCode', convert(code, 'i32'), 1);
  ask(c, 'checkStack', convert(stack, 'i32'));
  const value = c.code.let(convert(flags, 'i32'));
  const all = poppedFlags | RFlags.RF;
  const taken = c.form.operandSize === 2 ? all & 0xffff : all;
  const kept = and(c.gpr(RFLAGS, 4) as Value<'i32'>, i32(~taken));
  c.setGpr(RFLAGS, 8, extendU(or(kept, and(value, i32(taken)))));
  writeStatus(c, value);
  c.setGpr(RSP, 8, top);
  c.jumpAndStop(target, StopReason.Flags);
}

/** A number that tells of the system: a register gets it whole, memory 16 bits of it. */
function tell(
  name: string,
  encoding: string,
  read: (c: Semantics) => Value<'i32'> | Value<'i64'>,
  options: DefinitionOptions = {},
): Family {
  const rows: EncodingTable = { [`${encoding} reg`]: 'Rv', [`${encoding} mem`]: 'Mw' };
  return define(name, rows, options, c => c.set(0, convert(read(c), c.type(0))));
}

/** What Linux emulates, with no look at alignment. */
const emulated: DefinitionOptions = { aligned: 'never' };

/** SGDT and SIDT: limit and base of a table. */
function storeTable(name: string, encoding: string, offset: number): Family {
  return define(name, { [encoding]: 'Ma' }, {}, c => {
    const linear = c.check(c.address(), 10, true, false, 1);
    c.code.store('u16', linear, c.word('u16', sregs + offset + 8));
    c.code.store('i64', linear, c.word('i64', sregs + offset), 2);
    c.afterStore(linear);
  });
}

/** LAR and LSL: ZF says whether there is anything to tell. */
function describe(name: string, encoding: string, helper: HelperName): Family {
  return define(name, { [encoding]: 'Gv,Ew' }, { writes: 'z' }, c => {
    ask(c, helper, c.get(1) as Value<'i32'>);
    const found = c.code.hold(isNonZero(c.word('i32', coreOffset.argument + 4)));
    const told = c.code.let(c.word('i32', coreOffset.argument));
    // A register that is not written keeps its upper half.
    if (c.size(0) === 4) c.setWide(0, select(found, extendU(told), c.getWide(0)));
    else c.set(0, select(found, convert(told, c.type(0)), c.get(0)));
    setZero(c, found);
  });
}

function verify(name: string, encoding: string, writes: boolean): Family {
  return define(name, { [encoding]: 'Ew' }, { writes: 'z' }, c => {
    ask(c, 'verifySegment', c.get(0) as Value<'i32'>, Number(writes));
    setZero(c, c.code.hold(isNonZero(c.word('i32', coreOffset.argument))));
  });
}

/** As MOV numbers them. */
const moved: readonly (readonly [row: number, index: SegmentIndex])[] = [
  ...([[0, ES] as const, [1, CS] as const, [2, SS] as const, [3, DS] as const] as const),
  ...([[4, FS] as const, [5, GS] as const] as const),
];

/** What touches segment registers, in the order of the opcode maps. */
export const segments: Family = [
  ...moved.flatMap(([row, index]) => tell('mov', `8c /${String(row)}`, c => selectorOf(c, index))),
  ...moved
    .filter(([, index]) => index !== CS)
    .flatMap(([row, index]) =>
      define('mov', { [`8e /${String(row)}`]: 'Ew' }, {}, c =>
        loadSegment(c, index, c.get(0) as Value<'i32'>),
      ),
    ),
  ...define('retf', { ca: 'Iw' }, far, c => returnFar(c, 2)),
  ...define('retf', { cb: '' }, far, c => returnFar(c, 0)),
  ...define('int', { cd: 'Ib' }, { ends: true, immediateInForm: true }, c => {
    const vector = c.immediateByte();
    // Programs may use the gates of INT3 and INTO.
    if (vector === Vector.BP || vector === Vector.OF) c.trap(vector);
    else c.raise(Vector.GP, vector * 8 + 2);
  }),
  ...define('iret', { cf: '' }, far, returnFromInterrupt),
  ...tell('sldt', '0F 00 /0', c => selectorOf(c, LDTR), emulated),
  ...tell('str', '0F 00 /1', c => selectorOf(c, TR), emulated),
  ...verify('verr', '0F 00 /4', false),
  ...verify('verw', '0F 00 /5', true),
  ...storeTable('sgdt', '0F 01 /0 mem', sregsLayout.gdt),
  ...storeTable('sidt', '0F 01 /1 mem', sregsLayout.idt),
  ...tell('smsw', '0F 01 /4', c => c.word('i64', sregs + sregsLayout.cr0), emulated),
  ...describe('lar', '0F 02', 'descriptorRights'),
  ...describe('lsl', '0F 03', 'descriptorLimit'),
  ...(
    [
      ['a0', 'a1', FS],
      ['a8', 'a9', GS],
    ] as const
  ).flatMap(([push, pop, index]) => [
    ...define('push', { [`0F ${push}`]: '' }, { size: 'default64' }, c => {
      const bytes = c.form.operandSize;
      c.push(convert(selectorOf(c, index), intType(bytes)), bytes, RSP);
    }),
    ...define('pop', { [`0F ${pop}`]: '' }, { size: 'default64' }, c => {
      // Whatever RSP goes up by, a selector is read.
      const value = c.code.let(c.load(c.gpr64(RSP), 2) as Value<'i32'>);
      c.setGpr(RSP, 8, add(c.gpr64(RSP), i64(c.form.operandSize)));
      loadSegment(c, index, value);
    }),
  ]),
  ...loadFar('lss', '0F b2', SS),
  ...loadFar('lfs', '0F b4', FS),
  ...loadFar('lgs', '0F b5', GS),
  ...define('call', { 'ff /3 mem': 'Ma' }, far, callFar),
  ...define('jmp', { 'ff /5 mem': 'Ma' }, far, c => c.jumpTo(farTarget(c))),
];
