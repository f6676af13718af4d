/**
 * From virtual addresses to the linear memory: a table of translations that generated code looks into
 * first, the walk of the page tables behind it, and the buffers for what needs a second look.
 */
import { PageFaultError, Vector } from '../flags';
import { PageFlags } from '../pageTableEntry';
import { notMapped, walkTo, walkToFlags } from '../pageWalk';
import { AccessLog } from './accessLog';
import { coreOffset, entryShift, translationEntries } from './coreLayout';
import type { CoreMemory } from './coreMemory';
import { PageCache } from './pageCache';
import { accessKind } from './stopReason';

const PAGE = 4096;
const two32 = 2 ** 32;
/** Where `how` has the bits of an address that are 0 where it is aligned. */
const alignmentShift = Math.log2(accessKind.alignment);
/** No page begins at an odd address. */
const EMPTY_TAG = 1;

/** How memory is used. */
export type Access = 'read' | 'write' | 'execute';

const accessErrors: Readonly<Record<Access, number>> = {
  read: 0,
  write: PageFaultError.Write,
  execute: PageFaultError.InstructionFetch,
};

/** Why an access is not possible. */
export interface AccessFault {
  vector: number;
  errorCode: number;
  /** The address, of a page fault. */
  address: number;
}

/** Translations of one address space at a time. */
export class Translations {
  /** Why the last access that was not possible was not. */
  readonly fault: AccessFault = { vector: 0, errorCode: 0, address: 0 };
  /** Physical address of the page tables' root. */
  root = 0;
  /** For each page of guest memory, 1 when it has predecoded code. */
  readonly hasCode: Uint8Array;
  /** Accesses that generated code does not make by itself. */
  readonly accesses: AccessLog;
  /** Whether these are all, and not only those to what is no memory. */
  logsAll = false;
  readonly #memory: CoreMemory;
  readonly #pages: Readonly<Record<Access, PageCache>> = {
    read: new PageCache(),
    write: new PageCache(),
    execute: new PageCache(),
  };
  /** Whether the program has alignment checked: then generated code finds no translation here. */
  #checksAlignment = false;
  readonly #codeChanged: (linear: number, bytes: number) => void;
  readonly #store = { first: 0, firstBytes: 0, second: 0, secondBytes: 0 };

  /** @param codeChanged - called after a store to a page with predecoded code */
  constructor(memory: CoreMemory, codeChanged: (linear: number, bytes: number) => void) {
    this.#memory = memory;
    this.#codeChanged = codeChanged;
    this.hasCode = new Uint8Array(Math.ceil(memory.guestBytes / PAGE));
    this.accesses = new AccessLog(memory, this.physicalPage.bind(this));
    this.flush();
  }

  /** Forgets all translations. */
  flush(): void {
    for (const pages of Object.values(this.#pages)) pages.clear();
    this.#clear(coreOffset.readTranslations);
    this.flushWrites();
  }

  /** Forgets all translations for writing: a page has got predecoded code. */
  flushWrites(): void {
    this.#clear(coreOffset.writeTranslations);
  }

  /** Has alignment checked, or no longer. To be told before each run. */
  checkAlignment(checks: boolean): void {
    if (checks === this.#checksAlignment) return;
    this.#checksAlignment = checks;
    this.#clear(coreOffset.readTranslations);
    this.#clear(coreOffset.writeTranslations);
  }

  #clear(table: number): void {
    const { u32, base } = this.#memory;
    const start = (base + table) >>> 2;
    const words = (1 << entryShift) / 4;
    for (let i = 0; i < translationEntries; i++) u32[start + i * words] = EMPTY_TAG;
  }

  /**
   * Called by generated code that has no translation; for no bytes, only to have alignment checked.
   * @returns a linear address, or -1 when the access is not possible: then {@link fault} says why, or
   *   {@link accesses} has it
   */
  translate(low: number, high: number, how: number): number {
    if (this.#checksAlignment && this.#isMisaligned(low, high, how)) {
      return this.#fail(Vector.AC, 0, 0);
    }
    const bytes = how & 0xff;
    if (bytes === 0) return 0;
    if (this.logsAll) return this.accesses.translate(low, high, how);
    const access = (how & accessKind.write) === 0 ? 'read' : 'write';
    const address = high * two32 + (low >>> 0);
    const inPage = low & (PAGE - 1);
    const physical = this.physicalPage(address - inPage, access, address);
    if (physical < 0) return -1;
    const first = this.#memory.linear(physical);
    if (first < 0) return this.accesses.translate(low, high, how);
    if (inPage + bytes <= PAGE) {
      if (access === 'write' && this.hasCode[first / PAGE] === 1) {
        return this.#bufferStore(first + inPage, bytes, 0, 0);
      }
      this.#enter(access, address - inPage, low & ~(PAGE - 1), high, first);
      return first + inPage;
    }
    const next = address - inPage + PAGE;
    const nextPhysical = this.physicalPage(next, access, next);
    if (nextPhysical < 0) return -1;
    const second = this.#memory.linear(nextPhysical);
    if (second < 0) return this.accesses.translate(low, high, how);
    const here = PAGE - inPage;
    if (access === 'write') return this.#bufferStore(first + inPage, here, second, bytes - here);
    return this.#gather(coreOffset.loadBounce, first + inPage, here, second, bytes - here);
  }

  /** Whether an access violates its alignment; where nothing can be that is found out first. */
  #isMisaligned(low: number, high: number, how: number): boolean {
    const top = high >> 15;
    return (low & (how >>> alignmentShift)) !== 0 && (top === 0 || top === -1);
  }

  /**
   * Where a page lies in the linear memory.
   * @param touched - the address that a fault is about
   * @returns -1 when the access is not possible: then {@link fault} says why
   */
  page(address: number, access: Access, touched: number): number {
    const physical = this.physicalPage(address, access, touched);
    if (physical < 0) return -1;
    const linear = this.#memory.linear(physical);
    if (linear >= 0) return linear;
    const errorCode = PageFaultError.User | PageFaultError.Present;
    return this.#fail(Vector.PF, errorCode | accessErrors[access], touched);
  }

  /** As {@link page}, but a physical address, of memory or of something else. */
  physicalPage(address: number, access: Access, touched: number): number {
    const known = this.#pages[access].find(address);
    if (known >= 0) return known;
    const physical = this.#walk(address, access, touched);
    if (physical >= 0) this.#pages[access].add(address, physical);
    return physical;
  }

  #walk(address: number, access: Access, touched: number): number {
    const top = Math.floor(address / 2 ** 47);
    if (top !== 0 && top !== -1) return this.#fail(Vector.GP, 0, 0);
    const physical = walkTo(this.#memory, this.root, address);
    const errorCode = PageFaultError.User | accessErrors[access];
    if (physical === notMapped) return this.#fail(Vector.PF, errorCode, touched);
    const flags = walkToFlags(this.#memory, this.root, address);
    const denied =
      (flags & PageFlags.User) === 0 ||
      (access === 'write' && (flags & PageFlags.Writable) === 0) ||
      (access === 'execute' && (flags & PageFlags.NoExecute) !== 0);
    return denied ? this.#fail(Vector.PF, errorCode | PageFaultError.Present, touched) : physical;
  }

  /** Whether programs may write to a page. */
  isWritable(address: number): boolean {
    return (walkToFlags(this.#memory, this.root, address) & PageFlags.Writable) !== 0;
  }

  #fail(vector: number, errorCode: number, address: number): -1 {
    this.fault.vector = vector;
    this.fault.errorCode = errorCode;
    this.fault.address = address;
    return -1;
  }

  #enter(access: Access, page: number, low: number, high: number, linear: number): void {
    if (this.#checksAlignment) return;
    const { i32, base } = this.#memory;
    const table = access === 'write' ? coreOffset.writeTranslations : coreOffset.readTranslations;
    const index = Math.floor(page / PAGE) & (translationEntries - 1);
    const entry = (base + table + (index << entryShift)) >>> 2;
    i32[entry] = low;
    i32[entry + 1] = high;
    i32[entry + 2] = linear - low;
  }

  #gather(
    buffer: number,
    first: number,
    firstBytes: number,
    second: number,
    secondBytes: number,
  ): number {
    const { bytes, base } = this.#memory;
    const target = base + buffer;
    bytes.copyWithin(target, first, first + firstBytes);
    if (secondBytes > 0) bytes.copyWithin(target + firstBytes, second, second + secondBytes);
    return target;
  }

  #bufferStore(first: number, firstBytes: number, second: number, secondBytes: number): number {
    const store = this.#store;
    store.first = first;
    store.firstBytes = firstBytes;
    store.second = second;
    store.secondBytes = secondBytes;
    return this.#gather(coreOffset.storeBounce, first, firstBytes, second, secondBytes);
  }

  /** Called by generated code after a store to a buffer. */
  finishStore(linear: number): number {
    if (this.accesses.noteStore(linear)) return 0;
    const { bytes, base } = this.#memory;
    const { first, firstBytes, second, secondBytes } = this.#store;
    const buffer = base + coreOffset.storeBounce;
    bytes.copyWithin(first, buffer, buffer + firstBytes);
    this.#noteStore(first, firstBytes);
    if (secondBytes > 0) {
      bytes.copyWithin(second, buffer + firstBytes, buffer + firstBytes + secondBytes);
      this.#noteStore(second, secondBytes);
    }
    return 0;
  }

  #noteStore(linear: number, bytes: number): void {
    if (this.hasCode[Math.floor(linear / PAGE)] === 1) this.#codeChanged(linear, bytes);
  }
}
