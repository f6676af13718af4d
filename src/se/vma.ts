/**
 * Virtual memory areas: what a program has asked for, page range by page range, whether or not
 * there is memory behind it yet.
 *
 * Source of the behaviour: mmap(2); gem5 `sim/vma.hh`, `sim/mem_state.hh`.
 */
import { panic } from '../base/index';

/** Contents of a file, as far as mappings are concerned. */
export interface FileBacking {
  /** The path that the program opened, for reports. */
  readonly path: string;
  /** Bytes in the file now. */
  size(): number;
  /**
   * Reads bytes at a file offset into `target`.
   * @returns bytes read; fewer only at the file's end or when reading fails.
   */
  read(target: Uint8Array, targetOffset: number, length: number, position: number): number;
  /** Tells the file from others, also when it is open twice. */
  readonly identity: string;
  /** Whether {@link FileBacking.write} can work. */
  readonly writable: boolean;
  /** Writes bytes at a file offset. Returns bytes written. */
  write(source: Uint8Array, sourceOffset: number, length: number, position: number): number;
  /** One more, or one less, area uses the file. */
  retain(): void;
  release(): void;
}

/** What an area is for; areas of different kinds never merge. */
export type VmaKind = 'mapping' | 'heap' | 'stack';

/** One area. `start` and `end` are page-aligned, `end` is exclusive. */
export interface Vma {
  start: number;
  end: number;
  /** `Protection` bits. */
  protection: number;
  readonly kind: VmaKind;
  /** Where the contents come from; `undefined`: zeros. */
  readonly backing: FileBacking | undefined;
  /** Offset in the file of the byte at `start`. */
  fileOffset: number;
  /** Contents from this file offset on read as zero, even if the file goes on. */
  readonly fileLimit: number;
  /** `MAP_NORESERVE`: the program does not expect memory for all of it. */
  readonly noReserve: boolean;
  /** Mapped with `MAP_SHARED`. */
  readonly shared: boolean;
  /** Pages brought in by the last fault here, and how many a fault brings. */
  faultStart: number;
  faultEnd: number;
  faultPages: number;
}

/** What a new area must say; the rest has defaults. */
export interface VmaDescription {
  readonly start: number;
  readonly end: number;
  readonly protection: number;
  readonly kind?: VmaKind;
  readonly backing?: FileBacking | undefined;
  readonly fileOffset?: number;
  readonly fileLimit?: number;
  readonly noReserve?: boolean;
  readonly shared?: boolean;
}

/** Pages that the first fault in an area brings. */
export const FIRST_FAULT_PAGES = 16;

/** An area that has not been touched yet. */
export function makeVma(d: VmaDescription): Vma {
  return {
    start: d.start,
    end: d.end,
    protection: d.protection,
    kind: d.kind ?? 'mapping',
    backing: d.backing,
    fileOffset: d.fileOffset ?? 0,
    fileLimit: d.fileLimit ?? Infinity,
    noReserve: d.noReserve ?? false,
    shared: d.shared ?? false,
    faultStart: -1,
    faultEnd: -1,
    faultPages: FIRST_FAULT_PAGES,
  };
}

/** An area that shows a file's own pages, and not a private copy of them. */
export interface SharedFileVma extends Vma {
  readonly backing: FileBacking;
}

/** Whether stores to an area reach its file, and the file's changes reach it. */
export function isSharedFile(area: Vma): area is SharedFileVma {
  return area.shared && area.backing !== undefined;
}

function continues(a: Vma, b: Vma): boolean {
  return (
    a.end === b.start &&
    a.protection === b.protection &&
    a.kind === b.kind &&
    a.backing === b.backing &&
    a.fileLimit === b.fileLimit &&
    a.noReserve === b.noReserve &&
    a.shared === b.shared &&
    (a.backing === undefined || a.fileOffset + (a.end - a.start) === b.fileOffset)
  );
}

/** The areas of an address space, sorted, disjoint, neighbours merged where they are alike. */
export class VmaList {
  readonly #areas: Vma[] = [];
  #lastHit: Vma | undefined;

  /** All areas, lowest first. */
  get areas(): readonly Vma[] {
    return this.#areas;
  }

  /** The area that holds `address`. */
  find(address: number): Vma | undefined {
    const last = this.#lastHit;
    if (last !== undefined && address >= last.start && address < last.end) return last;
    const area = this.#areas[this.#indexOf(address)];
    if (area === undefined || address < area.start) return undefined;
    this.#lastHit = area;
    return area;
  }

  /** The first area that ends above `address`: the one that holds it or the next one. */
  findFrom(address: number): Vma | undefined {
    return this.#areas[this.#indexOf(address)];
  }

  /** The area before this one, adjacent or not. */
  before(area: Vma): Vma | undefined {
    return this.#areas[this.#indexOf(area.start) - 1];
  }

  /** The areas that touch [start, end), lowest first. */
  overlapping(start: number, end: number): Vma[] {
    const first = this.#indexOf(start);
    let last = first;
    while ((this.#areas[last]?.start ?? Infinity) < end) last++;
    return this.#areas.slice(first, last);
  }

  /** Whether areas cover all of [start, end). */
  covers(start: number, end: number): boolean {
    let reached = start;
    for (let i = this.#indexOf(start); reached < end; i++) {
      const area = this.#areas[i];
      if (area === undefined || area.start > reached) return false;
      reached = area.end;
    }
    return true;
  }

  /** Adds an area where there is none, and merges it with its neighbours where it continues them. */
  insert(area: Vma): void {
    const index = this.#indexOf(area.start);
    const next = this.#areas[index];
    if (next !== undefined && next.start < area.end) panic('A memory area overlaps another');
    area.backing?.retain();
    this.#areas.splice(index, 0, area);
    this.#mergeAround(index, index);
  }

  /** Removes [start, end) from all areas, splitting those that stick out. */
  remove(start: number, end: number): void {
    const [first, last] = this.#isolate(start, end);
    if (first === last) return;
    for (const area of this.#areas.splice(first, last - first)) area.backing?.release();
    this.#lastHit = undefined;
  }

  /** Gives the areas in [start, end) another protection, splitting those that stick out. */
  protect(start: number, end: number, protection: number): void {
    const [first, last] = this.#isolate(start, end);
    for (let i = first; i < last; i++) {
      const area = this.#areas[i];
      if (area !== undefined) area.protection = protection;
    }
    if (first !== last) this.#mergeAround(first, last - 1);
  }

  /** Moves the lower end of an area down over free addresses (a growing stack). */
  growDown(area: Vma, start: number): void {
    area.start = start;
  }

  /**
   * The highest free range of `length` bytes that ends at or below `high`.
   * @returns its start, -1 when there is none at or above `low`.
   */
  findGap(length: number, low: number, high: number): number {
    let ceiling = high;
    for (let i = this.#areas.length - 1; i >= 0; i--) {
      const area = this.#areas[i];
      if (area === undefined || area.start >= ceiling) continue;
      if (ceiling - Math.max(area.end, low) >= length) return ceiling - length;
      ceiling = Math.min(ceiling, area.start);
      if (ceiling - length < low) return -1;
    }
    return ceiling - length >= low ? ceiling - length : -1;
  }

  /** Index of the first area that ends above `address`. */
  #indexOf(address: number): number {
    let low = 0;
    let high = this.#areas.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#areas[middle]?.end ?? Infinity) <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Splits areas so that [start, end) is covered by whole ones: those from the first index on. */
  #isolate(start: number, end: number): readonly [first: number, last: number] {
    let first = this.#indexOf(start);
    if ((this.#areas[first]?.start ?? Infinity) < start) this.#split(first++, start);
    let last = first;
    for (;;) {
      const area = this.#areas[last];
      if (area === undefined || area.start >= end) return [first, last];
      if (area.end > end) this.#split(last, end);
      last++;
    }
  }

  #split(index: number, address: number): void {
    const lower = this.#areas[index] ?? panic('No memory area to split');
    const upper: Vma = {
      ...lower,
      start: address,
      fileOffset: lower.fileOffset + (address - lower.start),
    };
    lower.end = address;
    upper.backing?.retain();
    this.#areas.splice(index + 1, 0, upper);
    this.#lastHit = undefined;
  }

  /** Merges the areas from index `first` to `last`, and the ones beside them, where they are alike. */
  #mergeAround(first: number, last: number): void {
    for (let i = Math.min(last + 1, this.#areas.length - 1); i > 0 && i >= first; i--) {
      const lower = this.#areas[i - 1];
      const upper = this.#areas[i];
      if (lower === undefined || upper === undefined || !continues(lower, upper)) continue;
      lower.end = upper.end;
      upper.backing?.release();
      this.#areas.splice(i, 1);
    }
    this.#lastHit = undefined;
  }
}
