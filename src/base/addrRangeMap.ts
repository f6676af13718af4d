/**
 * Ranges of addresses that do not overlap, each with a value; the routing table of crossbars and of
 * physical memory. Source: gem5 `base/addr_range_map.hh`.
 */
import { AddrRange } from './addrRange';
import type { Addr } from './types';

/** A range of the map with its value. */
export interface AddrRangeMapEntry<V> {
  readonly range: AddrRange;
  readonly value: V;
}

/** A sorted map. Looking up an address allocates nothing and begins with the entry found last. */
export class AddrRangeMap<V> {
  #entries: AddrRangeMapEntry<V>[] = [];
  #recent: AddrRangeMapEntry<V> | null = null;

  /** The number of ranges. */
  get size(): number {
    return this.#entries.length;
  }

  /** Whether there is no range. */
  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /**
   * Adds a range.
   *
   * @returns false, and adds nothing, when it overlaps one that is there
   */
  insert(range: AddrRange, value: V): boolean {
    if (this.intersects(range) !== undefined) return false;
    const at = this.#entries.findIndex(entry => AddrRange.compare(range, entry.range) < 0);
    this.#entries.splice(at === -1 ? this.#entries.length : at, 0, { range, value });
    return true;
  }

  /** Takes the range that equals this one out; false when there is none. */
  erase(range: AddrRange): boolean {
    const at = this.#entries.findIndex(entry => entry.range.equals(range));
    if (at === -1) return false;
    this.#entries.splice(at, 1);
    this.#recent = null;
    return true;
  }

  /** Takes everything out. */
  clear(): void {
    this.#entries = [];
    this.#recent = null;
  }

  /** The entry of which the range, or the single address, is a subset. */
  contains(where: AddrRange | Addr): AddrRangeMapEntry<V> | undefined {
    if (typeof where === 'number') return this.find(where, 1);
    return this.#entries.find(entry => where.isSubset(entry.range));
  }

  /** The first entry with which the range has an address in common. */
  intersects(range: AddrRange): AddrRangeMapEntry<V> | undefined {
    return this.#entries.find(entry => entry.range.intersects(range));
  }

  /**
   * The entry that holds all of `size` bytes from `addr` on.
   *
   * @returns undefined when no one entry holds them all
   */
  find(addr: Addr, size: number): AddrRangeMapEntry<V> | undefined {
    const recent = this.#recent;
    if (recent?.range.containsAccess(addr, size) === true) return recent;
    const entries = this.#entries;
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = entries[middle];
      if (entry !== undefined && entry.range.start <= addr) low = middle + 1;
      else high = middle;
    }
    // Plain ranges do not overlap; only the stripes of one interleaved range share their bounds.
    for (let i = low - 1; i >= 0; i--) {
      const entry = entries[i];
      if (entry === undefined) break;
      if (entry.range.containsAccess(addr, size)) {
        this.#recent = entry;
        return entry;
      }
      const before = entries[i - 1];
      if (before?.range.mergesWith(entry.range) !== true) break;
    }
    return undefined;
  }

  /** The value of the entry that holds all of `size` bytes from `addr` on. */
  lookup(addr: Addr, size = 1): V | undefined {
    return this.find(addr, size)?.value;
  }

  /** The ranges in ascending order. */
  ranges(): AddrRange[] {
    return this.#entries.map(entry => entry.range);
  }

  /** The entries in ascending order. */
  [Symbol.iterator](): IterableIterator<AddrRangeMapEntry<V>> {
    return this.#entries[Symbol.iterator]();
  }
}
