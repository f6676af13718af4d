/**
 * What happens when a program touches a page that has no memory yet: a batch of pages comes in, the
 * larger the longer the program goes on walking through an area, and the stack grows.
 *
 * Source of the behaviour: mmap(2), getrlimit(2) (`RLIMIT_STACK`); gem5 `sim/mem_state.cc`.
 */
import type { Addr } from '../base/index';
import { PAGE_SIZE, pageDown, pageUp, Protection, STACK_GUARD, STACK_TOP } from './layout';
import { NO_PAGE, type PageAllocator } from './pageAllocator';
import { OutOfGuestMemory, type ResidentMemory } from './residentMemory';
import { TranslationCache } from './translationCache';
import { FIRST_FAULT_PAGES, isSharedFile, type Vma, type VmaList } from './vma';

/** What became of a fault. */
export type FaultOutcome =
  /** The access can be tried again. */
  | 'resolved'
  /** Nothing is mapped there (SIGSEGV, `SEGV_MAPERR`). */
  | 'unmapped'
  /** The mapping does not allow it (SIGSEGV, `SEGV_ACCERR`). */
  | 'denied'
  /** The mapping goes on where its file has ended (SIGBUS, `BUS_ADRERR`). */
  | 'past-file'
  /** The system's memory is used up. */
  | 'out-of-memory';

/** What kind of access faulted. */
export type AccessKind = 'read' | 'write' | 'execute';

const MAX_FAULT_PAGES = 512;
/** Bytes that the stack grows by, so that each step takes one fault. */
const STACK_STEP = 0x2_0000;

/** Answers the page faults of one address space. */
export class PageFaults {
  readonly #areas: VmaList;
  readonly #resident: ResidentMemory;
  readonly #allocator: PageAllocator;
  readonly #maxStackSize: number;
  readonly #readable: TranslationCache;
  readonly #writable: TranslationCache;

  /** @param maxStackSize - bytes that the stack may grow to. */
  constructor(
    areas: VmaList,
    resident: ResidentMemory,
    allocator: PageAllocator,
    maxStackSize: number,
  ) {
    this.#areas = areas;
    this.#resident = resident;
    this.#allocator = allocator;
    this.#maxStackSize = maxStackSize;
    this.#readable = new TranslationCache(resident.pageTables.changes);
    this.#writable = new TranslationCache(resident.pageTables.changes);
  }

  /**
   * Answers a page fault.
   * @param address - the address that was touched; anything outside the user half is unmapped.
   */
  handle(address: number, access: AccessKind): FaultOutcome {
    const area = this.#areas.find(address) ?? this.#growStack(address);
    if (area === undefined) return 'unmapped';
    if (!allows(area.protection, access)) return 'denied';
    const page = pageDown(address);
    if (this.#resident.physicalOf(page) !== NO_PAGE) {
      // The first store to a page of a shared file, or the processor used a translation from before
      // the page's rights were widened.
      if (access === 'write' && isSharedFile(area)) this.#resident.makeWritable(area, page);
      else this.#resident.renew(area, page);
      return 'resolved';
    }
    const fileEnd = endOfFile(area);
    if (page >= fileEnd) return 'past-file';
    try {
      const outcome = this.#bringIn(area, page, fileEnd);
      if (access === 'write' && isSharedFile(area) && outcome === 'resolved') {
        this.#resident.makeWritable(area, page);
      }
      return outcome;
    } catch (error) {
      if (error instanceof OutOfGuestMemory) return 'out-of-memory';
      throw error;
    }
  }

  #growStack(address: number): Vma | undefined {
    if (address >= STACK_TOP || address < STACK_TOP - this.#maxStackSize) return undefined;
    const area = this.#areas.findFrom(address);
    if (area?.kind !== 'stack') return undefined;
    const below = this.#areas.before(area);
    const lowest = below === undefined ? 0 : below.end + STACK_GUARD;
    const page = pageDown(address);
    if (page < lowest) return undefined;
    const step = Math.floor(page / STACK_STEP) * STACK_STEP;
    const start = Math.max(step, lowest, STACK_TOP - this.#maxStackSize);
    this.#areas.growDown(area, start);
    return area;
  }

  /** Brings in the page that was touched, and others around it that probably will be. */
  #bringIn(area: Vma, page: number, fileEnd: number): FaultOutcome {
    const free = this.#allocator.freePages;
    if (free === 0) return 'out-of-memory';
    const beside = page === area.faultEnd || page + PAGE_SIZE === area.faultStart;
    let count = beside ? Math.min(area.faultPages * 2, MAX_FAULT_PAGES) : FIRST_FAULT_PAGES;
    area.faultPages = count;
    // Near the end of memory bring in what is touched and nothing else.
    while (count > 1 && count > free / 8) count /= 2;
    const size = count * PAGE_SIZE;
    const window = Math.floor(page / size) * size;
    area.faultStart = Math.max(area.start, window);
    area.faultEnd = Math.min(area.end, fileEnd, window + size);
    this.#resident.populate(area, area.faultStart, area.faultEnd);
    return 'resolved';
  }

  /**
   * Where the page that holds `address` lies in physical memory, brought in if need be.
   * @returns the address of the physical page, {@link NO_PAGE} when the program itself could not
   *   access it so.
   */
  pageFor(address: number, access: 'read' | 'write'): Addr {
    const page = pageDown(address);
    const cache = access === 'write' ? this.#writable : this.#readable;
    let physical = cache.get(page);
    if (physical !== NO_PAGE) return physical;
    const area = this.#areas.find(address);
    physical = NO_PAGE;
    if (area !== undefined && allows(area.protection, access)) {
      physical = this.#resident.physicalOf(page);
      if (access === 'write' && isSharedFile(area) && physical !== NO_PAGE) {
        this.#resident.makeWritable(area, page);
      }
    }
    if (physical === NO_PAGE) {
      if (this.handle(address, access) !== 'resolved') return NO_PAGE;
      physical = this.#resident.physicalOf(page);
    }
    cache.set(page, physical);
    return physical;
  }
}

/** Whether x86 lets an access through: what may be written or executed may be read. */
function allows(protection: number, access: AccessKind): boolean {
  if (access === 'read') return protection !== Protection.None;
  return (protection & (access === 'write' ? Protection.Write : Protection.Execute)) !== 0;
}

/** Where the part of an area ends that its file covers, in whole pages; infinite without a file. */
function endOfFile(area: Vma): number {
  if (area.backing === undefined) return Infinity;
  const limit = Math.min(area.fileLimit, area.backing.size());
  return area.start + pageUp(Math.max(0, limit - area.fileOffset));
}
