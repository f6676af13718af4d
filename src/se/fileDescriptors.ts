/**
 * The descriptors of a program.
 *
 * Source of the behaviour: open(2), dup(2), fcntl(2); gem5 `sim/fd_array.cc`.
 */
import { Errno } from '../host/index';
import type { OpenFile } from './openFile';
import { failWith } from './syscallFailure';

/** One descriptor. */
export interface Descriptor {
  readonly file: OpenFile;
  closeOnExec: boolean;
}

/** A program's table of descriptors. */
export class FileDescriptors {
  readonly #slots: (Descriptor | undefined)[] = [];
  /** One more than the highest new descriptor (`RLIMIT_NOFILE`); those above stay open. */
  limit: number;
  /** What the program may raise the limit to. */
  hardLimit: number;

  constructor(limit = 1024) {
    this.limit = limit;
    this.hardLimit = limit;
  }

  /** The open file behind a descriptor. @throws {SyscallFailure} EBADF */
  get(descriptor: number): OpenFile {
    return this.entry(descriptor).file;
  }

  /** The open file behind a descriptor, if there is one. */
  find(descriptor: number): OpenFile | undefined {
    return this.#slots[descriptor]?.file;
  }

  /** @throws {SyscallFailure} EBADF */
  entry(descriptor: number): Descriptor {
    return this.#slots[descriptor] ?? failWith(Errno.EBADF);
  }

  /** The open descriptors, lowest first. */
  *entries(): Generator<readonly [number, Descriptor]> {
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i];
      if (slot !== undefined) yield [i, slot];
    }
  }

  /**
   * Gives a file the lowest free descriptor; the table takes over one use of the file, also when it
   * fails.
   * @throws {SyscallFailure} EMFILE
   */
  add(file: OpenFile, closeOnExec = false, lowest = 0): number {
    let descriptor = lowest;
    while (this.#slots[descriptor] !== undefined) descriptor++;
    if (descriptor >= this.limit) {
      file.release();
      return failWith(Errno.EMFILE);
    }
    this.#put(descriptor, { file, closeOnExec });
    return descriptor;
  }

  /** Puts a file at a descriptor, closing what is there. */
  set(descriptor: number, file: OpenFile, closeOnExec = false): void {
    this.#slots[descriptor]?.file.release();
    this.#put(descriptor, { file, closeOnExec });
  }

  #put(descriptor: number, entry: Descriptor): void {
    while (this.#slots.length < descriptor) this.#slots.push(undefined);
    this.#slots[descriptor] = entry;
  }

  /** @throws {SyscallFailure} EBADF */
  close(descriptor: number): void {
    const { file } = this.entry(descriptor);
    this.#slots[descriptor] = undefined;
    file.release();
  }

  /** Closes everything: the program has ended. */
  closeAll(): void {
    for (const slot of this.#slots.splice(0)) slot?.file.release();
  }
}
