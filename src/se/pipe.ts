/** Pipes of a program. Source of the behaviour: pipe(7). */
import { Errno, PollEvent } from '../host/index';
import { OpenFile, OpenFlag, READ_EVENTS, WRITE_EVENTS } from './openFile';
import type { FileStatus, HostSpan } from './openFile';
import { BLOCKED } from './syscallResult';

/** Bytes that a pipe holds. */
export const PIPE_CAPACITY = 65536;
/** Up to so many bytes are written all at once or not at all (`PIPE_BUF`). */
const ATOMIC_BYTES = 4096;
const S_IFIFO = 0o010000;

/** What is between the two ends: the bytes that were written and not read yet. */
export class Pipe {
  /** Tells it from other pipes of the program. */
  readonly id: number;
  readonly #ring = new Uint8Array(PIPE_CAPACITY);
  #start = 0;
  #length = 0;
  /** Open ends. */
  readers = 0;
  writers = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** Bytes that wait to be read. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that there is room for. */
  get room(): number {
    return PIPE_CAPACITY - this.#length;
  }

  /** A copy of the bytes that wait to be read. */
  contents(): Uint8Array {
    const copy = new Uint8Array(this.#length);
    for (let i = 0; i < copy.length; i++) {
      copy[i] = this.#ring[(this.#start + i) % PIPE_CAPACITY] ?? 0;
    }
    return copy;
  }

  /** Takes up to `length` bytes out. */
  take(target: Uint8Array, offset: number, length: number): number {
    const count = Math.min(length, this.#length);
    const first = Math.min(count, PIPE_CAPACITY - this.#start);
    target.set(this.#ring.subarray(this.#start, this.#start + first), offset);
    target.set(this.#ring.subarray(0, count - first), offset + first);
    this.#start = (this.#start + count) % PIPE_CAPACITY;
    this.#length -= count;
    return count;
  }

  /** Puts as many bytes in as there is room for. */
  put(source: Uint8Array, offset: number, length: number): number {
    const count = Math.min(length, this.room);
    const end = (this.#start + this.#length) % PIPE_CAPACITY;
    const first = Math.min(count, PIPE_CAPACITY - end);
    this.#ring.set(source.subarray(offset, offset + first), end);
    this.#ring.set(source.subarray(offset + first, offset + count), 0);
    this.#length += count;
    return count;
  }
}

/** One end of a pipe. */
export class PipeEnd extends OpenFile {
  readonly pipe: Pipe;

  /** @param flags - `ReadOnly` or `WriteOnly`, perhaps with `NonBlock`. */
  constructor(pipe: Pipe, flags: number) {
    super(`pipe:[${String(pipe.id)}]`, flags);
    this.pipe = pipe;
    if (this.readable) pipe.readers++;
    else pipe.writers++;
  }

  get #patient(): boolean {
    return (this.flags & OpenFlag.NonBlock) === 0;
  }

  override get waitingBytes(): number {
    return this.pipe.length;
  }

  override poll(events: number): number {
    const { pipe } = this;
    if (this.readable) {
      const ready = pipe.length > 0 ? events & READ_EVENTS : 0;
      return pipe.writers === 0 ? ready | PollEvent.HangUp : ready;
    }
    if (pipe.readers === 0) return (events & WRITE_EVENTS) | PollEvent.Error;
    return pipe.room >= ATOMIC_BYTES ? events & WRITE_EVENTS : 0;
  }

  read(target: HostSpan, length: number): number {
    const { pipe } = this;
    if (length === 0 || pipe.length > 0) return pipe.take(target.bytes, target.offset, length);
    if (pipe.writers === 0) return 0;
    return this.#patient ? BLOCKED : -Errno.EAGAIN;
  }

  write(source: HostSpan, length: number): number {
    const { pipe } = this;
    if (pipe.readers === 0) return -Errno.EPIPE;
    const least = Math.min(length, ATOMIC_BYTES);
    const fits = length <= ATOMIC_BYTES ? pipe.room >= least : pipe.room > 0;
    if (fits) return pipe.put(source.bytes, source.offset, length);
    return this.#patient ? BLOCKED : -Errno.EAGAIN;
  }

  status(): FileStatus {
    const time = 0n;
    return {
      ...{ dev: 13n, ino: BigInt(this.pipe.id), mode: BigInt(S_IFIFO | 0o600), nlink: 1n },
      ...{ uid: 0n, gid: 0n, rdev: 0n, size: 0n, blksize: 4096n, blocks: 0n },
      ...{ atimeNs: time, mtimeNs: time, ctimeNs: time, birthtimeNs: time },
    };
  }

  protected override dispose(): void {
    if (this.readable) this.pipe.readers--;
    else this.pipe.writers--;
  }
}
