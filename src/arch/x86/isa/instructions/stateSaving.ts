/**
 * FXSAVE, XSAVE and kin: the registers of x87, SSE and AVX to memory and back. The XSAVE area of the state
 * block has the same layout. Source: SDM volume 1, chapter 13.
 */
import { Cr4, Vector, XFeature } from '../../flags';
import { RAX, RDX } from '../../registers';
import { either, isNonZero, isZero, lessU, notEqual } from '../builder/condition';
import { add, and, extendU, i32, i64, invert, or, shl, type Value } from '../builder/value';
import { withLane, zeroVector } from '../builder/vector';
import { define, type Family } from '../definition';
import { plainHelper } from '../helperName';
import type { Semantics } from '../semantics';
import { threadStateLayout, xsaveLayout } from '../../threadStateLayout';
import { MXCSR_MASK, requireCr4 } from './system';

const area = threadStateLayout.xsave.offset;
const FXSAVE_BYTES = 512;
const HEADER_BYTES = 64;
const AVX_BYTES = 256;
/** Of the legacy area what is saved ends behind XMM15. */
const LEGACY_END = 416;
const { X87, SSE, AVX } = XFeature;
/** The only components that software cores have. */
const COMPONENTS = X87 | SSE | AVX;
const COMPACTED = 1n << 63n;

type Direction = 'save' | 'restore' | 'initialize';

/** Copies a part of the area, 16 bytes at a time; or makes it zeros. */
function transfer(c: Semantics, how: Direction, start: number, end: number): void {
  const { code } = c;
  const position = code.variable(i32(start));
  code.loop(() => {
    const offset = code.read(position);
    if (how === 'initialize') {
      c.setWordAt(offset, area, zeroVector);
    } else {
      const linear = c.check(add(c.address(), extendU(offset)), 16, how === 'save');
      if (how === 'restore') c.setWordAt(offset, area, code.load('v128', linear));
      else {
        code.store('v128', linear, c.wordAt(offset, area));
        c.afterStore(linear);
      }
    }
    code.assign(position, add(offset, i32(16)));
    code.again(lessU(code.read(position), i32(end)));
  });
}

/** What is before MXCSR, beside it: 24 bytes of words of the x87. */
function transferWords(c: Semantics, how: Direction): void {
  const at = xsaveLayout.fdp;
  if (how === 'initialize') {
    const control = withLane(2, zeroVector, 0, i32(0x37f));
    c.setWordAt(i32(0), area, control);
    c.setWordNow('i64', area + at, i64(0));
    return;
  }
  transfer(c, how, 0, at);
  const address = add(c.address(), i64(at));
  if (how === 'restore') c.setWordNow('i64', area + at, c.load(address, 8));
  else c.store(address, 8, c.word('i64', area + at));
}

function transferX87(c: Semantics, how: Direction): void {
  transferWords(c, how);
  transfer(c, how, xsaveLayout.st, xsaveLayout.xmm);
  if (how === 'restore') c.helperNumber(plainHelper('summarize'));
}

function saveMxcsr(c: Semantics): void {
  const at = (offset: number): Value<'i64'> => add(c.address(), i64(offset));
  c.store(at(xsaveLayout.mxcsr), 4, c.word('i32', area + xsaveLayout.mxcsr));
  c.store(at(xsaveLayout.mxcsrMask), 4, i32(MXCSR_MASK));
}

/** Raises #GP for bits that MXCSR does not have. */
function checkedMxcsr(c: Semantics): Value<'i32'> {
  const mxcsr = c.load(add(c.address(), i64(xsaveLayout.mxcsr)), 4) as Value<'i32'>;
  c.when(isNonZero(and(mxcsr, i32(~MXCSR_MASK))), () => c.raise(Vector.GP));
  return mxcsr;
}

/** A fault comes before anything is written. Alignment is checked to 4 bytes, and has to be more. */
function checkArea(c: Semantics, bytes: number, alignment: number, writes: boolean): void {
  c.requireAligned(c.address(), alignment, 4);
  c.check(c.address(), 1, writes);
  c.check(add(c.address(), i64(bytes - 1)), 1, writes);
}

function saveLegacy(c: Semantics): void {
  checkArea(c, FXSAVE_BYTES, 16, true);
  transferX87(c, 'save');
  saveMxcsr(c);
  transfer(c, 'save', xsaveLayout.xmm, LEGACY_END);
}

function restoreLegacy(c: Semantics): void {
  checkArea(c, FXSAVE_BYTES, 16, false);
  const mxcsr = checkedMxcsr(c);
  transferX87(c, 'restore');
  c.setWordNow('i32', area + xsaveLayout.mxcsr, mxcsr);
  transfer(c, 'restore', xsaveLayout.xmm, LEGACY_END);
}

/** Components that EDX:EAX asks for, of those that the operating system has enabled. */
function requested(c: Semantics): Value<'i64'> {
  requireCr4(c, Cr4.OSXSAVE);
  const mask = or(extendU(c.gpr(RAX, 4) as Value<'i32'>), shl(c.gpr64(RDX), i64(32)));
  return c.code.let(and(mask, c.word('i64', threadStateLayout.xcr0.offset)));
}

const parts: readonly (readonly [component: number, start: number, end: number])[] = [
  [SSE, xsaveLayout.xmm, LEGACY_END],
  [AVX, xsaveLayout.ymmHigh, xsaveLayout.ymmHigh + AVX_BYTES],
];

const has = (bits: Value<'i64'>, component: number): Value<'i64'> => and(bits, i64(component));

/** XSAVE, and XSAVEC, which has the same layout as long as there is nothing behind AVX. */
function save(c: Semantics, compacted: boolean): void {
  const wanted = requested(c);
  checkArea(c, FXSAVE_BYTES + HEADER_BYTES + AVX_BYTES, 64, true);
  const header = add(c.address(), i64(xsaveLayout.xstateBv));
  const before = compacted ? i64(0) : (c.load(header, 8) as Value<'i64'>);
  c.when(isNonZero(has(wanted, X87)), () => transferX87(c, 'save'));
  c.when(isNonZero(has(wanted, compacted ? SSE : SSE | AVX)), () => saveMxcsr(c));
  for (const [component, start, end] of parts) {
    c.when(isNonZero(has(wanted, component)), () => transfer(c, 'save', start, end));
  }
  c.store(header, 8, or(and(before, invert(wanted)), wanted));
  if (compacted) {
    c.store(add(c.address(), i64(xsaveLayout.xcompBv)), 8, or(wanted, i64(COMPACTED)));
  }
}

function restore(c: Semantics): void {
  const wanted = requested(c);
  checkArea(c, FXSAVE_BYTES + HEADER_BYTES + AVX_BYTES, 64, false);
  const word = (offset: number): Value<'i64'> =>
    c.code.let(c.load(add(c.address(), i64(offset)), 8)) as Value<'i64'>;
  const present = word(xsaveLayout.xstateBv);
  const layout = word(xsaveLayout.xcompBv);
  const enabled = c.word('i64', threadStateLayout.xcr0.offset);
  // Nothing but what is enabled; either no layout, or one that has all that is present.
  const isStandard = isZero(layout);
  const misplaced = and(present, invert(layout));
  c.when(isNonZero(and(present, invert(and(enabled, i64(COMPONENTS))))), () => c.raise(Vector.GP));
  c.when(notEqual(and(layout, invert(enabled)), and(layout, i64(COMPACTED))), () =>
    c.raise(Vector.GP),
  );
  c.when(
    isStandard,
    () => undefined,
    () => {
      c.when(either(isNonZero(misplaced), isZero(and(layout, i64(COMPACTED)))), () =>
        c.raise(Vector.GP),
      );
    },
  );
  const reads = c.code.hold(isNonZero(has(wanted, SSE | AVX)));
  c.when(reads, () => {
    c.setWordNow('i32', area + xsaveLayout.mxcsr, checkedMxcsr(c));
  });
  const each = (component: number, act: (how: Direction) => void): void =>
    c.when(isNonZero(has(wanted, component)), () => {
      c.when(
        isNonZero(has(present, component)),
        () => act('restore'),
        () => act('initialize'),
      );
    });
  each(X87, how => transferX87(c, how));
  for (const [component, start, end] of parts) {
    each(component, how => transfer(c, how, start, end));
  }
}

/** Saving and restoring of registers, in the order of the two-byte map. */
export const stateSaving: Family = [
  ...define('fxsave', { 'NP 0F ae /0 mem': 'Ma' }, {}, saveLegacy),
  ...define('fxrstor', { 'NP 0F ae /1 mem': 'Ma' }, {}, restoreLegacy),
  ...define('xsave', { 'NP 0F ae /4 mem': 'Ma' }, {}, c => save(c, false)),
  ...define('xrstor', { 'NP 0F ae /5 mem': 'Ma' }, {}, restore),
  ...define('xsavec', { 'NP 0F c7 /4 mem': 'Ma' }, {}, c => save(c, true)),
];
