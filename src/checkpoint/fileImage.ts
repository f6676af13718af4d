/** The memory of a checkpoint as its files have it: to compare it, and to write it anew. */
import { closeSync, openSync, readSync } from 'node:fs';
import { ImagePageBytes } from '../sim/index';
import type {
  ChangedPages,
  ImagePages,
  MemoryImage,
  MemoryImageSource,
  PageRun,
} from '../sim/index';
import { fileError } from './checkpointError';

/** An image whose files are open, until {@link close}. */
export class FileImage implements MemoryImageSource {
  readonly size: number;
  readonly #pages: readonly ImagePages[];
  readonly #files = new Map<string, number>();

  constructor({ size, pages }: MemoryImage) {
    this.size = size;
    this.#pages = pages;
  }

  /** Runs of pages; those of several files are one where they touch. */
  *nonZeroPages(): Generator<PageRun> {
    let run: { first: number; count: number } | undefined;
    for (const { first, count } of this.#pages) {
      if (run !== undefined && run.first + run.count === first) {
        run.count += count;
        continue;
      }
      if (run !== undefined) yield run;
      run = { first, count };
    }
    if (run !== undefined) yield run;
  }

  /** Every page that differs, one by one. */
  *changedPages(image: MemoryImage): Generator<ChangedPages> {
    const other = new FileImage(image);
    try {
      for (const page of pagesOfEither(this.#pages, image.pages)) {
        const [mine, theirs] = [this.page(page), other.page(page)];
        if (Buffer.compare(mine, theirs) !== 0) {
          yield { first: page, count: 1, zero: mine.every(byte => byte === 0) };
        }
      }
    } finally {
      other.close();
    }
  }

  bytes({ first, count }: PageRun): Uint8Array[] {
    const end = first + count;
    return this.#pages
      .slice(this.#indexOf(first))
      .filter(run => run.first < end)
      .map(run => {
        const start = Math.max(first, run.first);
        const stop = Math.min(end, run.first + run.count);
        return this.#read(run, start, stop - start);
      });
  }

  /** The bytes of one page. */
  page(page: number): Uint8Array {
    const run = this.#pages[this.#indexOf(page)];
    if (run === undefined || page < run.first) return new Uint8Array(ImagePageBytes);
    return this.#read(run, page, 1);
  }

  /** Index of the first run that ends behind a page. */
  #indexOf(page: number): number {
    let low = 0;
    let high = this.#pages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const run = this.#pages[middle];
      if (run !== undefined && run.first + run.count <= page) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #read(run: ImagePages, first: number, count: number): Uint8Array {
    const { path } = run;
    const bytes = new Uint8Array(count * ImagePageBytes);
    try {
      let file = this.#files.get(path);
      if (file === undefined) {
        file = openSync(path, 'r');
        this.#files.set(path, file);
      }
      const position = run.offset + (first - run.first) * ImagePageBytes;
      for (let done = 0; done < bytes.length;) {
        const part = readSync(file, bytes, done, bytes.length - done, position + done);
        if (part === 0) throw new Error('the file has become shorter');
        done += part;
      }
    } catch (error) {
      throw fileError(path, 'reading it', error);
    }
    return bytes;
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }
}

/** Numbers of pages that one of two images has, in ascending order. */
function* pagesOfEither(a: readonly PageRun[], b: readonly PageRun[]): Generator<number> {
  const runs = [...a, ...b].sort((x, y) => x.first - y.first);
  let next = 0;
  for (const { first, count } of runs) {
    for (next = Math.max(next, first); next < first + count; next++) yield next;
  }
}
