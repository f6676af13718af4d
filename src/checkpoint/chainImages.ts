/** The memories that the images of a chain of checkpoints make together. */
import { ImagePageBytes, type ImagePages, type MemoryImage, type PageRun } from '../sim/index';
import { checkReference, imageFiles, type ChainLink } from './chain';
import { CheckpointError } from './checkpointError';
import { isUnchanged, type FileIdentity } from './fileIdentity';
import { readImage } from './imageReader';
import type { ImageStructure } from './imageStructure';

/** Which checkpoint an image is of. */
interface ImageOwner {
  /** Its directory. */
  readonly directory: string;
  /** Its checksum. */
  readonly checkpoint: bigint;
}

interface KnownImage extends ImageOwner {
  readonly image: MemoryImage;
}

/** An image that this process has written. */
export interface OwnImage {
  /** Its name. */
  readonly name: string;
  /** The memory that it changes; undefined for a full image. */
  readonly parent: MemoryImage | undefined;
  readonly structure: ImageStructure;
  /** The file, as it was when all of it was written. */
  readonly identity: FileIdentity;
}

/**
 * Images that chains make, remembered: whoever saves increment after increment reads each file once,
 * and not all of a growing chain each time; what this process has written itself, not even once.
 */
export class ChainImages {
  /** The one that was asked for last, of each name. */
  readonly #known = new Map<string, KnownImage>();
  /** The one that was written last, of each name. */
  readonly #own = new Map<string, OwnImage & ImageOwner>();

  /**
   * The memory that the images of a chain make together.
   * @throws {CheckpointError} when an image is damaged, or does not belong to its checkpoint
   */
  read(chain: readonly ChainLink[], name: string): MemoryImage {
    const files = imageFiles(chain, name);
    const known = this.#knownOf(chain, name);
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
    const checkpoint = chain[0]?.content.digest ?? 0n;
    const image = { size, pages, checkpoint };
    this.#known.set(name, { directory: chain[0]?.directory ?? '', checkpoint, image });
    return image;
  }

  /** Remembers an image of a checkpoint that is on the disk now. */
  wrote(owner: ImageOwner, image: OwnImage): void {
    this.#own.set(image.name, { ...owner, ...image });
  }

  #knownOf(chain: readonly ChainLink[], name: string): KnownImage | undefined {
    const own = this.#own.get(name);
    if (own === undefined || !chain.some(link => isOf(own, link))) return this.#known.get(name);
    const { directory, checkpoint, parent, structure } = own;
    // Whatever has been done to the file since, its reader finds out.
    if (!isUnchanged(structure.path, own.identity)) return this.#known.get(name);
    const pages = overlay(parent?.pages ?? [], structure);
    this.#own.delete(name);
    return { directory, checkpoint, image: { size: structure.size, pages, checkpoint } };
  }
}

const NO_IMAGE: Omit<MemoryImage, 'checkpoint'> = { size: 0, pages: [] };

function isOf(owner: ImageOwner | undefined, { directory, content }: ChainLink): boolean {
  return owner?.directory === directory && owner.checkpoint === content.digest;
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
