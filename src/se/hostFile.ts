/** A regular file of the host that memory can be filled from, and that can be filled from memory. */
import { closeSync, fstatSync, statSync, type BigIntStats } from 'node:fs';
import { addressOf, tryPread, tryPwrite } from '../host/index';
import type { FileBacking } from './vma';

/** Owns a host descriptor, which is closed when the last user lets go. */
export class HostFile implements FileBacking {
  readonly path: string;
  readonly descriptor: number;
  readonly writable: boolean;
  #users = 1;
  #identity: string | undefined;

  /**
   * @param descriptor - open for reading if memory is to be filled from it; this object closes it.
   * @param path - the path that the program opened.
   * @param writable - it is open for reading and writing.
   */
  constructor(descriptor: number, path: string, writable = false) {
    this.descriptor = descriptor;
    this.path = path;
    this.writable = writable;
  }

  get identity(): string {
    if (this.#identity === undefined) {
      const { dev, ino } = fstatSync(this.descriptor, { bigint: true });
      this.#identity = `${String(dev)}:${String(ino)}`;
    }
    return this.#identity;
  }

  size(): number {
    return fstatSync(this.descriptor).size;
  }

  read(target: Uint8Array, targetOffset: number, length: number, position: number): number {
    const base = Number(addressOf(target)) + targetOffset;
    let done = 0;
    while (done < length) {
      const count = tryPread(this.descriptor, base + done, length - done, position + done);
      if (count <= 0) break;
      done += count;
    }
    return done;
  }

  write(source: Uint8Array, sourceOffset: number, length: number, position: number): number {
    const base = Number(addressOf(source)) + sourceOffset;
    let done = 0;
    while (done < length) {
      const count = tryPwrite(this.descriptor, base + done, length - done, position + done);
      if (count <= 0) break;
      done += count;
    }
    return done;
  }

  retain(): void {
    this.#users++;
  }

  release(): void {
    if (--this.#users === 0) closeSync(this.descriptor);
  }
}

/** The status of what a path leads to; undefined where it leads nowhere. */
export function statusOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}
