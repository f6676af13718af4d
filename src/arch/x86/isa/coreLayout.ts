/**
 * Where a software core keeps what it works with: one stretch of the linear memory that also holds
 * guest memory, behind the guest's bytes. Generated code has these addresses as constants.
 *
 * | offset | bytes | content |
 * |---|---|---|
 * | 0 | 8192 | the thread's state block; its scratch part holds the core's own words |
 * | 8192 | 16384 | translations for reading: tag, distance from virtual to linear address |
 * | 24576 | 16384 | the same for writing |
 * | 40960 | 65536 | jump cache: where an indirect jump leads, two entries to choose from |
 * | 106496 | 8192 | how often handlers outside of the jump table were called |
 * | 114688 | 4096 | buffers of accesses that are made one at a time, and of fetched code |
 * | 118784 | … | predecoded instructions |
 */
import type { SegmentIndex } from '../registers';
import { segmentLayout, sregsLayout, threadStateLayout, xsaveLayout } from '../threadStateLayout';

const scratch = threadStateLayout.scratch.offset;

/** Offsets of the core's words from its base. */
export const coreOffset = {
  /** Flags (see flagWords.ts). */
  result: scratch,
  carries: scratch + 8,
  adjust: scratch + 16,
  /** The record at which generated code stopped. */
  record: scratch + 20,
  /** What is left of what blocks are charged for (blockAccount.ts). */
  account: scratch + 24,
  /** Vector and error code of an exception that generated code raised. */
  vector: scratch + 32,
  errorCode: scratch + 36,
  /** 16 bytes through which helpers get arguments and give results. */
  argument: scratch + 48,
  /** Whether an exception of the x87 keeps a result from being stored; the last 4 of these bytes. */
  suppressed: scratch + 60,
  /** 8 bytes that are 0: the base or index of an address that has none. */
  zero: scratch + 40,
  /** Where loads that cross pages find their bytes. */
  loadBounce: scratch + 64,
  /** Where stores go that need a second look: across pages, or to pages with predecoded code. */
  storeBounce: scratch + 128,
  /** Three vectors of 32 bytes for helpers, and one for their result. */
  vectorArguments: scratch + 192,
  readTranslations: threadStateLayout.bytes,
  writeTranslations: threadStateLayout.bytes + 0x4000,
  jumpCache: threadStateLayout.bytes + 0x8000,
  handlerCalls: threadStateLayout.bytes + 0x1_8000,
  /** Buffers of an access log (accessLog.ts), and of fetched code. */
  accesses: threadStateLayout.bytes + 0x1_a000,
  fetched: threadStateLayout.bytes + 0x1_af00,
  records: threadStateLayout.bytes + 0x1_b000,
} as const;

/** Entries of each translation table, and of the jump cache: powers of 2. */
export const translationEntries = 1024;
export const jumpCacheEntries = 4096;
/** Handlers that have a count of their own; of those beyond, several share one. A power of 2. */
export const countedHandlers = 2048;
/** Bytes of an entry of either, as a power of 2. */
export const entryShift = 4;

/** Offset of general register `index` (the kernel's order, with RIP and RFLAGS behind). */
export function gprOffset(index: number): number {
  return threadStateLayout.regs.offset + index * 8;
}

/** Offset of XMM register `index`. */
export function xmmOffset(index: number): number {
  return threadStateLayout.xsave.offset + xsaveLayout.xmm + index * 16;
}

/** Distance from an XMM register to the upper half of its YMM register. */
export const ymmHighDistance: number = xsaveLayout.ymmHigh - xsaveLayout.xmm;

/** Offset of ST(index), and of MMX register `index` while the stack's top is 0. */
export function stOffset(index: number): number {
  return threadStateLayout.xsave.offset + xsaveLayout.st + index * 16;
}

/** Offset of MXCSR. */
export const mxcsrOffset: number = threadStateLayout.xsave.offset + xsaveLayout.mxcsr;

/** Offset of a segment's base. */
export function segmentBaseOffset(segment: SegmentIndex): number {
  const { offset, stride } = sregsLayout.segment;
  return threadStateLayout.sregs.offset + offset + segment * stride + segmentLayout.base;
}

/** Offset of a segment's selector. */
export function segmentSelectorOffset(segment: SegmentIndex): number {
  return segmentBaseOffset(segment) - segmentLayout.base + segmentLayout.selector;
}

/** Number of a general register in an instruction, to its place in the state block. */
export const encodedGpr: readonly number[] = [0, 2, 3, 1, 6, 7, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15];
