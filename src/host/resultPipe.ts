/** What a forked child has to say to its parent: one block of bytes, over a pipe. */
import { constants } from 'node:fs';
import { close, pipe, tryRead, writeFully } from './descriptors';
import { Errno, ErrnoError } from './errno';
import { onFork } from './fork';
import { hostResources } from './hostResources';
import type { HostResource } from './hostResources';
import { whenReadable } from './libc';

const CHUNK_BYTES = 65536;
const LENGTH_BYTES = 8;

const open = new Set<ResultPipe>();

// A child gets the pipe that was made for it, and no other.
onFork(() => {
  for (const pipe of open) if (!pipe.isForNextChild) pipe.dispose();
});

/**
 * A pipe from a child to its parent. Made before the fork; the parent then calls {@link receive}, the
 * child {@link send}. No other child keeps an end of it.
 */
export class ResultPipe implements HostResource {
  readonly #limit: number;
  #readEnd: number;
  #writeEnd: number;
  readonly #chunks: Uint8Array[] = [];
  #received = 0;
  #unwatch: (() => void) | undefined;
  /** Whether the child that is being made is to have the pipe. */
  isForNextChild = false;

  /**
   * @param limit - bytes that the parent takes at most
   * @throws {ErrnoError} EMFILE when there are too many descriptors
   */
  constructor(limit: number) {
    this.#limit = limit;
    const ends = pipe(constants.O_NONBLOCK);
    this.#readEnd = ends.readEnd;
    this.#writeEnd = ends.writeEnd;
    hostResources.add(this);
    open.add(this);
  }

  /** Forks by calling `fork`, with this pipe in both processes. @returns what `fork` returns */
  across(fork: () => number): number {
    this.isForNextChild = true;
    try {
      return fork();
    } finally {
      this.isForNextChild = false;
    }
  }

  /**
   * In the parent: takes what comes, while the event loop goes on.
   * @param onOverflow - called when it is more than the limit
   */
  receive(onOverflow: () => void): void {
    close(this.#writeEnd);
    this.#writeEnd = -1;
    this.#unwatch = whenReadable(this.#readEnd, () => {
      if (!this.#readMore()) this.#stopWatching();
      if (this.#received > this.#limit + LENGTH_BYTES) {
        this.#stopWatching();
        onOverflow();
      }
    });
  }

  /** Reads once. @returns false at the end */
  #readMore(): boolean {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const count = tryRead(this.#readEnd, chunk, chunk.length);
    if (count > 0) {
      this.#chunks.push(chunk.subarray(0, count));
      this.#received += count;
    } else if (count !== -Errno.EINTR) {
      if (count < 0 && count !== -Errno.EAGAIN) {
        throw new ErrnoError({ call: 'read', errno: -count, doing: "reading a child's result" });
      }
      return count !== 0 && this.#unwatch !== undefined;
    }
    return true;
  }

  #stopWatching(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  /**
   * In the parent, when the child has ended: everything that it sent, and the pipe is given back.
   * @returns undefined when the child did not send all of it
   */
  finish(): Uint8Array | undefined {
    this.#stopWatching();
    while (this.#received <= this.#limit + LENGTH_BYTES && this.#readMore());
    this.dispose();
    const all = Buffer.concat(this.#chunks);
    if (all.length < LENGTH_BYTES) return undefined;
    const length = Number(all.readBigUInt64LE(0));
    return all.length === LENGTH_BYTES + length ? all.subarray(LENGTH_BYTES) : undefined;
  }

  /** In the child: sends bytes, waiting until the parent has taken them. To be called once. */
  send(bytes: Uint8Array): void {
    const length = new Uint8Array(LENGTH_BYTES);
    new DataView(length.buffer).setBigUint64(0, BigInt(bytes.length), true);
    writeFully(this.#writeEnd, length, 'sending a result to the parent');
    writeFully(this.#writeEnd, bytes, 'sending a result to the parent');
  }

  dispose(): void {
    this.#stopWatching();
    open.delete(this);
    hostResources.remove(this);
    for (const fd of [this.#readEnd, this.#writeEnd]) if (fd >= 0) close(fd);
    this.#readEnd = -1;
    this.#writeEnd = -1;
  }
}
