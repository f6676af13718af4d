/** What user mode may do of the rest: CPUID, time stamps, segment bases, fences, ports, CMPXCHG8B/16B. */
import { Cr4, Vector } from '../../flags';
import { FS, GS, RAX, RBX, RCX, RDX } from '../../registers';
import { both, equal, isNonZero, isZero, select } from '../builder/condition';
import { and, convert, i32, type IntType, type Value } from '../builder/value';
import { mxcsrOffset, segmentBaseOffset } from '../coreLayout';
import { define, type Family } from '../definition';
import { setZero } from '../flagWords';
import type { Semantics } from '../semantics';
import { sregsLayout, threadStateLayout } from '../../threadStateLayout';

const cr4 = threadStateLayout.sregs.offset + sregsLayout.cr4;
/** Bits of MXCSR that exist. */
export const MXCSR_MASK = 0xffff;

/** Raises #UD unless the system lets programs use the instruction. */
export function requireCr4(c: Semantics, mask: number): void {
  const bit = and(c.word('i32', cr4), i32(mask));
  c.when(isZero(bit), () => c.raise(Vector.UD));
}

function readBase(c: Semantics, segment: number): void {
  requireCr4(c, Cr4.FSGSBASE);
  c.set(0, convert(c.word('i64', segmentBaseOffset(segment)), c.type(0)));
}

function writeBase(c: Semantics, segment: number): void {
  requireCr4(c, Cr4.FSGSBASE);
  const value = convert(c.get(0), 'i64');
  c.requireCanonical(value);
  c.setWord('i64', segmentBaseOffset(segment), value);
}

/** CMPXCHG8B and 16B: RDX:RAX against memory, RCX:RBX into it. */
function compareExchangePair(c: Semantics): void {
  const half = c.form.w ? 8 : 4;
  if (half === 8) c.requireAligned(c.address(), 16);
  const linear = c.check(c.address(), half * 2, true, true);
  const kind = half === 8 ? 'i64' : 'i32';
  const low = c.code.load(kind, linear) as Value<IntType>;
  const high = c.code.load(kind, linear, half) as Value<IntType>;
  const same = c.code.hold(both(equal(low, c.gpr(RAX, half)), equal(high, c.gpr(RDX, half))));
  const [newLow, newHigh] = [c.gpr(RBX, half), c.gpr(RCX, half)];
  c.code.store(kind, linear, select(same, newLow, low));
  c.code.store(kind, linear, select(same, newHigh, high), half);
  c.afterStore(linear);
  const write = (register: number, value: Value<IntType>): void =>
    c.setGpr(register, 8, select(same, c.gpr64(register), convert(value, 'i64')));
  write(RAX, low);
  write(RDX, high);
  setZero(c, same);
}

/** The system instructions of user mode, in the order of the opcode maps. */
export const system: Family = [
  ...define('ins', { '6c': '', '6d': '' }, { repeats: true }, c => c.raise(Vector.GP)),
  ...define('outs', { '6e': '', '6f': '' }, { repeats: true }, c => c.raise(Vector.GP)),
  ...define('in', { e4: 'AL,Ib', e5: 'eAX,Ib', ec: '', ed: '' }, {}, c => c.raise(Vector.GP)),
  ...define('out', { e6: 'Ib,AL' }, { ends: true }, c => c.helper('out')),
  ...define('out', { e7: 'Ib,eAX', ee: '', ef: '' }, {}, c => c.raise(Vector.GP)),
  ...define('xgetbv', { 'NP 0F 01 =d0': '' }, {}, c => {
    requireCr4(c, Cr4.OSXSAVE);
    c.helper('xgetbv');
  }),
  ...define('xsetbv', { 'NP 0F 01 =d1': '' }, { ends: true }, c => {
    requireCr4(c, Cr4.OSXSAVE);
    c.raise(Vector.GP);
  }),
  ...define('rdtscp', { '0F 01 =f9': '' }, {}, c => c.helper('rdtscp')),
  ...define('rdtsc', { '0F 31': '' }, {}, c => c.helper('rdtsc')),
  ...define('cpuid', { '0F a2': '' }, {}, c => c.helper('cpuid')),
  ...define('rdfsbase', { 'F3 0F ae /0 reg': 'Ry' }, {}, c => readBase(c, FS)),
  ...define('rdgsbase', { 'F3 0F ae /1 reg': 'Ry' }, {}, c => readBase(c, GS)),
  ...define('wrfsbase', { 'F3 0F ae /2 reg': 'Ry' }, {}, c => writeBase(c, FS)),
  ...define('wrgsbase', { 'F3 0F ae /3 reg': 'Ry' }, {}, c => writeBase(c, GS)),
  ...define('ldmxcsr', { 'NP 0F ae /2 mem': 'Md' }, { avx: 'vector128' }, c => {
    const value = c.code.let(c.get(0) as Value<'i32'>);
    c.when(isNonZero(and(value, i32(~MXCSR_MASK))), () => c.raise(Vector.GP));
    c.setWord('i32', mxcsrOffset, value);
  }),
  ...define('stmxcsr', { 'NP 0F ae /3 mem': 'Md' }, { avx: 'vector128' }, c =>
    c.set(0, c.word('i32', mxcsrOffset)),
  ),
  ...define('lfence', { 'NP 0F ae /5 reg': 'Rd' }, {}, () => undefined),
  ...define('mfence', { 'NP 0F ae /6 reg': 'Rd' }, {}, () => undefined),
  ...define('sfence', { 'NP 0F ae /7 reg': 'Rd' }, {}, () => undefined),
  ...define('clflush', { 'NP 0F ae /7 mem': 'Mb', '66 0F ae /7 mem': 'Mb' }, {}, c => {
    c.get(0);
  }),
  ...define(
    'cmpxchg8b',
    { '0F c7 /1 mem': 'Ma' },
    { writes: 'z', lock: true },
    compareExchangePair,
  ),
];
