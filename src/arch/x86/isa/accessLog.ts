/**
 * Accesses of one instruction at a time to memory that generated code does not reach by itself: devices,
 * or all of memory, for CPU models in which accesses take time.
 *
 * An instruction is begun; where it needs bytes that are not here it stops, with all registers as they
 * were, and is begun again once they are, as often as it takes. What it stores waits in a buffer until the
 * instruction is done. A repeated string instruction stops behind each step whose stores wait.
 */
import { RCX } from '../registers';
import { coreOffset, gprOffset } from './coreLayout';
import type { CoreMemory } from './coreMemory';
import { accessKind } from './stopReason';

const PAGE = 4096;
const two32 = 2 ** 32;

/** Most accesses of an instruction: ENTER makes 63, FNSAVE 56, of 2 bytes, XSAVE and XRSTOR 48. */
export const loggedAccesses = 63;
/** Bytes of the buffer of each. */
export const accessBytes = 64;

/** One access of an instruction, of at most {@link accessBytes} bytes in at most two pages. */
export class LoggedAccess {
  /** Where its bytes are: an offset in the core's memory. */
  readonly buffer: number;
  /** Physical address, and how many bytes there. */
  address = 0;
  bytes = 0;
  /** The same of the bytes on the next page. */
  nextAddress = 0;
  nextBytes = 0;
  /** Whether the instruction reads the bytes, writes them, or both. */
  reads = false;
  writes = false;
  /** Whether the bytes that it reads are here. */
  isReady = false;
  /** Whether the instruction has written the bytes, and whether somebody has taken them since. */
  isStored = false;
  isTaken = false;
  /** The virtual address, in halves, and how it is used. */
  low = 0;
  high = 0;
  how = 0;

  constructor(buffer: number) {
    this.buffer = buffer;
  }
}

/** Finds physical addresses of pages. @returns -1 when an access is not possible */
export type FindPage = (address: number, access: 'read' | 'write', touched: number) => number;

/** The accesses of the instruction that is being executed. */
export class AccessLog {
  /** What the instruction waits for; null when it waits for nothing, or for its stores. */
  wanted: LoggedAccess | null = null;
  /** Whether the instruction has stopped in order to go on later. */
  isWaiting = false;
  /** Whether an instruction is being executed for its accesses; else it stops before it makes one. */
  #isActive = false;
  readonly #memory: CoreMemory;
  readonly #findPage: FindPage;
  readonly #entries: readonly LoggedAccess[];
  #count = 0;
  /** The next access, when an instruction is executed again. */
  #next = 0;
  /** How many accesses have bytes that nobody has taken yet, and where to look for the next. */
  #untaken = 0;
  #nextUntaken = 0;
  /** RCX, which tells the steps of a repeated instruction apart. */
  #step = 0;

  constructor(memory: CoreMemory, findPage: FindPage) {
    this.#memory = memory;
    this.#findPage = findPage;
    const first = memory.base + coreOffset.accesses;
    this.#entries = Array.from(
      { length: loggedAccesses },
      (_, i) => new LoggedAccess(first + i * accessBytes),
    );
  }

  /** An instruction begins. */
  begin(): void {
    this.#isActive = true;
    this.#count = 0;
    this.#untaken = 0;
    this.#step = this.#rcx;
    this.beginAgain();
  }

  /** The same instruction is executed again, with what was read since. */
  beginAgain(): void {
    this.#next = 0;
    this.#nextUntaken = 0;
    this.wanted = null;
    this.isWaiting = false;
  }

  /** The instruction is complete, accesses included. */
  end(): void {
    this.#isActive = false;
    this.#count = 0;
    this.isWaiting = false;
  }

  get #rcx(): number {
    return this.#memory.i32[(this.#memory.base + gprOffset(RCX)) >>> 2] ?? 0;
  }

  /**
   * The next access, in order, with bytes to write: each once, however often the instruction is begun
   * again. Null when there is none.
   */
  takeStore(): LoggedAccess | null {
    while (this.#untaken > 0 && this.#nextUntaken < this.#count) {
      const entry = this.#entries[this.#nextUntaken++];
      if (entry?.isStored !== true || entry.isTaken) continue;
      entry.isTaken = true;
      this.#untaken--;
      return entry;
    }
    return null;
  }

  /**
   * Called by generated code, as `Translations.translate`.
   * @returns where the bytes are; -1 to stop: because of a fault, or to go on later ({@link isWaiting})
   */
  translate(low: number, high: number, how: number): number {
    if (!this.#isActive) return this.#wait(null);
    if (this.#rcx !== this.#step) {
      // A step of a repeated instruction is done.
      if (this.#untaken > 0) return this.#wait(null);
      this.#count = 0;
      this.#next = 0;
      this.#step = this.#rcx;
    }
    const isStep = (how & accessKind.step) !== 0;
    // Of the steps before only registers know.
    if (isStep) this.#next = 0;
    if (this.#next < this.#count) {
      const known = this.#entries[this.#next];
      if (known?.low === low && known.high === high && known.how === how) {
        if (known.reads && !known.isReady) return this.#wait(known);
        if (isStep) known.isReady = false;
        this.#next++;
        return known.buffer;
      }
    }
    return this.#add(low, high, how);
  }

  #add(low: number, high: number, how: number): number {
    const entry = this.#entries[this.#next];
    if (entry === undefined || !this.#place(entry, low, high, how)) return -1;
    this.#next++;
    this.#count = this.#next;
    return entry.reads ? this.#wait(entry) : entry.buffer;
  }

  #place(entry: LoggedAccess, low: number, high: number, how: number): boolean {
    const bytes = how & 0xff;
    const writes = (how & accessKind.write) !== 0;
    const kind = writes ? 'write' : 'read';
    const address = high * two32 + (low >>> 0);
    const inPage = low & (PAGE - 1);
    const first = this.#findPage(address - inPage, kind, address);
    if (first < 0) return false;
    const here = Math.min(bytes, PAGE - inPage);
    let next = 0;
    if (here < bytes) {
      next = this.#findPage(address - inPage + PAGE, kind, address - inPage + PAGE);
      if (next < 0) return false;
    }
    entry.low = low;
    entry.high = high;
    entry.how = how;
    entry.address = first + inPage;
    entry.bytes = here;
    entry.nextAddress = next;
    entry.nextBytes = bytes - here;
    entry.writes = writes;
    entry.reads = !writes || (how & accessKind.readToo) !== 0;
    entry.isReady = false;
    entry.isStored = false;
    entry.isTaken = false;
    return true;
  }

  #wait(entry: LoggedAccess | null): -1 {
    this.wanted = entry;
    this.isWaiting = true;
    return -1;
  }

  /** Called by generated code after a store. @returns whether it went to a buffer of this log */
  noteStore(linear: number): boolean {
    const first = this.#memory.base + coreOffset.accesses;
    const index = Math.floor((linear - first) / accessBytes);
    const entry = index >= 0 && index < this.#count ? this.#entries[index] : undefined;
    if (entry === undefined) return false;
    if (!entry.isStored) this.#untaken++;
    entry.isStored = true;
    return true;
  }
}
