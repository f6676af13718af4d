/** Checkpoints that build upon one another: finding them, and making one memory of their images. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ImagePageBytes, type ImagePages, type MemoryImage, type PageRun } from '../sim/index';
import { CheckpointError } from './checkpointError';
import {
  CHECKPOINT_FILE,
  readCheckpointFile,
  type CheckpointFileContent,
  type ImageReference,
} from './checkpointFile';
import { readImage, type ImageStructure } from './imageReader';
import { Limits } from './limits';

/** One checkpoint of a chain. */
export interface ChainLink {
  /** Absolute path of its directory. */
  readonly directory: string;
  readonly content: CheckpointFileContent;
}

/**
 * A checkpoint and those that it builds upon.
 * @returns the checkpoint itself first, the full one at the root last
 * @throws {CheckpointError} when one is missing, damaged, or another than it should be
 */
export function readChain(directory: string): ChainLink[] {
  const chain: ChainLink[] = [];
  let next: string | undefined = resolve(directory);
  let expected: bigint | undefined;
  while (next !== undefined) {
    const path = join(next, CHECKPOINT_FILE);
    const child = chain.at(-1)?.directory;
    if (child !== undefined && !existsSync(path)) {
      throw new CheckpointError({ file: path }, `it is not there, and ${child} builds upon it`);
    }
    const content = readCheckpointFile(path);
    if (child !== undefined && content.digest !== expected) {
      throw new CheckpointError(
        { file: path },
        `it is not the checkpoint that ${child} builds upon`,
      );
    }
    chain.push({ directory: next, content });
    if (chain.length > Limits.chain) {
      throw new CheckpointError({ file: path }, 'the chain of checkpoints is too long; squash it');
    }
    expected = content.parent?.digest;
    next = content.parent === undefined ? undefined : resolve(next, content.parent.path);
  }
  return chain;
}

/** The image files of one memory, from the newest to that of the full checkpoint. */
export function imageFiles(chain: readonly ChainLink[], name: string): readonly ImageReferenceAt[] {
  const files: ImageReferenceAt[] = [];
  for (const { directory, content } of chain) {
    const reference = content.images.find(image => image.file === name);
    if (reference === undefined) {
      const path = join(directory, CHECKPOINT_FILE);
      throw new CheckpointError({ file: path }, `it has no image '${name}'`);
    }
    files.push({ ...reference, path: join(directory, name) });
  }
  return files;
}

/** An image that a checkpoint refers to, and its path. */
export interface ImageReferenceAt extends ImageReference {
  readonly path: string;
}

/**
 * Checks that an image is the one that its checkpoint refers to.
 * @param isRoot - whether it is to be a full image
 */
export function checkReference(
  image: ImageStructure,
  { path, size, digest }: ImageReferenceAt,
  isRoot: boolean,
): void {
  if (image.digest !== digest) {
    const owner = dirname(path);
    throw new CheckpointError(
      { file: path },
      `it does not belong to ${join(owner, CHECKPOINT_FILE)}`,
    );
  }
  if (image.size !== size) {
    const sizes = `${String(image.size)} bytes of memory, not ${String(size)}`;
    throw new CheckpointError({ file: path }, `it describes ${sizes}`);
  }
  if (image.incremental === isRoot) {
    const kind = isRoot ? 'full' : 'incremental';
    throw new CheckpointError(
      { file: path },
      `it is no image of ${kind === 'full' ? 'a full' : 'an incremental'} checkpoint`,
    );
  }
}

interface KnownImage {
  /** The directory of the checkpoint that it is of. */
  readonly directory: string;
  readonly image: MemoryImage;
}

/**
 * Images that chains make, remembered: whoever saves increment after increment reads each file once,
 * and not all of a growing chain each time.
 */
export class ChainImages {
  /** The one that was asked for last, of each name. */
  readonly #known = new Map<string, KnownImage>();

  /**
   * The memory that the images of a chain make together.
   * @throws {CheckpointError} when an image is damaged, or does not belong to its checkpoint
   */
  read(chain: readonly ChainLink[], name: string): MemoryImage {
    const files = imageFiles(chain, name);
    const known = this.#known.get(name);
    const start = chain.findIndex(link => isOf(known, link));
    const newer = start < 0 ? files : files.slice(0, start);
    let { size, pages } = start < 0 || known === undefined ? NO_IMAGE : known.image;
    for (const file of [...newer].reverse()) {
      const image = readImage(file.path);
      const isRoot = file === files.at(-1);
      checkReference(image, file, isRoot);
      if (!isRoot && image.size !== size) {
        const message = 'the memory has another size than its parent';
        throw new CheckpointError({ file: file.path }, message);
      }
      ({ size } = image);
      pages = overlay(pages, image);
    }
    const image = { size, pages, checkpoint: chain[0]?.content.digest ?? 0n };
    this.#known.set(name, { directory: chain[0]?.directory ?? '', image });
    return image;
  }
}

const NO_IMAGE: Omit<MemoryImage, 'checkpoint'> = { size: 0, pages: [] };

function isOf(known: KnownImage | undefined, { directory, content }: ChainLink): boolean {
  return known?.directory === directory && known.image.checkpoint === content.digest;
}

/** Pages with those of a newer image in their place. */
function overlay(older: readonly ImagePages[], newer: ImageStructure): readonly ImagePages[] {
  const added = newer.batches.flatMap(({ ranges, dataOffset }) => {
    let offset = dataOffset;
    return ranges.map(({ first, count }) => {
      const pages = { first, count, path: newer.path, offset };
      offset += count * ImagePageBytes;
      return pages;
    });
  });
  if (older.length === 0) return added;
  const removed = newer.batches
    .flatMap(({ ranges, zeros }) => [...ranges, ...zeros])
    .sort((a, b) => a.first - b.first);
  return [...without(older, removed), ...added].sort((a, b) => a.first - b.first);
}

/** Pages without those of `removed`; both are in ascending order. */
function* without(
  pages: readonly ImagePages[],
  removed: readonly PageRun[],
): Generator<ImagePages> {
  let next = 0;
  for (const { first, count, path, offset } of pages) {
    const end = first + count;
    let at = first;
    while ((removed[next]?.first ?? Infinity) + (removed[next]?.count ?? 0) <= first) next++;
    for (let i = next; at < end; i++) {
      const hole = removed[i];
      const stop = Math.min(end, hole?.first ?? Infinity);
      if (stop > at) {
        yield { first: at, count: stop - at, path, offset: offset + (at - first) * ImagePageBytes };
      }
      if (hole === undefined) break;
      at = Math.max(at, hole.first + hole.count);
    }
  }
}
