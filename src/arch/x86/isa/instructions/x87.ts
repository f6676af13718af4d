/**
 * The x87, in the order of the escape opcodes D8 to DF. What they do is in `x87/`: functions of the host,
 * since nobody computes with them for speed, and no arithmetic of WebAssembly has 80 bits.
 */
import { RAX } from '../../registers';
import { add, and, convert, extendU, i32, i64, signExtend, type Value } from '../builder/value';
import { either, isZero, lessU, not, notEqual, select } from '../builder/condition';
import { carryFlag, parityFlag, writeStatus, zeroFlag } from '../flagWords';
import { coreOffset } from '../coreLayout';
import { define, type Encoding, type Family } from '../definition';
import {
  arithmeticHelper,
  memoryHelper,
  plainHelper,
  trialHelper,
  x87MoveHelper,
} from '../helperName';
import type { Semantics } from '../semantics';
import { environmentBytes } from '../x87/environment';
import { waiting } from './x87Wait';
import { arithmeticNames, type MemoryOperation, type PlainOperation } from '../x87/x87Operations';
import { threadStateLayout, xsaveLayout } from '../../threadStateLayout';

const area = threadStateLayout.xsave.offset;
/** Bits of the control word: no exception is raised. */
const ALL_MASKS = 0x3f;

/** Reads the memory operand into the words of the helper. */
function loadOperand(c: Semantics, isInteger: boolean): void {
  const bytes = c.size(0);
  const value = c.get(0);
  if (!isInteger || bytes === 8) {
    c.setWordNow('i64', coreOffset.argument, convert(value, 'i64'));
    return;
  }
  const signed = signExtend(value as Value<'i32'>, bytes as 2 | 4);
  c.setWordNow('i64', coreOffset.argument, c.code.let(signExtend(extendU(signed), 4)));
}

const loads: Readonly<Record<number, 'ldSingle' | 'ldDouble'>> = { 4: 'ldSingle', 8: 'ldDouble' };

/** Row `row` of an escape opcode whose memory operands are numbers of one kind. */
function arithmeticRows(opcode: string, size: 'd' | 'q' | 'w', isInteger: boolean): Family {
  return arithmeticNames.flatMap((name, kind) =>
    define(
      isInteger ? `fi${name}` : `f${name}`,
      { [`${opcode} /${String(kind)} mem`]: `M${size}` },
      {},
      c => {
        loadOperand(c, isInteger);
        const source = isInteger ? 'ldInteger' : (loads[c.size(0)] ?? 'ldInteger');
        c.helperNumber(arithmeticHelper(kind, source, 0));
      },
    ),
  );
}

/** Rows of register forms: `target` 0 writes ST(0), 1 ST(i), 2 ST(i) and pops. */
function registerRows(opcode: string, target: 0 | 1 | 2, kinds: readonly number[]): Family {
  return kinds.flatMap(kind => {
    // Where ST(i) is written the codes of the two directions are exchanged.
    const row = target > 0 && kind >= 4 ? kind ^ 1 : kind;
    const name = `f${arithmeticNames[kind] ?? ''}${target === 2 ? 'p' : ''}`;
    return define(name, { [`${opcode} /${String(row)} reg`]: 'F' }, {}, c =>
      c.helperNumber(arithmeticHelper(kind, 'register', target)),
    );
  });
}

/** A comparison of ST(0) with ST(i), whose kind opcodes of other rows do not say. */
function compares([name, key, kind]: readonly [string, string, number]): Family {
  return define(name, { [key]: 'F' }, {}, c =>
    c.helperNumber(arithmeticHelper(kind, 'register', 0)),
  );
}

function load(name: string, key: string, size: string, operation: MemoryOperation): Family {
  return define(name, { [`${key} mem`]: `M${size}` }, {}, c => {
    loadOperand(c, operation === 'ldInteger');
    c.helperNumber(memoryHelper(operation));
  });
}

function store(
  name: string,
  key: string,
  size: string,
  operation: MemoryOperation,
  pops: boolean,
): Family {
  return define(name, { [`${key} mem`]: `M${size}` }, {}, c => {
    const bytes = c.size(0);
    unlessSuppressed(c, operation, () => {
      const linear = c.check(c.address(), bytes, true);
      c.helperNumber(memoryHelper(operation));
      if (pops) c.helperNumber(memoryHelper('pop'));
      const value = convert(c.word('i64', coreOffset.argument), bytes === 8 ? 'i64' : 'i32');
      c.storeLinear(linear, bytes, value);
    });
  });
}

/** What is not done, nor looked for in memory, when a store raises an exception instead. */
function unlessSuppressed(c: Semantics, operation: MemoryOperation, body: () => void): void {
  const masks = and(c.word('u16', area + xsaveLayout.fcw), i32(ALL_MASKS));
  c.setWordNow('i32', coreOffset.suppressed, i32(0));
  c.when(notEqual(masks, i32(ALL_MASKS)), () => c.helperNumber(trialHelper(operation)));
  c.when(isZero(c.word('i32', coreOffset.suppressed)), body);
}

/** Loads and stores of 10 bytes. */
function loadTen(operation: 'ldExtended' | 'ldPacked') {
  return (c: Semantics): void => {
    const linear = c.check(c.address(), 10, false);
    c.setWordNow('i64', coreOffset.argument, c.code.load('i64', linear));
    c.setWordNow('i64', coreOffset.argument + 8, extendU(c.code.load('u16', linear, 8)));
    c.helperNumber(memoryHelper(operation));
  };
}

function storeTen(operation: 'stExtended' | 'stPacked') {
  return (c: Semantics): void => {
    unlessSuppressed(c, operation, () => {
      const linear = c.check(c.address(), 10, true);
      c.helperNumber(memoryHelper(operation));
      c.helperNumber(memoryHelper('pop'));
      c.code.store('i64', linear, c.word('i64', coreOffset.argument));
      c.code.store('u16', linear, c.word('i32', coreOffset.argument + 8), 8);
      c.afterStore(linear);
    });
  };
}

/** Copies the environment between memory and the core's words, two bytes at a time. */
function copyEnvironment(c: Semantics, bytes: number, stores: boolean): void {
  const { code } = c;
  const position = code.variable(i32(0));
  code.loop(() => {
    const offset = code.read(position);
    const address = add(c.address(), extendU(offset));
    const place = coreOffset.vectorArguments;
    if (stores) c.store(address, 2, c.laneAt('u16', offset, place), 1);
    else c.setLaneAt('u16', offset, place, c.load(address, 2, 1));
    code.assign(position, add(offset, i32(2)));
    code.again(lessU(code.read(position), i32(bytes)));
  });
}

/** A fault comes before anything is done: at the first byte or at the last. */
function checkEnds(c: Semantics, bytes: number, writes: boolean, alignment: number): void {
  c.check(c.address(), 1, writes, false, alignment);
  c.check(add(c.address(), i64(bytes - 1)), 1, writes);
}

/** Operands of 2 bytes have a form of their own. */
const environmentSize = (c: Semantics): 2 | 4 => (c.form.operandSize === 2 ? 2 : 4);

function storeEnvironment(withRegisters: boolean) {
  return (c: Semantics): void => {
    const size = environmentSize(c);
    const bytes = environmentBytes(size, withRegisters);
    checkEnds(c, bytes, true, size);
    c.setWordNow('i32', coreOffset.argument, i32(size));
    c.helperNumber(memoryHelper(withRegisters ? 'stState' : 'stEnvironment'));
    copyEnvironment(c, bytes, true);
  };
}

function loadEnvironment(withRegisters: boolean) {
  return (c: Semantics): void => {
    const size = environmentSize(c);
    const bytes = environmentBytes(size, withRegisters);
    checkEnds(c, bytes, false, size);
    copyEnvironment(c, bytes, false);
    c.setWordNow('i32', coreOffset.argument, i32(size));
    c.helperNumber(memoryHelper(withRegisters ? 'ldState' : 'ldEnvironment'));
  };
}

function plain(
  name: string,
  key: string,
  operation: PlainOperation,
  operand: '' | 'F' = '',
): Family {
  return define(name, { [key]: operand }, {}, c => c.helperNumber(plainHelper(operation)));
}

/** FCOMI and kin: the helper leaves ZF, PF and CF in its words. */
function toFlags(name: string, key: string, operation: PlainOperation): Family {
  return define(name, { [`${key} reg`]: 'F' }, { writes: 'oszapc' }, c => {
    c.helperNumber(plainHelper(operation));
    writeStatus(c, c.word('i32', coreOffset.argument));
  });
}

const conditions = ['b', 'e', 'be', 'u'] as const;

function conditionalMoves(): Encoding[] {
  return conditions.flatMap((name, row) =>
    [false, true].flatMap(negated => {
      const key = `${negated ? 'db' : 'da'} /${String(row)} reg`;
      return define(`fcmov${negated ? 'n' : ''}${name}`, { [key]: 'F' }, { reads: 'zpc' }, c => {
        const holds = {
          b: () => carryFlag(c),
          e: () => zeroFlag(c),
          be: () => either(carryFlag(c), zeroFlag(c)),
          u: () => parityFlag(c),
        }[name]();
        const moves = negated ? not(holds) : holds;
        c.setWordNow('i32', coreOffset.argument, select(moves, i32(1), i32(0)));
        c.helperNumber(x87MoveHelper);
      });
    }),
  );
}

const constantNames = ['ld1', 'ldl2t', 'ldl2e', 'ldpi', 'ldlg2', 'ldln2', 'ldz'] as const;
const fcw = area + xsaveLayout.fcw;
const fsw = area + xsaveLayout.fsw;
const arithmeticKinds = [0, 1, 2, 3, 4, 5, 6, 7];
const withoutCompare = [0, 1, 4, 5, 6, 7];

/** What is done before an exception that is pending is raised. */
const withoutWait: Family = [
  ...define('fnstenv', { 'd9 /6 mem': 'Ma' }, {}, storeEnvironment(false)),
  ...define('fnstcw', { 'd9 /7 mem': 'Mw' }, {}, c => c.set(0, c.word('u16', fcw))),
  // Of the coprocessors before: they do nothing.
  ...plain('fneni', 'db =e0', 'nop'),
  ...plain('fndisi', 'db =e1', 'nop'),
  ...plain('fnsetpm', 'db =e4', 'nop'),
  ...plain('fnclex', 'db =e2', 'nclex'),
  ...plain('fninit', 'db =e3', 'ninit'),
  ...define('fnsave', { 'dd /6 mem': 'Ma' }, {}, storeEnvironment(true)),
  ...define('fnstsw', { 'dd /7 mem': 'Mw' }, {}, c => c.set(0, c.word('u16', fsw))),
  ...define('fnstsw', { 'df =e0': '' }, {}, c => c.setGpr(RAX, 2, c.word('u16', fsw))),
];

/** Second encodings, which assemblers do not choose. */
const aliases: Family = [
  ...[['fcom', 'dc /2 reg', 2] as const, ['fcomp', 'dc /3 reg', 3] as const].flatMap(compares),
  ...compares(['fcomp', 'de /2 reg', 3]),
  ...plain('fxch', 'dd /1 reg', 'xch', 'F'),
  ...plain('ffreep', 'df /0 reg', 'freep', 'F'),
  ...plain('fxch', 'df /1 reg', 'xch', 'F'),
  ...plain('fstp', 'df /2 reg', 'stp', 'F'),
  ...plain('fstp', 'df /3 reg', 'stp', 'F'),
];

/** What waits, in the order of the opcode maps. */
const withWait: Family = [
  ...define('fwait', { '9b': '' }, {}, () => undefined),
  ...arithmeticRows('d8', 'd', false),
  ...registerRows('d8', 0, arithmeticKinds),
  ...load('fld', 'd9 /0', 'd', 'ldSingle'),
  ...plain('fld', 'd9 /0 reg', 'ld', 'F'),
  ...plain('fxch', 'd9 /1 reg', 'xch', 'F'),
  ...store('fst', 'd9 /2', 'd', 'stSingle', false),
  ...plain('fnop', 'd9 =d0', 'nop'),
  ...store('fstp', 'd9 /3', 'd', 'stSingle', true),
  ...plain('fchs', 'd9 =e0', 'chs'),
  ...plain('fabs', 'd9 =e1', 'abs'),
  ...plain('ftst', 'd9 =e4', 'tst'),
  ...plain('fxam', 'd9 =e5', 'xam'),
  ...define('fldenv', { 'd9 /4 mem': 'Ma' }, {}, loadEnvironment(false)),
  ...define('fldcw', { 'd9 /5 mem': 'Mw' }, {}, c => {
    c.setWordNow('i32', coreOffset.argument, c.get(0));
    c.helperNumber(memoryHelper('ldControl'));
  }),
  ...constantNames.flatMap((name, i) => plain(`f${name}`, `d9 =${(0xe8 + i).toString(16)}`, name)),
  ...plain('f2xm1', 'd9 =f0', 'f2xm1'),
  ...plain('fyl2x', 'd9 =f1', 'yl2x'),
  ...plain('fptan', 'd9 =f2', 'ptan'),
  ...plain('fpatan', 'd9 =f3', 'patan'),
  ...plain('fxtract', 'd9 =f4', 'xtract'),
  ...plain('fprem1', 'd9 =f5', 'prem1'),
  ...plain('fdecstp', 'd9 =f6', 'decstp'),
  ...plain('fincstp', 'd9 =f7', 'incstp'),
  ...plain('fprem', 'd9 =f8', 'prem'),
  ...plain('fyl2xp1', 'd9 =f9', 'yl2xp1'),
  ...plain('fsqrt', 'd9 =fa', 'sqrt'),
  ...plain('fsincos', 'd9 =fb', 'sincos'),
  ...plain('frndint', 'd9 =fc', 'rndint'),
  ...plain('fscale', 'd9 =fd', 'scale'),
  ...plain('fsin', 'd9 =fe', 'sin'),
  ...plain('fcos', 'd9 =ff', 'cos'),
  ...arithmeticRows('da', 'd', true),
  ...plain('fucompp', 'da =e9', 'ucompp'),
  ...conditionalMoves(),
  ...load('fild', 'db /0', 'd', 'ldInteger'),
  ...store('fisttp', 'db /1', 'd', 'stTruncated4', true),
  ...store('fist', 'db /2', 'd', 'stInteger4', false),
  ...store('fistp', 'db /3', 'd', 'stInteger4', true),
  ...define('fld', { 'db /5 mem': 'Ma' }, {}, loadTen('ldExtended')),
  ...define('fstp', { 'db /7 mem': 'Ma' }, {}, storeTen('stExtended')),
  ...toFlags('fucomi', 'db /5', 'ucomi'),
  ...toFlags('fcomi', 'db /6', 'comi'),
  ...arithmeticRows('dc', 'q', false),
  ...registerRows('dc', 1, withoutCompare),
  ...load('fld', 'dd /0', 'q', 'ldDouble'),
  ...plain('ffree', 'dd /0 reg', 'free', 'F'),
  ...store('fisttp', 'dd /1', 'q', 'stTruncated8', true),
  ...store('fst', 'dd /2', 'q', 'stDouble', false),
  ...plain('fst', 'dd /2 reg', 'st', 'F'),
  ...store('fstp', 'dd /3', 'q', 'stDouble', true),
  ...plain('fstp', 'dd /3 reg', 'stp', 'F'),
  ...plain('fucom', 'dd /4 reg', 'ucom', 'F'),
  ...plain('fucomp', 'dd /5 reg', 'ucomp', 'F'),
  ...define('frstor', { 'dd /4 mem': 'Ma' }, {}, loadEnvironment(true)),
  ...arithmeticRows('de', 'w', true),
  ...registerRows('de', 2, withoutCompare),
  ...plain('fcompp', 'de =d9', 'compp'),
  ...load('fild', 'df /0', 'w', 'ldInteger'),
  ...store('fisttp', 'df /1', 'w', 'stTruncated2', true),
  ...store('fist', 'df /2', 'w', 'stInteger2', false),
  ...store('fistp', 'df /3', 'w', 'stInteger2', true),
  ...define('fbld', { 'df /4 mem': 'Ma' }, {}, loadTen('ldPacked')),
  ...define('fbstp', { 'df /6 mem': 'Ma' }, {}, storeTen('stPacked')),
  ...load('fild', 'df /5', 'q', 'ldInteger'),
  ...toFlags('fucomip', 'df /5', 'ucomip'),
  ...toFlags('fcomip', 'df /6', 'comip'),
  ...store('fistp', 'df /7', 'q', 'stInteger8', true),
];

/** The x87. */
export const x87: Family = [...withoutWait, ...waiting([...withWait, ...aliases])];
