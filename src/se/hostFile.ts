/** A regular file of the host that memory can be filled from. */
import { closeSync, fstatSync } from 'node:fs';
import { addressOf, tryPread } from '../host/index';
import type { FileBacking } from './vma';

/** Owns a host descriptor, which is closed when the last user lets go. */
export class HostFile implements FileBacking {
  readonly path: string;
  readonly descriptor: number;
  #users = 1;

  /**
   * @param descriptor - open for reading; this object closes it.
   * @param path - the path that the program opened.
   */
  constructor(descriptor: number, path: string) {
    this.descriptor = descriptor;
    this.path = path;
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

  retain(): void {
    this.#users++;
  }

  release(): void {
    if (--this.#users === 0) closeSync(this.descriptor);
  }
}
