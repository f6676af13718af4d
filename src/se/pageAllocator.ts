/**
 * The physical pages that programs and their page tables are made of.
 *
 * Source of the behaviour: gem5 `sim/mem_pool.hh`, which hands out pages upwards and never takes
 * them back; here they come back, and are cleared before anyone sees them again.
 */
import { fatal, panic, type Addr } from '../base/index';
import { LARGE_PAGE_SIZE, PAGE_SIZE } from './layout';

/** The bytes behind a stretch of physical addresses. */
export interface PhysicalBlock {
  readonly start: Addr;
  readonly end: Addr;
  readonly bytes: Uint8Array;
  /** The same memory as little-endian 32-bit words. */
  readonly u32: Uint32Array;
  /** Where `bytes` lies in this process, in bytes; lets the kernel write into it directly. */
  readonly hostAddress: bigint;
}

/** What syscall emulation needs of the system's memory. */
export interface PhysicalBlocks {
  /** The block that holds a physical address, `undefined` where there is no memory. */
  storeFor(address: Addr): PhysicalBlock | undefined;
}

/** A stretch of physical addresses that may be handed out. */
export interface PageRange {
  readonly start: Addr;
  readonly end: Addr;
}

/** Everything that must be saved to go on handing out the same pages. */
export interface PageAllocatorState {
  /** For each range, the first address never handed out. */
  readonly next: readonly Addr[];
  /** Pages that came back, last one first to go. */
  readonly freed: readonly Addr[];
  /** The same of large pages. */
  readonly freedLarge: readonly Addr[];
  /** Pages set aside for splitting large ones. */
  readonly setAside: number;
}

/** What {@link PageAllocator.allocate} returns when there is no page left. */
export const NO_PAGE = -1;

const PAGES_PER_LARGE = LARGE_PAGE_SIZE / PAGE_SIZE;

/**
 * Hands out physical pages, all of them zero: single ones, and large ones of 2 MiB. For each large page
 * that is out, a single one is set aside: the page table that it takes to split it. So a program can
 * always give a part of its memory back.
 */
export class PageAllocator {
  readonly #memory: PhysicalBlocks;
  readonly #ranges: PageRange[];
  readonly #next: Addr[];
  #freed: Addr[] = [];
  #freedLarge: Addr[] = [];
  #setAside = 0;
  #current = 0;
  #freePages = 0;
  readonly totalPages: number;

  /**
   * @param memory - for clearing pages that come back.
   * @param ranges - what may be handed out; bounds are rounded inwards to whole pages. Memory that
   *   was never handed out must read as zero.
   */
  constructor(memory: PhysicalBlocks, ranges: readonly PageRange[]) {
    this.#memory = memory;
    this.#ranges = ranges
      .map(({ start, end }) => ({
        start: Math.ceil(start / PAGE_SIZE) * PAGE_SIZE,
        end: Math.floor(end / PAGE_SIZE) * PAGE_SIZE,
      }))
      .filter(({ start, end }) => start < end);
    if (this.#ranges.length === 0) fatal('The system has no memory to run programs in');
    this.#next = this.#ranges.map(range => range.start);
    this.totalPages = this.#ranges.reduce((sum, r) => sum + (r.end - r.start) / PAGE_SIZE, 0);
    this.#freePages = this.totalPages;
  }

  /** Pages that can still be handed out. */
  get freePages(): number {
    return this.#freePages;
  }

  /** The physical address of a zero page, {@link NO_PAGE} when all are in use. */
  allocate(): Addr {
    return this.#freePages === 0 ? NO_PAGE : this.#take();
  }

  /** The physical address of 2 MiB of zeros, a multiple of that, or {@link NO_PAGE}. */
  allocateLarge(): Addr {
    if (this.#freePages <= PAGES_PER_LARGE) return NO_PAGE;
    let page = this.#freedLarge.pop();
    if (page === undefined) page = this.#takeAligned();
    else this.#clear(page, LARGE_PAGE_SIZE);
    if (page === NO_PAGE) return NO_PAGE;
    this.#freePages -= PAGES_PER_LARGE + 1;
    this.#setAside++;
    return page;
  }

  /** A zero page for the page table of a large page, whose small pages from now on come back singly. */
  splitLarge(): Addr {
    this.#setAside--;
    this.#freePages++;
    return this.#take();
  }

  /** Takes a page back. Its contents are kept until it is handed out again. */
  free(page: Addr): void {
    this.#freed.push(page);
    this.#freePages++;
  }

  /** Takes a large page back, as a whole. */
  freeLarge(page: Addr): void {
    this.#freedLarge.push(page);
    this.#setAside--;
    this.#freePages += PAGES_PER_LARGE + 1;
  }

  #take(): Addr {
    this.#freePages--;
    const freed = this.#freed.pop();
    if (freed !== undefined) {
      this.#clear(freed, PAGE_SIZE);
      return freed;
    }
    for (; this.#current < this.#ranges.length; this.#current++) {
      const next = this.#next[this.#current] ?? 0;
      const end = this.#ranges[this.#current]?.end ?? 0;
      if (next >= end) continue;
      this.#next[this.#current] = next + PAGE_SIZE;
      return next;
    }
    const large = this.#freedLarge.pop() ?? panic('The pages have been miscounted');
    this.#freeUpTo(large + LARGE_PAGE_SIZE, large + PAGE_SIZE);
    this.#clear(large, PAGE_SIZE);
    return large;
  }

  /** Memory that was never handed out; what lies before it is left for single pages. */
  #takeAligned(): Addr {
    for (let i = this.#current; i < this.#ranges.length; i++) {
      const next = this.#next[i] ?? 0;
      const start = Math.ceil(next / LARGE_PAGE_SIZE) * LARGE_PAGE_SIZE;
      if (start + LARGE_PAGE_SIZE > (this.#ranges[i]?.end ?? 0)) continue;
      this.#freeUpTo(start, next);
      this.#next[i] = start + LARGE_PAGE_SIZE;
      return start;
    }
    return NO_PAGE;
  }

  /** Lowest page last, so that they are handed out in ascending order. */
  #freeUpTo(end: Addr, start: Addr): void {
    for (let page = end - PAGE_SIZE; page >= start; page -= PAGE_SIZE) this.#freed.push(page);
  }

  #clear(page: Addr, size: number): void {
    const block = this.#memory.storeFor(page) ?? panic('A page of no memory was freed');
    const offset = page - block.start;
    block.bytes.fill(0, offset, offset + size);
  }

  saveState(): PageAllocatorState {
    return {
      next: [...this.#next],
      freed: [...this.#freed],
      freedLarge: [...this.#freedLarge],
      setAside: this.#setAside,
    };
  }

  /**
   * @throws {FatalError} when the state belongs to memory of another size or place.
   */
  loadState(state: PageAllocatorState): void {
    const fits =
      state.next.length === this.#ranges.length &&
      this.#ranges.every((range, i) => {
        const next = state.next[i];
        return next !== undefined && next >= range.start && next <= range.end;
      });
    if (!fits) fatal('The saved page allocator belongs to a system with other memory');
    for (let i = 0; i < this.#next.length; i++) this.#next[i] = state.next[i] ?? 0;
    this.#freed = [...state.freed];
    this.#freedLarge = [...state.freedLarge];
    this.#setAside = state.setAside;
    this.#current = 0;
    this.#freePages =
      this.#freed.length +
      this.#freedLarge.length * PAGES_PER_LARGE -
      this.#setAside +
      this.#ranges.reduce((sum, r, i) => sum + (r.end - (this.#next[i] ?? 0)) / PAGE_SIZE, 0);
  }
}
