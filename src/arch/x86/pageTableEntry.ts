import type { Addr } from '../../base/index';

/**
 * Bits of a page-table entry (SDM volume 3, table 4-20). All but the last are bits 0 to 9 of an
 * entry; `NoExecute`, bit 63 of an entry, has bit 12 here so that every set of flags is a small integer.
 */
export const PageFlags = {
  Present: 0x1,
  Writable: 0x2,
  User: 0x4,
  WriteThrough: 0x8,
  CacheDisable: 0x10,
  Accessed: 0x20,
  Dirty: 0x40,
  /** In a page-directory entry: maps 2 MiB and points to no table. */
  Large: 0x80,
  Global: 0x100,
  /**
   * A bit that the hardware leaves to software: the page is mapped, but `Present` is clear, so that
   * every access faults (PROT_NONE).
   */
  Inaccessible: 0x200,
  NoExecute: 0x1000,
} as const;

/** Bytes of a small page, and of a large one. */
export const pageBytes = 4096;
export const largePageBytes = 2 ** 21;

/** Bytes of an entry, and entries of a table. */
export const entryBytes = 8;
export const entriesPerTable = 512;

/** Bytes that one entry of a table covers, by level: 1 is the last level, 4 the root. */
export const coverage: readonly number[] = [0, pageBytes, largePageBytes, 2 ** 30, 2 ** 39];

const two32 = 2 ** 32;
const addressLow = 0xfffff000;
const addressHigh = 0x000fffff;
const noExecuteHigh = 0x80000000;
const lowFlags = 0x3ff;

/** Low 32 bits of the entry for a physical page with these flags, unsigned. */
export function entryLow(physical: Addr, flags: number): number {
  return ((physical & addressLow) | (flags & lowFlags)) >>> 0;
}

/** High 32 bits of the entry for a physical page with these flags, unsigned. */
export function entryHigh(physical: Addr, flags: number): number {
  const high = Math.floor(physical / two32) & addressHigh;
  return (flags & PageFlags.NoExecute) === 0 ? high : (high | noExecuteHigh) >>> 0;
}

/** Physical address of the page or table that an entry points to. */
export function entryAddress(low: number, high: number): Addr {
  return (high & addressHigh) * two32 + ((low & addressLow) >>> 0);
}

/** {@link PageFlags} of an entry. */
export function entryFlags(low: number, high: number): number {
  return (low & lowFlags) | (high >>> 31 === 0 ? 0 : PageFlags.NoExecute);
}

/**
 * Whether a new entry leads to the same page as an old present one and allows at least as much: then a
 * processor that still uses the old one does no harm.
 */
export function isWider(low: number, high: number, newLow: number, newHigh: number): boolean {
  const rights = PageFlags.Present | PageFlags.Writable | PageFlags.User;
  return (
    entryAddress(low, high) === entryAddress(newLow, newHigh) &&
    (low & rights & ~newLow) === 0 &&
    (low & PageFlags.Large) === (newLow & PageFlags.Large) &&
    newHigh >>> 31 <= high >>> 31
  );
}

/** Index of the entry for an address in a table of a level; works for negative addresses too. */
export function entryIndex(virtual: number, level: number): number {
  return Math.floor(virtual / (coverage[level] ?? 1)) & (entriesPerTable - 1);
}

/** The first multiple of `size` above an address. */
export function nextBoundary(virtual: number, size: number): number {
  return (Math.floor(virtual / size) + 1) * size;
}

/** Distance of an address from the multiple of `size` at or below it. */
export function offsetIn(virtual: number, size: number): number {
  return virtual - Math.floor(virtual / size) * size;
}
