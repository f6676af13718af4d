/** Guest memory as JavaScript sees it. */
import { addressOf } from '../host/index';
import type { AddrRange } from '../base/index';

/**
 * A stretch of guest memory that one typed array shows. The views stay the same objects as long as
 * the memory exists.
 */
export class MemoryBlock {
  /** The physical addresses that it holds; never interleaved. */
  readonly range: AddrRange;
  /** First physical address, as a plain field for fast tests. */
  readonly start: number;
  /** One past the last physical address. */
  readonly end: number;
  /** The bytes; that of address `a` has index `a - start`. */
  readonly bytes: Uint8Array;
  /** The same memory as little-endian 32-bit words; a tail of up to three bytes is left out. */
  readonly u32: Uint32Array;
  #hostAddress: bigint | null;

  /**
   * @param buffer - holds the memory from its first byte on
   * @param hostAddress - where the buffer lies; null to find out when asked
   */
  constructor(range: AddrRange, buffer: ArrayBuffer, hostAddress: bigint | null) {
    this.range = range;
    this.start = range.start;
    this.end = range.end;
    this.bytes = new Uint8Array(buffer, 0, range.size);
    this.u32 = new Uint32Array(buffer, 0, Math.floor(range.size / 4));
    this.#hostAddress = hostAddress;
  }

  /** Where the first byte lies in this process. */
  get hostAddress(): bigint {
    this.#hostAddress ??= addressOf(this.bytes);
    return this.#hostAddress;
  }
}
