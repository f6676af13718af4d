/** The pages of a memory image, mapped to be read. */
import { closeSync, openSync } from 'node:fs';
import { panic } from '../base/index';
import { MapFlag, mapMemory, Protection, unmapMemory } from '../host/index';
import { ImagePageBytes, type MemoryImage } from '../sim/index';

interface MappedRun {
  readonly first: number;
  readonly end: number;
  /** Where the first page lies in this process. */
  readonly address: number;
}

/** Maps the image's files as a whole, one after the other as they are needed. */
export class MappedImage {
  readonly #runs: readonly MappedRun[];
  readonly #mappings: { readonly address: bigint; readonly length: number }[] = [];
  #last: MappedRun | undefined;

  /** @throws {ErrnoError} when a file cannot be mapped */
  constructor({ pages }: MemoryImage) {
    const ends = new Map<string, number>();
    for (const { path, offset, count } of pages) {
      ends.set(path, Math.max(ends.get(path) ?? 0, offset + count * ImagePageBytes));
    }
    const bases = new Map([...ends].map(([path, end]) => [path, this.#map(path, end)]));
    this.#runs = pages.map(run => ({
      first: run.first,
      end: run.first + run.count,
      address: (bases.get(run.path) ?? 0) + run.offset,
    }));
  }

  #map(path: string, length: number): number {
    const fd = openSync(path, 'r');
    try {
      const doing = `mapping ${path}`;
      const address = mapMemory({
        ...{ length, fd, doing },
        protection: Protection.Read,
        flags: MapFlag.Private,
      });
      this.#mappings.push({ address, length });
      return Number(address);
    } finally {
      closeSync(fd);
    }
  }

  /** Whether the image has the page; otherwise it is zero. */
  has(page: number): boolean {
    return this.#find(page) !== undefined;
  }

  /** Where a page lies in this process. @throws {PanicError} when the image does not have it */
  addressOf(page: number): number {
    const run = this.#find(page) ?? panic(`the image has no page ${String(page)}`);
    return run.address + (page - run.first) * ImagePageBytes;
  }

  #find(page: number): MappedRun | undefined {
    const last = this.#last;
    if (last !== undefined && page >= last.first && page < last.end) return last;
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle]?.end ?? Infinity) <= page) low = middle + 1;
      else high = middle;
    }
    const run = this.#runs[low];
    if (run === undefined || page < run.first) return undefined;
    this.#last = run;
    return run;
  }

  /** Takes the mappings away. */
  dispose(): void {
    for (const { address, length } of this.#mappings.splice(0)) unmapMemory(address, length);
  }
}
