import type { Addr } from '../../base/index';
import {
  coverage,
  entryAddress,
  entryBytes,
  entryFlags,
  entryIndex,
  offsetIn,
  PageFlags,
} from './pageTableEntry';
import type { VirtualAddr } from './virtualAddress';

/** Guest physical memory as a page walk needs it. */
export interface WordReader {
  /** The little-endian 32-bit word at a guest physical address that is a multiple of 4, unsigned. */
  load32(address: Addr): number;
}

/** What {@link walkTo} returns when an access would fault. */
export const notMapped = -1;

/**
 * Physical address that a virtual one leads to by the page tables under `root` (SDM volume 3, 4.5.4),
 * or {@link notMapped}. Allocates nothing. Reserved bits and rights are not checked.
 */
export function walkTo(memory: WordReader, root: Addr, virtual: VirtualAddr): Addr {
  let table = root;
  for (let level = 4; level >= 1; level--) {
    const entry = table + entryIndex(virtual, level) * entryBytes;
    const low = memory.load32(entry);
    if ((low & PageFlags.Present) === 0) return notMapped;
    table = entryAddress(low, memory.load32(entry + 4));
    if (level === 1 || (low & PageFlags.Large) !== 0) {
      // Of a large page's entry bit 12 is no address bit.
      const page = table - offsetIn(table, coverage[level] ?? 1);
      return page + offsetIn(virtual, coverage[level] ?? 1);
    }
  }
  return notMapped;
}

/** {@link PageFlags} of the last-level entry for a virtual address, 0 where an access would fault. */
export function walkToFlags(memory: WordReader, root: Addr, virtual: VirtualAddr): number {
  let table = root;
  for (let level = 4; level >= 1; level--) {
    const entry = table + entryIndex(virtual, level) * entryBytes;
    const low = memory.load32(entry);
    if ((low & PageFlags.Present) === 0) return 0;
    const high = memory.load32(entry + 4);
    if (level === 1 || (low & PageFlags.Large) !== 0) return entryFlags(low, high);
    table = entryAddress(low, high);
  }
  return 0;
}

/**
 * Physical address of the entry for a virtual address in its table of a level (1 is the last), or
 * {@link notMapped} where there is no such table.
 */
export function walkToEntry(
  memory: WordReader,
  root: Addr,
  virtual: VirtualAddr,
  wanted: number,
): Addr {
  let table = root;
  for (let level = 4; level > wanted; level--) {
    const entry = table + entryIndex(virtual, level) * entryBytes;
    const low = memory.load32(entry);
    if ((low & PageFlags.Present) === 0 || (low & PageFlags.Large) !== 0) return notMapped;
    table = entryAddress(low, memory.load32(entry + 4));
  }
  return table + entryIndex(virtual, wanted) * entryBytes;
}
