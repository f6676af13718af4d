/**
 * The memory behind a program's pages: physical pages, their contents when they come in, and the
 * page tables that make the processor see them. Page tables are the only record of what is resident;
 * pages that the program may not touch at the moment stay in them, marked inaccessible.
 */
import { PageFlags, PageTables, type PageTableMemory } from '../arch/x86/index';
import { panic, type Addr } from '../base/index';
import { populateMemory } from '../host/index';
import { LARGE_PAGE_SIZE, PAGE_SIZE, Protection } from './layout';
import {
  NO_PAGE,
  type PageAllocator,
  type PhysicalBlock,
  type PhysicalBlocks,
} from './pageAllocator';
import { SharedPages } from './sharedPages';
import { isSharedFile, type SharedFileVma, type Vma, type VmaList } from './vma';

/** There is no physical page left. */
export class OutOfGuestMemory extends Error {
  constructor() {
    super('the memory of the simulated system is used up');
    this.name = 'OutOfGuestMemory';
  }
}

const BYTES_PER_TABLE = 512 * PAGE_SIZE;

/** Entry flags of a page that a program may use so. */
function flagsOf(protection: number): number {
  if (protection === Protection.None) return PageFlags.User | PageFlags.Inaccessible;
  let flags: number = PageFlags.User;
  if ((protection & Protection.Write) !== 0) flags |= PageFlags.Writable;
  if ((protection & Protection.Execute) === 0) flags |= PageFlags.NoExecute;
  return flags;
}

/** Physical pages and page tables of one address space. */
export class ResidentMemory implements PageTableMemory {
  readonly #memory: PhysicalBlocks;
  readonly #allocator: PageAllocator;
  readonly pageTables: PageTables;
  /** Pages that are files' own. */
  readonly shared: SharedPages;
  #block: PhysicalBlock | undefined;
  #pages = 0;
  #hostCanPopulate = true;

  /**
   * @param areas - what the program has asked for
   * @param restored - page tables that exist already: their root, and the pages that they map. */
  constructor(
    memory: PhysicalBlocks,
    allocator: PageAllocator,
    areas: VmaList,
    restored?: { readonly root: Addr; readonly pages: number },
  ) {
    this.#memory = memory;
    this.#allocator = allocator;
    this.pageTables = new PageTables(this, restored?.root);
    this.shared = new SharedPages(
      allocator,
      physical => this.blockOf(physical),
      (file, index) => {
        this.#watch(areas, file, index);
      },
    );
    this.#pages = restored?.pages ?? 0;
  }

  /** Pages of the program that have memory, page tables not counted. */
  get pages(): number {
    return this.#pages;
  }

  /** The block of memory that holds a physical address. */
  blockOf(physical: Addr): PhysicalBlock {
    let block = this.#block;
    if (block === undefined || physical < block.start || physical >= block.end) {
      block = this.#memory.storeFor(physical) ?? panic('A page lies outside all memory');
      this.#block = block;
    }
    return block;
  }

  load32(address: Addr): number {
    const block = this.blockOf(address);
    return block.u32[(address - block.start) / 4] ?? 0;
  }

  store32(address: Addr, value: number): void {
    const block = this.blockOf(address);
    block.u32[(address - block.start) / 4] = value;
  }

  /** @throws {OutOfGuestMemory} when there is no page. */
  allocatePage(): Addr {
    const page = this.#allocator.allocate();
    if (page === NO_PAGE) throw new OutOfGuestMemory();
    return page;
  }

  freePage(address: Addr): void {
    this.#allocator.free(address);
  }

  /** Where the accessible page that holds `address` lies, {@link NO_PAGE} when it has no memory. */
  physicalOf(page: number): Addr {
    return this.pageTables.translate(page);
  }

  /**
   * Gives memory, with the right contents, to those pages of [start, end) that have none. The range
   * lies within one last-level page table and within `area`, which the program may access.
   * @throws {OutOfGuestMemory} when the pages run out; what came in before stays.
   */
  populate(area: Vma, start: number, end: number): void {
    if (isSharedFile(area)) {
      this.#populateShared(area, start, end);
      return;
    }
    if (this.#populateLarge(area, start, end)) return;
    let frame: Addr = NO_PAGE;
    for (let page = start; page < end;) {
      if (this.physicalOf(page) !== NO_PAGE) {
        page += PAGE_SIZE;
        continue;
      }
      const first = frame === NO_PAGE ? this.allocatePage() : frame;
      let size = 0;
      do {
        size += PAGE_SIZE;
        const more = page + size < end && this.physicalOf(page + size) === NO_PAGE;
        frame = more ? this.#allocator.allocate() : NO_PAGE;
      } while (frame === first + size);
      this.#install(area, page, first, size);
      page += size;
    }
  }

  /**
   * Gives a range of 2 MiB that is all zeros and has no memory yet one large page, if there is one: less
   * work for us, and for a KVM that shadows page tables one fault instead of many.
   */
  #populateLarge(area: Vma, start: number, end: number): boolean {
    const isWhole = start % LARGE_PAGE_SIZE === 0 && end - start === LARGE_PAGE_SIZE;
    if (!isWhole || area.backing !== undefined || !this.pageTables.isFree(start)) return false;
    const physical = this.#allocator.allocateLarge();
    if (physical === NO_PAGE) return false;
    this.#bringIn(physical, LARGE_PAGE_SIZE);
    try {
      this.pageTables.mapLarge(start, physical, LARGE_PAGE_SIZE, flagsOf(area.protection));
    } catch (error) {
      this.#allocator.freeLarge(physical);
      throw error;
    }
    this.#pages += LARGE_PAGE_SIZE / PAGE_SIZE;
    return true;
  }

  /** Makes sure that no large page lies on both sides of an address. */
  #splitAt(address: number): void {
    if (address % LARGE_PAGE_SIZE !== 0) this.#split(address);
  }

  #split(address: number): void {
    if (!this.pageTables.isLarge(address)) return;
    this.pageTables.splitLarge(address, this.#allocator.splitLarge());
  }

  /** Not writable at first, so that the first store to each page is noticed. */
  #populateShared(area: SharedFileVma, start: number, end: number): void {
    for (let page = start; page < end; page += PAGE_SIZE) {
      if (this.physicalOf(page) !== NO_PAGE) continue;
      const physical = this.shared.take(area.backing, pageIndex(area, page));
      if (physical === NO_PAGE) throw new OutOfGuestMemory();
      try {
        this.pageTables.map(page, physical, PAGE_SIZE, flagsOf(quietProtection(area)));
      } catch (error) {
        this.shared.drop(physical);
        throw error;
      }
      this.#pages++;
    }
  }

  #install(area: Vma, page: number, physical: Addr, size: number): void {
    const { backing } = area;
    if (backing !== undefined) {
      if (!this.shared.empty) this.shared.copyBack(backing.identity);
      const position = area.fileOffset + (page - area.start);
      const length = Math.min(size, area.fileLimit - position);
      const block = this.blockOf(physical);
      backing.read(block.bytes, physical - block.start, length, position);
    } else if (size > PAGE_SIZE) {
      this.#bringIn(physical, size);
    }
    try {
      this.pageTables.map(page, physical, size, flagsOf(area.protection));
    } catch (error) {
      for (let offset = 0; offset < size; offset += PAGE_SIZE) this.freePage(physical + offset);
      throw error;
    }
    this.#pages += size / PAGE_SIZE;
  }

  /**
   * Has the host give memory to a whole batch now. Else each page would come in by a fault of its own,
   * and for a KVM that shadows page tables by two.
   */
  #bringIn(physical: Addr, size: number): void {
    if (!this.#hostCanPopulate) return;
    const block = this.blockOf(physical);
    const address = block.hostAddress + BigInt(physical - block.start);
    this.#hostCanPopulate = populateMemory(address, size);
  }

  /** Makes the pages of a part of an area accessible as the area says. */
  protect(area: Vma, start: number, end: number): void {
    this.#splitAt(start);
    this.#splitAt(end);
    this.pageTables.protect(start, end - start, flagsOf(quietProtection(area)));
  }

  /** Makes the page that holds an address accessible as its area says, for a processor that missed it. */
  renew(area: Vma, address: number): void {
    const size = this.pageTables.isLarge(address) ? LARGE_PAGE_SIZE : PAGE_SIZE;
    const start = Math.floor(address / size) * size;
    this.pageTables.protect(start, size, flagsOf(quietProtection(area)));
  }

  /** Lets the program store to a page of a file's own that it may write. */
  makeWritable(area: SharedFileVma, page: number): void {
    this.shared.written(this.physicalOf(page), area.backing);
    this.pageTables.protect(page, PAGE_SIZE, flagsOf(area.protection));
  }

  /** Takes the right to store to a page of a file from all areas that show it, until it is asked for. */
  #watch(areas: VmaList, file: string, index: number): void {
    for (const area of areas.areas) {
      if (!isSharedFile(area) || area.backing.identity !== file) continue;
      const page = area.start + index * PAGE_SIZE - area.fileOffset;
      if (page >= area.start && page < area.end) this.protect(area, page, page + PAGE_SIZE);
    }
  }

  /** Takes the memory of a range away. */
  release(start: number, end: number): void {
    this.#splitAt(start);
    this.#splitAt(end);
    const freed: Addr[] = [];
    const freedLarge: Addr[] = [];
    this.pageTables.forEachMapping(start, end - start, (_page, { physical, bytes }) => {
      (bytes === PAGE_SIZE ? freed : freedLarge).push(physical);
    });
    const removed = this.pageTables.unmap(start, end - start);
    // Lowest page last, so that pages are handed out again in ascending order.
    for (const page of freedLarge.reverse()) this.#allocator.freeLarge(page);
    for (const page of freed.reverse()) {
      if (!this.shared.drop(page)) this.freePage(page);
    }
    this.#pages -= removed / PAGE_SIZE;
  }

  /** Whether there is room for the page tables that a move of `size` bytes may need. */
  canMove(size: number): boolean {
    return this.#allocator.freePages >= Math.ceil(size / BYTES_PER_TABLE) + 4;
  }

  /** Moves the memory of a range to another range that has none, without copying it. */
  move(from: number, to: number, size: number): void {
    if ((to - from) % LARGE_PAGE_SIZE === 0) {
      this.#splitAt(from);
      this.#splitAt(from + size);
    } else {
      for (let at = from; at < from + size; at += LARGE_PAGE_SIZE) this.#split(at);
      this.#split(from + size - PAGE_SIZE);
    }
    this.pageTables.move(from, to, size);
  }
}

/** What pages of an area allow without being asked: of a shared file no stores, which must be seen. */
function quietProtection(area: Vma): number {
  const { protection } = area;
  if (!isSharedFile(area) || (protection & Protection.Write) === 0) return protection;
  return (protection & ~Protection.Write) | Protection.Read;
}

/** Which page of its file an area shows at an address. */
function pageIndex(area: Vma, page: number): number {
  return (area.fileOffset + page - area.start) / PAGE_SIZE;
}
