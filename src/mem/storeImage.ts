/** The contents of a backing store as a checkpoint has them: finding what is to be saved. */
import { roundUp } from '../base/index';
import { anonymousPages, isZeroMemory, pageSize, sameMemory, touchedPages } from '../host/index';
import {
  ImagePageBytes,
  type ChangedPages,
  type ImagePages,
  type MemoryImage,
  type MemoryImageSource,
  type PageRun,
} from '../sim/index';
import type { BackingStore } from './backingStore';
import { BLOCK_PAGES, ParentImage } from './parentImage';
import { mergePages, pagesOf } from './pageRuns';

/** What a store gives a checkpoint. */
export class StoreImage implements MemoryImageSource {
  readonly size: number;
  readonly #store: BackingStore;
  readonly #address: number;

  constructor(store: BackingStore) {
    this.#store = store;
    this.size = roundUp(store.size, ImagePageBytes);
    this.#address = Number(store.hostAddress);
  }

  *nonZeroPages(): Generator<PageRun> {
    yield* mergePages(this.#nonZero(this.#candidates()));
  }

  *changedPages(image: MemoryImage): Generator<ChangedPages> {
    const parent = new ParentImage(image);
    try {
      yield* this.#changes(image, parent);
    } finally {
      parent.close();
    }
  }

  bytes({ first, count }: PageRun): Uint8Array[] {
    const start = this.#store.range.start + first * ImagePageBytes;
    const end = start + count * ImagePageBytes;
    const pieces: Uint8Array[] = [];
    for (let at = start; at < end;) {
      if (at >= this.#store.range.end) {
        // The memory ends within a page: the rest of it reads as zero.
        pieces.push(new Uint8Array(end - at));
        break;
      }
      const block = this.#store.blockFor(at);
      const stop = Math.min(end, block.end);
      pieces.push(block.bytes.subarray(at - block.start, stop - block.start));
      at = stop;
    }
    return pieces;
  }

  /** Pages that may hold something: those that were touched, and those that a checkpoint brought. */
  *#candidates(): Generator<PageRun> {
    const touched = touchedPages(this.#address, this.size);
    const ratio = pageSize() / ImagePageBytes;
    const marks = ratio === 1 ? touched : spread(touched, ratio, this.size / ImagePageBytes);
    for (const { first, count } of this.#store.restored) marks.fill(1, first, first + count);
    yield* pagesOf(marks);
  }

  *#nonZero(runs: Iterable<PageRun>): Generator<PageRun> {
    for (const { first, count } of runs) {
      for (let at = first; at < first + count;) {
        const block = Math.min(BLOCK_PAGES, first + count - at);
        if (this.#isZero(at, block)) {
          at += block;
          continue;
        }
        for (const stop = at + block; at < stop; at++) {
          if (!this.#isZeroPage(at)) yield { first: at, count: 1 };
        }
      }
    }
  }

  #isZeroPage(page: number): boolean {
    return !this.#beginsNonZero(page) && this.#isZero(page, 1);
  }

  /** Whether a page's first byte tells already that it is not zero: cheaper than a call. */
  #beginsNonZero(page: number): boolean {
    const address = this.#store.range.start + page * ImagePageBytes;
    const { bytes, start } = this.#store.blockFor(address);
    return bytes[address - start] !== 0;
  }

  #isZero(first: number, count: number): boolean {
    const offset = first * ImagePageBytes;
    const length = Math.min(count * ImagePageBytes, this.#store.size - offset);
    return isZeroMemory(this.#address + offset, length);
  }

  /** Page by page: whoever writes them makes runs of them. */
  *#changes(image: MemoryImage, parent: ParentImage): Generator<ChangedPages> {
    const known = this.#store.changes.since(image.checkpoint);
    for (const run of known ?? pagesOf(this.#possiblyChanged(image))) {
      for (let at = run.first; at < run.first + run.count;) {
        const { first, count, place } = parent.blockAt(at, run.first + run.count - at);
        at += count;
        const old = place === undefined ? undefined : parent.read(place, count);
        if (this.#isSame(first, count, old)) continue;
        for (let i = 0; i < count; i++) {
          const page = first + i;
          const before = old === undefined ? undefined : old + i * ImagePageBytes;
          if (count > 1 && this.#isSame(page, 1, before)) continue;
          yield { first: page, count: 1, zero: old !== undefined && this.#isZeroPage(page) };
        }
      }
    }
  }

  /** Where nobody has noted what was written: all pages but those that are still the image's. */
  #possiblyChanged(image: MemoryImage): Uint8Array {
    const marks = new Uint8Array(this.size / ImagePageBytes);
    for (const { first, count } of this.#candidates()) marks.fill(1, first, first + count);
    for (const { first, count } of image.pages) marks.fill(1, first, first + count);
    this.#clearUntouched(image, marks);
    return marks;
  }

  /** Whether pages are as they were. @param old - address of what they were; undefined for zeros */
  #isSame(first: number, count: number, old: number | undefined): boolean {
    if (old === undefined) return this.#isZero(first, count);
    const offset = first * ImagePageBytes;
    const length = Math.min(count * ImagePageBytes, this.#store.size - offset);
    return sameMemory(this.#address + offset, old, length);
  }

  /** Takes the marks of pages away that were mapped from the image and not written since. */
  #clearUntouched(image: MemoryImage, marks: Uint8Array): void {
    const { restored } = this.#store;
    if (restored.length === 0 || pageSize() !== ImagePageBytes) return;
    const own = anonymousPages(this.#address, this.size);
    const places = new Map(image.pages.map(run => [run.first, run]));
    for (const run of restored) {
      if (!isSamePlace(run, places.get(run.first))) continue;
      for (let page = run.first; page < run.first + run.count; page++) {
        if (own[page] === 0) marks[page] = 0;
      }
    }
  }
}

function isSamePlace(a: ImagePages, b: ImagePages | undefined): boolean {
  return b?.count === a.count && b.path === a.path && b.offset === a.offset;
}

/** Marks of large host pages as marks of image pages. */
function spread(marks: Uint8Array, ratio: number, pages: number): Uint8Array {
  return Uint8Array.from({ length: pages }, (_, i) => marks[Math.floor(i / ratio)] ?? 0);
}
