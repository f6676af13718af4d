/**
 * A range of addresses, possibly interleaved with others. Source: gem5 `base/addr_range.hh`,
 * `python/m5/params.py` (the constructor forms of scripts).
 */
import { bits } from './bits';
import { fatal, panic } from './errors';
import { fieldsOfConfig, fieldsOfSpec, makeInterleaving } from './addrRangeForms';
import type { AddrLike, AddrRangeFields, AddrRangeSpec } from './addrRangeForms';
import type { Interleaving } from './interleaving';
import { describeValue } from './numbers';
import { MaxAddr } from './types';
import type { Addr } from './types';
import { toAddr } from './units';

/**
 * Addresses from `start` up to, but not including, `end`; where masks are given, only those whose
 * selector equals `intlvMatch`. Immutable. A range with `start > end` is not `valid`, and the
 * range made without arguments is one of those.
 */
export class AddrRange {
  /** The first address. */
  readonly start: Addr;
  /** One past the last address. */
  readonly end: Addr;
  readonly #interleaving: Interleaving | null;
  // The smallest compact number in the range; NaN until it is first needed.
  #base = Number.NaN;

  /**
   * From one value: nothing for an invalid range, as gem5's default; a size for all of `[0, size)`;
   * the text of config.ini, `'start:end'`; or the keyword form.
   *
   * @throws {FatalError} when the value does not make a range
   */
  constructor(sizeOrSpec?: AddrLike | AddrRangeSpec);
  /**
   * The addresses of `[start, end)`; with masks, those of them whose selector is `intlvMatch`.
   *
   * @throws {FatalError} when the values do not make a range
   */
  constructor(start: AddrLike, end: AddrLike, masks?: readonly Addr[], intlvMatch?: number);
  constructor(
    first?: AddrLike | AddrRangeSpec,
    end?: AddrLike,
    masks: readonly Addr[] = [],
    intlvMatch = 0,
  ) {
    let fields: AddrRangeFields;
    if (first === undefined) {
      fields = { start: 1, end: 0, interleaving: null };
    } else if (typeof first === 'object') {
      fields = fieldsOfSpec(first);
    } else if (end !== undefined) {
      const interleaving = makeInterleaving(masks, intlvMatch);
      fields = { start: toAddr(first), end: toAddr(end), interleaving };
    } else if (typeof first === 'string' && first.includes(':')) {
      fields = fieldsOfConfig(first);
    } else {
      fields = { start: 0, end: toAddr(first), interleaving: null };
    }
    if (fields.end > MaxAddr) fatal('An address range must end below 2^53');
    this.start = fields.start;
    this.end = fields.end;
    this.#interleaving = fields.interleaving;
  }

  /** `[start, end)`. gem5's `RangeEx`. */
  static rangeEx(start: Addr, end: Addr): AddrRange {
    return new AddrRange(start, end);
  }

  /** `[start, end]`, the end included. gem5's `RangeIn`. */
  static rangeIn(start: Addr, end: Addr): AddrRange {
    return new AddrRange(start, end + 1);
  }

  /** `size` bytes from `start` on. gem5's `RangeSize`. */
  static rangeSize(start: Addr, size: Addr): AddrRange {
    return new AddrRange(start, start + size);
  }

  /**
   * The plain range that interleaved ones make up together. A single range is returned as it is,
   * and no range gives an invalid one.
   *
   * @param ranges - as many as there are selector values, in the order of their match values
   * @throws {FatalError} when one is missing, out of order or does not belong to the others
   */
  static merge(ranges: readonly AddrRange[]): AddrRange {
    const [first] = ranges;
    if (first === undefined) return new AddrRange();
    if (ranges.length === 1) return first;
    if (ranges.length !== first.stripes) {
      fatal(
        `Got ${String(ranges.length)} ranges spanning ${String(first.masks.length)} interleaving bits`,
      );
    }
    ranges.forEach((range, match) => {
      if (!first.mergesWith(range)) {
        fatal(
          'Can only merge ranges with the same start, end and interleaving bits, ' +
            `${first.toString()} ${range.toString()}`,
        );
      }
      if (range.intlvMatch !== match) {
        fatal(
          `Expected interleave match ${String(match)} but got ${String(range.intlvMatch)} when merging`,
        );
      }
    });
    return new AddrRange(first.start, first.end);
  }

  /**
   * A range from any form that scripts may use for one.
   *
   * @throws {FatalError} when the value is none of them
   */
  static from(value: unknown): AddrRange {
    if (value instanceof AddrRange) return value;
    if (typeof value === 'string' || typeof value === 'number') return new AddrRange(value);
    return fatal(
      `${describeValue(value)} is not an address range; accepted: one as new AddrRange('512MiB')`,
    );
  }

  /** The interleaving masks; empty when the range is plain. */
  get masks(): readonly Addr[] {
    return this.#interleaving?.masks ?? [];
  }

  /** The selector value that the range owns; 0 when it is plain. */
  get intlvMatch(): number {
    return this.#interleaving?.match ?? 0;
  }

  /** Whether the range shares its bounds with others. */
  get interleaved(): boolean {
    return this.#interleaving !== null;
  }

  /** The number of ranges that share the bounds: 2 to the number of masks. */
  get stripes(): number {
    return 2 ** this.masks.length;
  }

  /** The bytes of the largest piece without gaps; the whole size when the range is plain. */
  get granularity(): number {
    return this.#interleaving?.granularity ?? this.size;
  }

  /** The bytes that belong to the range, as gem5 counts them: its span divided by `stripes`. */
  get size(): number {
    return Math.floor((this.end - this.start) / this.stripes);
  }

  /** Whether `start` is not above `end`. */
  get valid(): boolean {
    return this.start <= this.end;
  }

  /** Whether the address belongs to the range. */
  contains(addr: Addr): boolean {
    if (!(addr >= this.start && addr < this.end)) return false;
    return this.#interleaving === null || this.#interleaving.selects(addr);
  }

  /** Whether all of `size` bytes from `addr` on lie in one piece of the range. */
  containsAccess(addr: Addr, size: number): boolean {
    const last = addr + size - 1;
    if (this.#interleaving === null) return addr >= this.start && last < this.end;
    return size <= this.granularity && this.contains(addr) && this.contains(last);
  }

  /** Whether the other range has the same bounds and masks; the match values do not count. */
  mergesWith(other: AddrRange): boolean {
    if (other.start !== this.start || other.end !== this.end) return false;
    if (this.#interleaving === null || other.#interleaving === null) {
      return this.#interleaving === other.#interleaving;
    }
    return this.#interleaving.sameMasks(other.#interleaving);
  }

  /**
   * Whether some address belongs to both ranges.
   *
   * @throws {PanicError} for overlapping interleaved ranges of different shape, unless one of them
   * is a single address
   */
  intersects(other: AddrRange): boolean {
    if (this.start >= other.end || this.end <= other.start) return false;
    if (!this.interleaved && !other.interleaved) return true;
    if (this.mergesWith(other)) return this.intlvMatch === other.intlvMatch;
    if (!other.interleaved && other.size === 1) return this.contains(other.start);
    if (!this.interleaved && this.size === 1) return other.contains(this.start);
    return panic(`Cannot test intersection of ${this.toString()} and ${other.toString()}`);
  }

  /**
   * Whether the other range holds all of this one. An end of 0 after a higher start stands for
   * the end of the address space, as in gem5.
   *
   * @throws {PanicError} when this range is interleaved
   */
  isSubset(other: AddrRange): boolean {
    if (this.interleaved) panic(`Cannot test subset of interleaved range ${this.toString()}`);
    if (other.#interleaving !== null) {
      return (
        other.contains(this.start) &&
        other.contains(this.end - 1) &&
        this.size <= other.#interleaving.granularity
      );
    }
    const otherWraps = other.end === 0 && other.start > 0;
    if (this.end <= this.start) return otherWraps && this.start >= other.start;
    if (otherWraps) return this.start >= other.start;
    return this.start >= other.start && this.end <= other.end;
  }

  /**
   * The address without the bits that only tell stripes apart, so that the addresses of the range
   * become neighbours; a plain range leaves it as it is.
   */
  removeIntlvBits(addr: Addr): Addr {
    return this.#interleaving === null ? addr : this.#interleaving.remove(addr);
  }

  /** Undoes `removeIntlvBits`: the address of this range's stripe with that compact form. */
  addIntlvBits(addr: Addr): Addr {
    return this.#interleaving === null ? addr : this.#interleaving.add(addr);
  }

  /**
   * How many bytes of the range lie below the address. It makes sense for an address that the range
   * contains; in between, it is the compact form of the address relative to that of the start.
   *
   * @returns the offset, or `MaxAddr` when the address is out of bounds
   */
  getOffset(addr: Addr): Addr {
    if (!(addr >= this.start && addr < this.end)) return MaxAddr;
    if (this.#interleaving === null) return addr - this.start;
    if (Number.isNaN(this.#base)) this.#base = this.#firstCompact(this.#interleaving);
    return this.#interleaving.remove(addr) - this.#base;
  }

  /** The compact form of the first address of the stripe that is not below `start`. */
  #firstCompact(interleaving: Interleaving): Addr {
    let low = 0;
    let high = this.start;
    // `add` rises with its argument and never falls below it, so halving finds the first one that
    // reaches `start`.
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (interleaving.add(middle) < this.start) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * What is left of the range without the others, as pieces in ascending order.
   *
   * @param excluded - ranges in any order that may overlap each other
   * @throws {PanicError} when this range or an excluded one is interleaved
   */
  exclude(excluded: AddrRange | readonly AddrRange[]): AddrRange[] {
    const list = excluded instanceof AddrRange ? [excluded] : [...excluded];
    for (const range of [this, ...list]) {
      if (range.interleaved) panic(`Cannot exclude interleaved range ${range.toString()}`);
    }
    const pieces: AddrRange[] = [];
    let next = this.start;
    for (const range of list.sort(AddrRange.compare)) {
      if (range.end <= range.start || !this.intersects(range)) continue;
      if (range.start > next) pieces.push(new AddrRange(next, range.start));
      if (range.end > next) next = range.end;
    }
    if (next < this.end) pieces.push(new AddrRange(next, this.end));
    return pieces;
  }

  /** `exclude`, under the name of gem5's operator. */
  subtract(excluded: AddrRange | readonly AddrRange[]): AddrRange[] {
    return this.exclude(excluded);
  }

  /** `exclude` for every range of a list, in the order of the list. */
  static excludeAll(
    base: readonly AddrRange[],
    excluded: AddrRange | readonly AddrRange[],
  ): AddrRange[] {
    return base.flatMap(range => range.exclude(excluded));
  }

  /**
   * The addresses that belong to both ranges; `[0, 0)` when there are none.
   *
   * @throws {PanicError} when either is interleaved
   */
  intersection(other: AddrRange): AddrRange {
    if (this.interleaved || other.interleaved) {
      panic('Cannot calculate intersection of interleaved ranges');
    }
    const start = Math.max(this.start, other.start);
    const end = Math.min(this.end, other.end);
    return end <= start ? new AddrRange(0, 0) : new AddrRange(start, end);
  }

  /** Whether bounds, masks and match value are the same. */
  equals(other: AddrRange): boolean {
    return this.mergesWith(other) && this.intlvMatch === other.intlvMatch;
  }

  /** Where this range sorts relative to the other: negative for before. See `AddrRange.compare`. */
  compare(other: AddrRange): number {
    return AddrRange.compare(this, other);
  }

  /**
   * Sorts by start. Of ranges with the same start an interleaved one comes first, and two such go
   * by their match values.
   */
  static readonly compare = (a: AddrRange, b: AddrRange): number => {
    if (a.start !== b.start) return a.start < b.start ? -1 : 1;
    if (a.interleaved && b.interleaved) return a.intlvMatch - b.intlvMatch;
    return Number(b.interleaved) - Number(a.interleaved);
  };

  /** For messages: `[0x0:0x100]`, with ` a[6]^a[8]=1` for each mask. */
  toString(): string {
    let text = `[0x${this.start.toString(16)}:0x${this.end.toString(16)}]`;
    this.masks.forEach((mask, i) => {
      const places = Array.from({ length: 53 }, (_, place) => place).filter(place =>
        bits(mask, place),
      );
      const parity = (this.intlvMatch >>> i) & 1;
      text += ` ${places.map(place => `a[${String(place)}]`).join('^')}=${String(parity)}`;
    });
    return text;
  }

  /** For config.ini and config.json: `start:end`, or `start:end:match:mask...`, in decimal. */
  toConfig(): string {
    const bounds = [this.start, this.end];
    return (this.interleaved ? [...bounds, this.intlvMatch, ...this.masks] : bounds).join(':');
  }
}
