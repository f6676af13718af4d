/** The memory image that an increment builds upon, read a little at a time to be compared. */
import { closeSync, openSync } from 'node:fs';
import { fatal } from '../base/index';
import { addressOf, Errno, tryPread } from '../host/index';
import { ImagePageBytes, type ImagePages, type MemoryImage, type PageRun } from '../sim/index';

/** Pages that are looked at together: few enough to stay in a processor's cache. */
export const BLOCK_PAGES = 16;

/** Where pages lie in an image's files. */
type PagePlace = Pick<ImagePages, 'path' | 'offset'>;

/** Pages in a row, at most {@link BLOCK_PAGES}: the image has all of them or none. */
interface PageBlock extends PageRun {
  /** Where the image has them; undefined where it has none, so that they are zero. */
  readonly place: PagePlace | undefined;
}

/**
 * Reads an image's pages. They are not mapped: mapping and unmapping a page costs more than reading
 * it, and a file that somebody cuts off is an error instead of a signal.
 */
export class ParentImage {
  readonly #pages: readonly ImagePages[];
  readonly #files = new Map<string, number>();
  readonly #bytes = new Uint8Array(BLOCK_PAGES * ImagePageBytes);
  readonly #address = Number(addressOf(this.#bytes));
  /** Index of the first run that does not end before the pages that were asked for last. */
  #next = 0;

  constructor({ pages }: MemoryImage) {
    this.#pages = pages;
  }

  /** The block at a page. Pages are asked for in ascending order. @param most - pages at most */
  blockAt(first: number, most: number): PageBlock {
    const run = this.#runEndingAfter(first);
    const inside = run !== undefined && run.first <= first;
    const stop = inside ? run.first + run.count : (run?.first ?? Infinity);
    const count = Math.min(BLOCK_PAGES, most, stop - first);
    if (!inside) return { first, count, place: undefined };
    const offset = run.offset + (first - run.first) * ImagePageBytes;
    return { first, count, place: { path: run.path, offset } };
  }

  #runEndingAfter(page: number): ImagePages | undefined {
    for (; ; this.#next++) {
      const run = this.#pages[this.#next];
      if (run === undefined || run.first + run.count > page) return run;
    }
  }

  /**
   * Reads pages of a block.
   * @returns where they lie in this process until the next call
   * @throws {FatalError} when they cannot be read
   */
  read({ path, offset }: PagePlace, count: number): number {
    const file = this.#open(path);
    const length = count * ImagePageBytes;
    for (let done = 0; done < length;) {
      const part = tryPread(file, this.#address + done, length - done, offset + done);
      if (part === -Errno.EINTR) continue;
      if (part <= 0) fatal(`${path}: its pages cannot be read (error ${String(-part)})`);
      done += part;
    }
    return this.#address;
  }

  #open(path: string): number {
    let file = this.#files.get(path);
    if (file === undefined) {
      file = openSync(path, 'r');
      this.#files.set(path, file);
    }
    return file;
  }

  /** Closes the files. */
  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }
}
