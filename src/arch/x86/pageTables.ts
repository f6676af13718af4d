import { panic } from '../../base/index';
import type { Addr } from '../../base/index';
import { PageTableChanges } from './pageTableChanges';
import {
  coverage,
  entriesPerTable,
  entryAddress,
  entryBytes,
  entryFlags,
  entryHigh,
  entryIndex,
  entryLow,
  isWider,
  largePageBytes,
  nextBoundary,
  offsetIn,
  pageBytes,
  PageFlags,
} from './pageTableEntry';
import { notMapped, walkTo, walkToEntry, walkToFlags } from './pageWalk';
import type { WordReader } from './pageWalk';
import { formatVirtual, highHalfStart, userHalfEnd } from './virtualAddress';
import type { VirtualAddr } from './virtualAddress';

/** Guest physical memory as page tables need it. */
export interface PageTableMemory extends WordReader {
  /** Writes the word at an address that is a multiple of 4. */
  store32(address: Addr, value: number): void;
  /** A free physical page, all zero. */
  allocatePage(): Addr;
  /** Takes back a page of {@link allocatePage}. */
  freePage(address: Addr): void;
}

/** Where a virtual address leads. */
export interface Translation {
  readonly physical: Addr;
  /** {@link PageFlags} of the last entry. */
  readonly flags: number;
  /** Size of the page that holds it: 4096 or 2 MiB. */
  readonly bytes: number;
}

const tableFlags = PageFlags.Present | PageFlags.Writable | PageFlags.User;
/** Flags of a leaf that the processor sets and `protect` leaves alone. */
const historyFlags = PageFlags.Accessed | PageFlags.Dirty;
/** An entry with one of these bits maps a page, accessible or not. */
const mappedFlags = PageFlags.Present | PageFlags.Inaccessible;

/**
 * Four-level page tables in guest physical memory (SDM volume 3, 4.5). The processor walks the same
 * bytes, so a change is a store to guest memory; what it may still remember of the old entries is noted
 * in {@link changes}.
 *
 * Intermediate entries allow everything; the last level decides.
 */
export class PageTables {
  /** Physical address of the root table: what CR3 takes. */
  readonly root: Addr;

  /** What a processor that walks these tables has to be made to forget. */
  readonly changes = new PageTableChanges();

  readonly #memory: PageTableMemory;

  /** @param root Physical address of an existing root table (a restored one); default: a new one. */
  constructor(memory: PageTableMemory, root?: Addr) {
    this.#memory = memory;
    this.root = root ?? memory.allocatePage();
  }

  /**
   * Maps `bytes` bytes from `virtual` to consecutive physical pages; what was mapped there is replaced.
   *
   * @param flags {@link PageFlags}; `Present` is added, unless `Inaccessible` is given, and `Accessed`
   *   and `Dirty`, so that the processor need not write them.
   * @throws {PanicError} when something is not page-aligned, or the range leaves its half.
   */
  map(virtual: VirtualAddr, physical: Addr, bytes: number, flags: number): void {
    checkRange(virtual, bytes);
    checkAligned(physical, pageBytes, 'physical address');
    const end = virtual + bytes;
    const leafFlags = (presence(flags) | historyFlags) & ~PageFlags.Large;
    for (let at = virtual; at < end;) {
      const table = this.#table(at, 1);
      const stop = Math.min(end, nextBoundary(at, largePageBytes));
      for (; at < stop; at += pageBytes) {
        this.#store(table, entryIndex(at, 1), physical + (at - virtual), leafFlags);
      }
    }
  }

  /**
   * Maps 2 MiB pages; `virtual`, `physical` and `bytes` are multiples of 2 MiB. Nothing may be mapped
   * there by small pages. `unmap`, `protect` and `move` refuse a part of a large page: split it first.
   */
  mapLarge(virtual: VirtualAddr, physical: Addr, bytes: number, flags: number): void {
    checkRange(virtual, bytes);
    for (const value of [virtual, physical, bytes])
      checkAligned(value, largePageBytes, 'large page');
    const leafFlags = presence(flags) | historyFlags | PageFlags.Large;
    for (let at = virtual; at < virtual + bytes; at += largePageBytes) {
      const directory = this.#table(at, 2);
      const low = this.#memory.load32(directory + entryIndex(at, 2) * entryBytes);
      if ((low & PageFlags.Present) !== 0 && (low & PageFlags.Large) === 0) {
        panic(`small pages are mapped at ${formatVirtual(at)}, where a large one should be`);
      }
      this.#store(directory, entryIndex(at, 2), physical + (at - virtual), leafFlags);
    }
  }

  /** Whether nothing at all is mapped in the 2 MiB around an address. */
  isFree(virtual: VirtualAddr): boolean {
    const entry = walkToEntry(this.#memory, this.root, virtual, 2);
    return entry === notMapped || (this.#memory.load32(entry) & mappedFlags) === 0;
  }

  /** Whether a large page, accessible or not, holds an address. */
  isLarge(virtual: VirtualAddr): boolean {
    const entry = walkToEntry(this.#memory, this.root, virtual, 2);
    if (entry === notMapped) return false;
    const low = this.#memory.load32(entry);
    return (low & mappedFlags) !== 0 && (low & PageFlags.Large) !== 0;
  }

  /**
   * Maps what a large page maps by small ones, so that a part of it can change.
   *
   * @param virtual An address in a large page.
   * @param table A free physical page, all zero, which becomes the table.
   */
  splitLarge(virtual: VirtualAddr, table: Addr): void {
    const directory = this.#table(virtual, 2);
    const index = entryIndex(virtual, 2);
    const low = this.#memory.load32(directory + index * entryBytes);
    const high = this.#memory.load32(directory + index * entryBytes + 4);
    const physical = entryAddress(low, high);
    const flags = entryFlags(low, high) & ~PageFlags.Large;
    for (let i = 0; i < entriesPerTable; i++) {
      this.#store(table, i, physical + i * pageBytes, flags);
    }
    this.#store(directory, index, table, tableFlags);
  }

  /**
   * Removes the mappings of a range; pages that are not mapped are skipped. Tables left empty are freed.
   *
   * @returns how many bytes were mapped.
   */
  unmap(virtual: VirtualAddr, bytes: number): number {
    checkRange(virtual, bytes);
    return this.#unmapIn(this.root, 4, virtual, virtual + bytes);
  }

  /**
   * Gives the mapped pages of a range other flags (their accessed and dirty bits stay).
   *
   * @param flags {@link PageFlags}; `Present` is added, unless `Inaccessible` is given.
   */
  protect(virtual: VirtualAddr, bytes: number, flags: number): void {
    checkRange(virtual, bytes);
    this.#protectIn(this.root, 4, virtual, virtual + bytes, presence(flags) & ~historyFlags);
  }

  /**
   * Moves the mappings of a range to another that does not overlap it, flags and all (mremap).
   *
   * @returns how many bytes were mapped.
   */
  move(from: VirtualAddr, to: VirtualAddr, bytes: number): number {
    checkRange(from, bytes);
    checkRange(to, bytes);
    if (Math.abs(from - to) < bytes) panic('the ranges of a move overlap');
    this.unmap(to, bytes);
    this.forEachMapping(from, bytes, (virtual, { physical, flags, bytes: size }) => {
      const target = virtual - from + to;
      if (size === pageBytes) this.map(target, physical, size, flags);
      else this.mapLarge(target, physical, size, flags);
    });
    return this.unmap(from, bytes);
  }

  /** Physical address of a virtual one, or -1 when an access would fault. Allocates nothing. */
  translate(virtual: VirtualAddr): Addr {
    return walkTo(this.#memory, this.root, virtual);
  }

  /** Flags of the page that holds `virtual`, 0 when an access would fault. Allocates nothing. */
  flagsOf(virtual: VirtualAddr): number {
    return walkToFlags(this.#memory, this.root, virtual);
  }

  /** Calls `visit` for every page mapped in a range, in ascending order of virtual addresses. */
  forEachMapping(
    virtual: VirtualAddr,
    bytes: number,
    visit: (virtual: VirtualAddr, translation: Translation) => void,
  ): void {
    checkRange(virtual, bytes);
    this.#visitIn(this.root, 4, virtual, virtual + bytes, visit);
  }

  /** Frees every table, the root included. The object is dead afterwards. */
  dispose(): void {
    this.unmap(0, userHalfEnd);
    this.unmap(highHalfStart, -highHalfStart);
    this.#memory.freePage(this.root);
  }

  /** The table of a level (1 is the last) for an address, made where missing. */
  #table(virtual: VirtualAddr, wanted: number): Addr {
    let table = this.root;
    for (let level = 4; level > wanted; level--) {
      const entry = table + entryIndex(virtual, level) * entryBytes;
      const low = this.#memory.load32(entry);
      if ((low & mappedFlags) === 0) {
        const fresh = this.#memory.allocatePage();
        this.#store(table, entryIndex(virtual, level), fresh, tableFlags);
        table = fresh;
      } else if ((low & PageFlags.Large) !== 0) {
        panic(`a large page is mapped at ${formatVirtual(virtual)}, where a small one should be`);
      } else {
        table = entryAddress(low, this.#memory.load32(entry + 4));
      }
    }
    return table;
  }

  /**
   * Writes one entry. An entry becomes present by its low half, which is stored last, so that another
   * processor that walks the tables meanwhile sees the old entry, or none, or the new one.
   */
  #store(table: Addr, index: number, physical: Addr, flags: number): void {
    const entry = table + index * entryBytes;
    const low = this.#memory.load32(entry);
    const newLow = entryLow(physical, flags);
    const newHigh = entryHigh(physical, flags);
    if ((low & PageFlags.Present) !== 0) {
      const high = this.#memory.load32(entry + 4);
      if (!isWider(low, high, newLow, newHigh)) this.changes.noteEntry(entry);
      if (high !== newHigh) this.#memory.store32(entry, 0);
    }
    this.#memory.store32(entry + 4, newHigh);
    this.#memory.store32(entry, newLow);
  }

  #clear(entry: Addr): void {
    if ((this.#memory.load32(entry) & PageFlags.Present) !== 0) this.changes.noteEntry(entry);
    this.#memory.store32(entry, 0);
    this.#memory.store32(entry + 4, 0);
  }

  #unmapIn(table: Addr, level: number, start: VirtualAddr, end: VirtualAddr): number {
    const size = coverage[level] ?? 0;
    let removed = 0;
    for (let at = start; at < end; at = nextBoundary(at, size)) {
      const entry = table + entryIndex(at, level) * entryBytes;
      const low = this.#memory.load32(entry);
      if ((low & mappedFlags) === 0) continue;
      const stop = Math.min(end, nextBoundary(at, size));
      if (level === 1 || (low & PageFlags.Large) !== 0) {
        this.#checkWhole(at, stop, size);
        this.#clear(entry);
        removed += size;
        continue;
      }
      const child = entryAddress(low, this.#memory.load32(entry + 4));
      const childRemoved = this.#unmapIn(child, level - 1, at, stop);
      removed += childRemoved;
      if (stop - at === size || (childRemoved > 0 && this.#isEmpty(child))) {
        this.changes.noteTable(child);
        this.#clear(entry);
        this.#memory.freePage(child);
      }
    }
    return removed;
  }

  #protectIn(
    table: Addr,
    level: number,
    start: VirtualAddr,
    end: VirtualAddr,
    flags: number,
  ): void {
    const size = coverage[level] ?? 0;
    for (let at = start; at < end; at = nextBoundary(at, size)) {
      const entry = table + entryIndex(at, level) * entryBytes;
      const low = this.#memory.load32(entry);
      if ((low & mappedFlags) === 0) continue;
      const stop = Math.min(end, nextBoundary(at, size));
      const address = entryAddress(low, this.#memory.load32(entry + 4));
      if (level === 1 || (low & PageFlags.Large) !== 0) {
        this.#checkWhole(at, stop, size);
        const kept = low & (historyFlags | (level === 1 ? 0 : PageFlags.Large));
        this.#store(table, entryIndex(at, level), address, flags | kept);
      } else {
        this.#protectIn(address, level - 1, at, stop, flags);
      }
    }
  }

  #visitIn(
    table: Addr,
    level: number,
    start: VirtualAddr,
    end: VirtualAddr,
    visit: (virtual: VirtualAddr, translation: Translation) => void,
  ): void {
    const size = coverage[level] ?? 0;
    for (let at = start; at < end; at = nextBoundary(at, size)) {
      const entry = table + entryIndex(at, level) * entryBytes;
      const low = this.#memory.load32(entry);
      if ((low & mappedFlags) === 0) continue;
      const high = this.#memory.load32(entry + 4);
      const physical = entryAddress(low, high);
      if (level === 1 || (low & PageFlags.Large) !== 0) {
        visit(at - offsetIn(at, size), { physical, flags: entryFlags(low, high), bytes: size });
      } else {
        this.#visitIn(physical, level - 1, at, Math.min(end, nextBoundary(at, size)), visit);
      }
    }
  }

  #isEmpty(table: Addr): boolean {
    for (let index = 0; index < entriesPerTable; index++) {
      if ((this.#memory.load32(table + index * entryBytes) & mappedFlags) !== 0) return false;
    }
    return true;
  }

  #checkWhole(at: VirtualAddr, stop: VirtualAddr, size: number): void {
    if (stop - at !== size) panic(`a part of the large page at ${formatVirtual(at)} is to change`);
  }
}

function presence(flags: number): number {
  return (flags & PageFlags.Inaccessible) === 0
    ? flags | PageFlags.Present
    : flags & ~PageFlags.Present;
}

function checkAligned(value: number, size: number, what: string): void {
  if (value % size !== 0) panic(`${what} ${String(value)} is not a multiple of ${String(size)}`);
}

function checkRange(virtual: VirtualAddr, bytes: number): void {
  checkAligned(virtual, pageBytes, 'virtual address');
  checkAligned(bytes, pageBytes, 'size');
  const inUserHalf = virtual >= 0 && virtual + bytes <= userHalfEnd;
  const inHighHalf = virtual >= highHalfStart && virtual < 0 && virtual + bytes <= 0;
  if (bytes < 0 || !(inUserHalf || inHighHalf)) {
    panic(`range of ${String(bytes)} bytes at ${formatVirtual(virtual)} leaves its half`);
  }
}
