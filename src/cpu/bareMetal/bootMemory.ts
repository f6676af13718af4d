/** Which memory a boot loader may use. */
import { AddrRange, fatal, roundUp } from '../../base/index';
import type { Addr } from '../../base/index';
import type { PhysicalMemory } from '../../mem/index';

/** What PCs have between 640 KiB and 1 MiB: no memory that a program would take for free. */
export const PC_HOLE: AddrRange = new AddrRange(0xa_0000, 0x10_0000);

/** The first address that is handed out: what is below belongs to 16-bit code and its vectors. */
const LOWEST = 0x9000;
/** Boot structures are named by 32 bits. */
const HIGHEST = 2 ** 32;

/** Memory as a boot loader divides it: what the image takes, and what is left for tables. */
export class BootMemory {
  /** All memory, by ascending addresses, neighbours joined. */
  readonly ranges: readonly AddrRange[];
  readonly #memory: PhysicalMemory;
  readonly #taken: AddrRange[] = [PC_HOLE];

  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
    this.ranges = joined(memory.getConfAddrRanges());
  }

  /** One past the last address of memory, 0 when there is none. */
  get end(): Addr {
    return this.ranges.at(-1)?.end ?? 0;
  }

  /**
   * Puts bytes at an address, followed by zeros.
   *
   * @param what - for messages
   * @throws {FatalError} when there is no memory
   */
  place(address: Addr, data: Uint8Array, size: number, what: string): void {
    const range = AddrRange.rangeSize(address, size);
    if (!this.ranges.some(memory => range.isSubset(memory))) {
      const where = this.ranges.map(String).join(' ') || 'nowhere';
      fatal(`${what} needs ${range.toString()}, but memory is at ${where}; see --mem-size`);
    }
    this.#taken.push(range);
    this.#memory.writeBytes(address, data);
    this.#clear(address + data.length, range.end);
  }

  /** Memory that is zero already stays untouched, so that it costs the host nothing. */
  #clear(start: Addr, end: Addr): void {
    for (let address = start; address < end;) {
      const block = this.#memory.storeFor(address);
      if (block === undefined) return;
      const stop = Math.min(end, block.end, address + ZEROS.length);
      const bytes = block.bytes.subarray(address - block.start, stop - block.start);
      if (Buffer.compare(bytes, ZEROS.subarray(0, bytes.length)) !== 0) bytes.fill(0);
      address = stop;
    }
  }

  /**
   * Takes free memory below 4 GiB.
   *
   * @param lowest - the first address that will do
   * @param what - for messages
   * @returns its address, a multiple of `alignment`
   * @throws {FatalError} when there is not enough
   */
  allocate(size: number, alignment: number, what: string, lowest: Addr = LOWEST): Addr {
    for (const memory of this.ranges) {
      let start = roundUp(Math.max(memory.start, lowest), alignment);
      for (let again = true; again;) {
        again = false;
        for (const taken of this.#taken) {
          if (start < taken.end && start + size > taken.start) {
            start = roundUp(taken.end, alignment);
            again = true;
          }
        }
      }
      if (start + size <= Math.min(memory.end, HIGHEST)) {
        this.#taken.push(AddrRange.rangeSize(start, size));
        return start;
      }
    }
    return fatal(`there is no room in memory for ${what} (${String(size)} bytes); see --mem-size`);
  }

  /** Puts bytes into memory that was allocated. */
  write(address: Addr, data: Uint8Array): void {
    this.#memory.writeBytes(address, data);
  }
}

const ZEROS = new Uint8Array(65536);

function joined(ranges: readonly AddrRange[]): AddrRange[] {
  const result: AddrRange[] = [];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last?.end === range.start) result[result.length - 1] = new AddrRange(last.start, range.end);
    else result.push(range);
  }
  return result;
}
