/**
 * The simulator's own access to a program's memory: with the program's rights, across pages, bringing
 * pages in as the program's own accesses would.
 */
import { Errno } from '../host/index';
import type { AddressSpace } from './addressSpace';
import { PAGE_SIZE, pageOffset } from './layout';
import { NO_PAGE } from './pageAllocator';
import { failBadAddress, failWith } from './syscallFailure';

/** Longest path that the kernel takes, in bytes, the final 0 included. */
export const PATH_MAX = 4096;

const TWO_32 = 2 ** 32;
/** Up to so many bytes a loop copies faster than a view that has to be made first. */
const SMALL = 64;

/**
 * A window onto a program's memory. {@link UserMemory.locate} points it at bytes that lie one after
 * the other in host memory; a system call then works on them in place.
 */
export class UserMemory {
  readonly #space: AddressSpace;
  /** After {@link locate}: the block of memory, and where in it the bytes begin. */
  bytes: Uint8Array = new Uint8Array(0);
  offset = 0;
  /** After {@link locate}: the host address of the first byte. */
  hostAddress = 0;

  readonly #word = new Uint8Array(8);
  readonly #wordView = new DataView(this.#word.buffer);

  constructor(space: AddressSpace) {
    this.#space = space;
  }

  /**
   * Finds the longest piece of [address, address + length) from its start on that is contiguous in
   * host memory, and points {@link bytes}, {@link offset} and {@link hostAddress} at it.
   * @returns its length in bytes; 0 when the program itself could not access the first byte.
   */
  locate(address: number, length: number, access: 'read' | 'write'): number {
    if (length <= 0) return 0;
    const space = this.#space;
    const page = space.pageFor(address, access);
    if (page === NO_PAGE) return 0;
    const inPage = pageOffset(address);
    const block = space.blockOf(page);
    const end = block.end;
    let found = PAGE_SIZE - inPage;
    while (found < length && page + inPage + found < end) {
      if (space.pageFor(address + found, access) !== page + inPage + found) break;
      found += PAGE_SIZE;
    }
    this.bytes = block.bytes;
    this.offset = page + inPage - block.start;
    this.hostAddress = Number(block.hostAddress) + this.offset;
    return Math.min(found, length);
  }

  /**
   * Copies bytes out of the program's memory.
   * @throws {SyscallFailure} EFAULT when not all of them can be read.
   */
  copyIn(address: number, target: Uint8Array, targetOffset = 0, length = target.length): void {
    for (let done = 0; done < length;) {
      const found = this.locate(address + done, length - done, 'read');
      if (found === 0) failBadAddress();
      const { bytes, offset } = this;
      if (found <= SMALL) {
        for (let i = 0; i < found; i++) target[targetOffset + done + i] = bytes[offset + i] ?? 0;
      } else {
        target.set(bytes.subarray(offset, offset + found), targetOffset + done);
      }
      done += found;
    }
  }

  /**
   * Copies bytes into the program's memory.
   * @throws {SyscallFailure} EFAULT when not all of them can be written; those before may be.
   */
  copyOut(address: number, source: Uint8Array, length = source.length): void {
    for (let done = 0; done < length;) {
      const found = this.locate(address + done, length - done, 'write');
      if (found === 0) failBadAddress();
      if (found <= SMALL) {
        const { bytes, offset } = this;
        for (let i = 0; i < found; i++) bytes[offset + i] = source[done + i] ?? 0;
      } else {
        this.bytes.set(source.subarray(done, done + found), this.offset);
      }
      done += found;
    }
  }

  /** Writes zeros. @throws {SyscallFailure} EFAULT */
  clear(address: number, length: number): void {
    for (let done = 0; done < length;) {
      const found = this.locate(address + done, length - done, 'write');
      if (found === 0) failBadAddress();
      this.bytes.fill(0, this.offset, this.offset + found);
      done += found;
    }
  }

  /** A signed 32-bit number. @throws {SyscallFailure} EFAULT */
  readInt32(address: number): number {
    this.copyIn(address, this.#word, 0, 4);
    return this.#wordView.getInt32(0, true);
  }

  /** @throws {SyscallFailure} EFAULT */
  writeInt32(address: number, value: number): void {
    this.#wordView.setInt32(0, value, true);
    this.copyOut(address, this.#word, 4);
  }

  /** A signed 64-bit number, exact within ±2^53. @throws {SyscallFailure} EFAULT */
  readInt64(address: number): number {
    this.copyIn(address, this.#word, 0, 8);
    return this.#wordView.getInt32(4, true) * TWO_32 + this.#wordView.getUint32(0, true);
  }

  /** @param value - within ±2^53. @throws {SyscallFailure} EFAULT */
  writeInt64(address: number, value: number): void {
    this.#wordView.setUint32(0, value >>> 0, true);
    this.#wordView.setInt32(4, Math.floor(value / TWO_32), true);
    this.copyOut(address, this.#word, 8);
  }

  /**
   * The bytes before the next 0.
   * @param limit - longest string, its final 0 included.
   * @throws {SyscallFailure} EFAULT, or ENAMETOOLONG when there is no 0 within the limit.
   */
  readCString(address: number, limit = PATH_MAX): string {
    const pieces: Uint8Array[] = [];
    for (let done = 0; done < limit;) {
      // Not past the page: what lies behind a string may be out of bounds.
      const wanted = Math.min(limit - done, PAGE_SIZE - pageOffset(address + done));
      const found = this.locate(address + done, wanted, 'read');
      if (found === 0) failBadAddress();
      const piece = this.bytes.subarray(this.offset, this.offset + found);
      const end = piece.indexOf(0);
      if (end >= 0) {
        pieces.push(piece.subarray(0, end));
        return Buffer.concat(pieces).toString();
      }
      pieces.push(piece);
      done += found;
    }
    return failWith(Errno.ENAMETOOLONG);
  }
}
