/**
 * The address space of a program: what it has mapped, and the memory behind it.
 *
 * Nothing has memory until it is touched. A touch brings a batch of pages, more and more of them
 * while a program walks through an area, so that large arrays cost few faults and large reservations
 * cost nothing.
 *
 * Source of the behaviour: mmap(2), munmap(2), mprotect(2), brk(2), madvise(2); gem5
 * `sim/mem_state.cc`.
 */
import type { PageTableMemory, PageTables } from '../arch/x86/index';
import type { Addr } from '../base/index';
import { Errno } from '../host/index';
import { LOWEST_MAPPING, PAGE_SIZE, pageDown, pageUp, Protection } from './layout';
import { STACK_GUARD, STACK_TOP, USER_END } from './layout';
import type { PageAllocator, PhysicalBlock, PhysicalBlocks } from './pageAllocator';
import { PageFaults, type AccessKind, type FaultOutcome } from './pageFaults';
import { placeMapping, type MapRequest } from './placeMapping';
import { ResidentMemory } from './residentMemory';
import type { AddressSpaceState } from './savedSpace';
import type { SharedPages } from './sharedPages';
import { isSharedFile, makeVma, VmaList, type Vma } from './vma';

/** What an address space is made of. */
export interface AddressSpaceParts {
  readonly memory: PhysicalBlocks;
  readonly allocator: PageAllocator;
  /** Bytes that the stack may grow to. */
  readonly maxStackSize: number;
  /** What a checkpoint has of it; the system's memory is restored already. */
  readonly restored?: AddressSpaceState;
}

/** The address space of one program. */
export class AddressSpace {
  readonly #allocator: PageAllocator;
  readonly #areas = new VmaList();
  readonly #resident: ResidentMemory;
  readonly #faults: PageFaults;
  /** Bytes that the stack may grow to. */
  readonly maxStackSize: number;
  /** Mappings without a place of their own go below this. */
  readonly mmapTop: number;
  #breakStart = 0;
  #break = 0;

  constructor(parts: AddressSpaceParts) {
    this.#allocator = parts.allocator;
    const { restored } = parts;
    this.#resident = new ResidentMemory(parts.memory, parts.allocator, this.#areas, restored);
    this.maxStackSize = pageUp(parts.maxStackSize);
    this.mmapTop = STACK_TOP - this.maxStackSize - STACK_GUARD;
    this.#faults = new PageFaults(this.#areas, this.#resident, parts.allocator, this.maxStackSize);
    if (restored === undefined) return;
    for (const area of restored.areas) this.#areas.insert(area);
    this.sharedPages.loadState(restored.sharedPages);
    this.#breakStart = restored.breakStart;
    this.#break = restored.break;
  }

  /** What a checkpoint needs of it besides the system's memory. */
  saveState(): AddressSpaceState {
    return {
      root: this.pageTables.root,
      pages: this.residentPages,
      breakStart: this.#breakStart,
      break: this.#break,
      areas: this.areas,
      sharedPages: this.sharedPages.saveState(),
    };
  }

  /** Every area, lowest first. */
  get areas(): readonly Vma[] {
    return this.#areas.areas;
  }

  /** The page tables that the processor walks. */
  get pageTables(): PageTables {
    return this.#resident.pageTables;
  }

  /** Where the page tables lie, for those who put more into them. */
  get pageTableMemory(): PageTableMemory {
    return this.#resident;
  }

  /** Pages with memory behind them. */
  get residentPages(): number {
    return this.#resident.pages;
  }

  /** Bytes of physical memory that no program uses. */
  get freeBytes(): number {
    return this.#allocator.freePages * PAGE_SIZE;
  }

  /** Bytes of physical memory that programs may use. */
  get totalBytes(): number {
    return this.#allocator.totalPages * PAGE_SIZE;
  }

  /** The area that holds an address. */
  areaAt(address: number): Vma | undefined {
    return this.#areas.find(address);
  }

  /** Whether something is mapped at every address of a range. */
  isMapped(address: number, length: number): boolean {
    return isRange(address, length) && this.#areas.covers(address, address + pageUp(length));
  }

  /**
   * Maps an area.
   * @returns its address, or a negated error number: EINVAL (nothing or nonsense to map), ENOMEM (no
   *   room among the addresses, or plainly more than the system's memory), EEXIST (`noReplace`).
   */
  map(request: MapRequest): number {
    const length = pageUp(request.length);
    if (!(length > 0) || length > USER_END) return length > 0 ? -Errno.ENOMEM : -Errno.EINVAL;
    const start = placeMapping(this.#areas, request, length, this.mmapTop);
    if (start < 0) return start;
    const end = start + length;
    if (needsMemory(request) && !this.#fits(length)) return -Errno.ENOMEM;
    if (request.fixed === true) this.#discard(start, end);
    this.#areas.insert(makeVma({ ...request, start, end }));
    return start;
  }

  /** The start of a free range of addresses for mappings; negative when there is none. */
  findRoom(length: number): number {
    return this.#areas.findGap(length, LOWEST_MAPPING, this.mmapTop);
  }

  /** Makes the stack's area: `size` bytes now, more as the program needs them. */
  mapStack(size: number, protection: number = Protection.Read | Protection.Write): void {
    const start = STACK_TOP - pageUp(size);
    this.#areas.insert(makeVma({ start, end: STACK_TOP, protection, kind: 'stack' }));
  }

  /** Says where the heap begins: the end of the program's own data. */
  startHeap(address: number): void {
    this.#breakStart = address;
    this.#break = address;
  }

  /** The lowest address that the heap can have. */
  get heapStart(): number {
    return this.#breakStart;
  }

  /**
   * Moves the end of the heap (brk(2)).
   * @returns the end after the call; the old one when it cannot be moved there.
   */
  setBreak(address: number): number {
    if (address < this.#breakStart || address > this.mmapTop) return this.#break;
    const oldEnd = pageUp(this.#break);
    const newEnd = pageUp(address);
    if (newEnd < oldEnd) {
      this.#discard(newEnd, oldEnd);
    } else if (newEnd > oldEnd) {
      // A page stays free above the heap, so that running over its end faults.
      const taken = (this.#areas.findFrom(oldEnd)?.start ?? Infinity) < newEnd + PAGE_SIZE;
      if (taken || !this.#fits(newEnd - oldEnd)) return this.#break;
      const protection = Protection.Read | Protection.Write;
      this.#areas.insert(makeVma({ start: oldEnd, end: newEnd, protection, kind: 'heap' }));
    }
    this.#break = address;
    return address;
  }

  /** Removes every mapping in a range. Returns 0 or `-EINVAL`. */
  unmap(address: number, length: number): number {
    const end = address + pageUp(length);
    if (!isRange(address, length) || length === 0) return -Errno.EINVAL;
    this.#discard(address, end);
    return 0;
  }

  /**
   * Changes what the program may do with a range.
   * @returns 0, -EINVAL (not aligned), -ENOMEM (a part is not mapped, or more memory would be needed
   *   than there is) or -EACCES (stores would reach a file that is open for reading only).
   */
  protect(address: number, length: number, protection: number): number {
    if (address !== pageDown(address)) return -Errno.EINVAL;
    if (length === 0) return 0;
    if (!isRange(address, length)) return -Errno.ENOMEM;
    const end = address + pageUp(length);
    if (!this.#areas.covers(address, end)) return -Errno.ENOMEM;
    if ((protection & Protection.Write) !== 0 && !this.#fits(this.#newlyWritable(address, end))) {
      return -Errno.ENOMEM;
    }
    const areas = this.#areas.overlapping(address, end);
    const writes = (protection & Protection.Write) !== 0;
    if (writes && areas.some(area => isSharedFile(area) && !area.backing.writable)) {
      return -Errno.EACCES;
    }
    this.#areas.protect(address, end, protection);
    for (const area of this.#areas.overlapping(address, end)) {
      const start = Math.max(address, area.start);
      this.#resident.protect(area, start, Math.min(end, area.end));
    }
    return 0;
  }

  /** Bytes of a range that get a claim on memory when it becomes writable. */
  #newlyWritable(start: number, end: number): number {
    let bytes = 0;
    for (const area of this.#areas.overlapping(start, end)) {
      if ((area.protection & Protection.Write) !== 0 || area.noReserve) continue;
      bytes += Math.min(end, area.end) - Math.max(start, area.start);
    }
    return bytes;
  }

  /**
   * Gives the memory of a range back; the next touch sees zeros, or the file again (madvise(2),
   * `MADV_DONTNEED`).
   * @returns 0, -EINVAL (not aligned) or -ENOMEM (a part is not mapped).
   */
  discardContents(address: number, length: number): number {
    if (address !== pageDown(address)) return -Errno.EINVAL;
    if (!isRange(address, length)) return -Errno.ENOMEM;
    const end = address + pageUp(length);
    this.#resident.release(address, end);
    return this.#areas.covers(address, end) ? 0 : -Errno.ENOMEM;
  }

  /**
   * Makes a mapping larger or smaller (mremap(2)).
   * @param mayMove - it may go elsewhere when it cannot grow where it is.
   * @param target - move it to this address, replacing what is there.
   * @returns its address, or a negated error number.
   */
  remap(
    address: number,
    oldLength: number,
    newLength: number,
    mayMove: boolean,
    target?: number,
  ): number {
    const oldSize = pageUp(oldLength);
    const newSize = pageUp(newLength);
    if (address !== pageDown(address) || !(newSize > 0) || !(oldSize > 0)) return -Errno.EINVAL;
    const area = this.#areas.find(address);
    if (area === undefined || address + oldSize > area.end) return -Errno.EFAULT;
    if (newSize > oldSize && needsMemory(area) && !this.#fits(newSize - oldSize)) {
      return -Errno.ENOMEM;
    }
    if (target !== undefined) return this.#moveTo(area, address, oldSize, newSize, target);
    if (newSize <= oldSize) {
      if (newSize < oldSize) this.#discard(address + newSize, address + oldSize);
      return address;
    }
    const oldEnd = address + oldSize;
    const newEnd = address + newSize;
    const next = this.#areas.findFrom(oldEnd)?.start ?? Infinity;
    if (next >= newEnd && newEnd <= USER_END) {
      this.#areas.insert(extension(area, oldEnd, newEnd, address));
      return address;
    }
    if (!mayMove || !this.#resident.canMove(oldSize)) return -Errno.ENOMEM;
    const place = this.findRoom(newSize);
    if (place < 0) return -Errno.ENOMEM;
    this.#move(area, address, oldSize, newSize, place);
    return place;
  }

  #moveTo(area: Vma, address: number, oldSize: number, newSize: number, target: number): number {
    const overlaps = target < address + oldSize && address < target + newSize;
    if (target !== pageDown(target) || overlaps) return -Errno.EINVAL;
    if (target < LOWEST_MAPPING || target + newSize > USER_END) return -Errno.EINVAL;
    if (!this.#resident.canMove(oldSize)) return -Errno.ENOMEM;
    this.#discard(target, target + newSize);
    if (newSize < oldSize) this.#discard(address + newSize, address + oldSize);
    this.#move(area, address, Math.min(oldSize, newSize), newSize, target);
    return target;
  }

  /** Moves pages, without copying what is in them, to a free place. */
  #move(area: Vma, address: number, oldSize: number, newSize: number, place: number): void {
    this.#areas.insert(extension(area, place, place + newSize, place, address));
    this.#resident.move(address, place, oldSize);
    this.#areas.remove(address, address + oldSize);
  }

  /** Removes areas and gives back their memory. */
  #discard(start: number, end: number): void {
    this.#resident.release(start, end);
    this.#areas.remove(start, end);
  }

  /** Whether a request for memory is not plainly hopeless. */
  #fits(bytes: number): boolean {
    // What is left over lets a program that is told "no" still say so.
    const reserve = Math.min(256, Math.floor(this.#allocator.totalPages / 64));
    return bytes <= (this.#allocator.freePages - reserve) * PAGE_SIZE;
  }

  /**
   * Answers a page fault.
   * @param address - the address that was touched; anything outside the user half is unmapped.
   */
  handleFault(address: number, access: AccessKind): FaultOutcome {
    return this.#faults.handle(address, access);
  }

  /**
   * Where the page that holds `address` lies in physical memory, brought in if need be.
   * @returns the address of the physical page, {@link NO_PAGE} when the program itself could not
   *   access it so.
   */
  pageFor(address: number, access: 'read' | 'write'): Addr {
    return this.#faults.pageFor(address, access);
  }

  /** The block of memory that holds a physical address. */
  blockOf(physical: Addr): PhysicalBlock {
    return this.#resident.blockOf(physical);
  }

  /** Pages of files that the program has mapped with `MAP_SHARED`. */
  get sharedPages(): SharedPages {
    return this.#resident.shared;
  }

  /** Brings files up to date with what the program has stored, and lets go of them. */
  closeFiles(): void {
    this.sharedPages.closeFiles();
    for (const area of this.#areas.areas) area.backing?.release();
  }

  /** Gives all memory back and forgets every mapping: the program has ended. */
  release(): void {
    this.#discard(0, USER_END);
  }
}

function isRange(address: number, length: number): boolean {
  return (
    address >= 0 &&
    address === pageDown(address) &&
    length >= 0 &&
    address + pageUp(length) <= USER_END
  );
}

/** Whether an area with this description lays claim to memory of its own. */
function needsMemory(area: { readonly protection: number; readonly noReserve?: boolean }): boolean {
  return (area.protection & Protection.Write) !== 0 && area.noReserve !== true;
}

/** An area like `area`, from `start` to `end`, where `origin` shows what `shown` shows there. */
function extension(area: Vma, start: number, end: number, origin: number, shown = origin): Vma {
  const fileOffset = area.fileOffset + (shown - area.start) + (start - origin);
  return makeVma({ ...area, start, end, fileOffset });
}
