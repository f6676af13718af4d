/**
 * The physical pages that programs and their page tables are made of.
 *
 * Source of the behaviour: gem5 `sim/mem_pool.hh`, which hands out pages upwards and never takes
 * them back; here they come back, and are cleared before anyone sees them again.
 */
import { fatal, panic, type Addr } from '../base/index';
import { PAGE_SIZE } from './layout';

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
}

/** What {@link PageAllocator.allocate} returns when there is no page left. */
export const NO_PAGE = -1;

/** Hands out single physical pages, all of them zero. */
export class PageAllocator {
  readonly #memory: PhysicalBlocks;
  readonly #ranges: PageRange[];
  readonly #next: Addr[];
  #freed: Addr[] = [];
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
    const page = this.#freed.pop();
    if (page !== undefined) {
      this.#freePages--;
      const block = this.#memory.storeFor(page) ?? panic('A page of no memory was freed');
      const offset = page - block.start;
      block.bytes.fill(0, offset, offset + PAGE_SIZE);
      return page;
    }
    while (this.#current < this.#ranges.length) {
      const next = this.#next[this.#current] ?? 0;
      const end = this.#ranges[this.#current]?.end ?? 0;
      if (next < end) {
        this.#next[this.#current] = next + PAGE_SIZE;
        this.#freePages--;
        return next;
      }
      this.#current++;
    }
    return NO_PAGE;
  }

  /** Takes a page back. Its contents are kept until it is handed out again. */
  free(page: Addr): void {
    this.#freed.push(page);
    this.#freePages++;
  }

  saveState(): PageAllocatorState {
    return { next: [...this.#next], freed: [...this.#freed] };
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
    this.#current = 0;
    this.#freePages =
      this.#freed.length +
      this.#ranges.reduce((sum, r, i) => sum + (r.end - (this.#next[i] ?? 0)) / PAGE_SIZE, 0);
  }
}
