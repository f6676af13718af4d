/** Checkpoints that build upon one another: finding them and their images. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CheckpointError } from './checkpointError';
import {
  CHECKPOINT_FILE,
  readCheckpointFile,
  type CheckpointFileContent,
  type ImageReference,
} from './checkpointFile';
import type { ImageStructure } from './imageStructure';
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
