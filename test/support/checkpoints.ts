/** Builders for tests of checkpoint files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointSections, writeCheckpoint, type ChainImages } from '../../src/checkpoint/index';
import {
  ImagePageBytes,
  serializeSection,
  type ChangedPages,
  type CheckpointValue,
  type MemoryImage,
  type MemoryImageSource,
  type PageRun,
} from '../../src/sim/index';

/** Name of the only image of a test's checkpoint. */
export const IMAGE = 'system.physmem.store0.img';

/** Does something with a new directory, and removes it. */
export function withDirectory<Result>(body: (directory: string) => Result): Result {
  const directory = mkdtempSync(join(tmpdir(), 'mini-gem5-checkpoint-'));
  try {
    return body(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Memory of a few pages, looked at page by page. */
export class TestMemory implements MemoryImageSource {
  readonly content: Uint8Array;

  /** @param pages - for each page the byte that fills it */
  constructor(pages: readonly number[]) {
    this.content = new Uint8Array(pages.length * ImagePageBytes);
    for (const [i, byte] of pages.entries()) {
      this.content.fill(byte, i * ImagePageBytes, (i + 1) * ImagePageBytes);
    }
  }

  get size(): number {
    return this.content.length;
  }

  *nonZeroPages(): Generator<PageRun> {
    for (let page = 0; page < this.size / ImagePageBytes; page++) {
      if (this.#page(page).some(byte => byte !== 0)) yield { first: page, count: 1 };
    }
  }

  *changedPages(image: MemoryImage): Generator<ChangedPages> {
    const old = contentOf(image);
    for (let page = 0; page < this.size / ImagePageBytes; page++) {
      const now = this.#page(page);
      const before = old.subarray(page * ImagePageBytes, (page + 1) * ImagePageBytes);
      if (Buffer.compare(now, before) === 0) continue;
      yield { first: page, count: 1, zero: now.every(byte => byte === 0) };
    }
  }

  bytes({ first, count }: PageRun): Uint8Array[] {
    return [this.content.subarray(first * ImagePageBytes, (first + count) * ImagePageBytes)];
  }

  #page(page: number): Uint8Array {
    return this.content.subarray(page * ImagePageBytes, (page + 1) * ImagePageBytes);
  }
}

/** The memory that an image describes. */
export function contentOf({ size, pages }: MemoryImage): Uint8Array {
  const content = new Uint8Array(size);
  for (const { first, count, path, offset } of pages) {
    const bytes = readFileSync(path).subarray(offset, offset + count * ImagePageBytes);
    content.set(bytes, first * ImagePageBytes);
  }
  return content;
}

/** What a test saves. */
export interface TestState {
  /** For each page of memory the byte that fills it. */
  readonly pages?: readonly number[];
  readonly values?: Readonly<Record<string, CheckpointValue>>;
  readonly tick?: number;
  readonly parent?: string;
  /** What is known of images, where increment follows increment. */
  readonly images?: ChainImages;
}

/** Writes a checkpoint with one section, `system`, and one image. @returns the directory */
export function writeTestCheckpoint(directory: string, state: TestState = {}): string {
  const sections = new CheckpointSections(directory);
  const { values = { answer: 42 }, pages = [1, 0, 2], tick = 1000, parent, images } = state;
  serializeSection(sections, 'system', {
    serialize: out => {
      for (const [key, value] of Object.entries(values)) out.paramOut(key, value);
    },
    unserialize: () => undefined,
  });
  sections.addMemoryImage(IMAGE, new TestMemory(pages));
  writeCheckpoint({
    ...{ sections, tick, parent, images },
    ticksPerSecond: 1e12,
    producer: 'a test',
    configuration: '{}',
  });
  return directory;
}

/** Changes a file's bytes. */
export function alter(path: string, change: (bytes: Buffer) => Uint8Array): void {
  writeFileSync(path, change(readFileSync(path)));
}
