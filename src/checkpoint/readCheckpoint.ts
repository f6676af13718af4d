/** Reading a checkpoint, with those that it builds upon. */
import { dirname, resolve } from 'node:path';
import type { MemoryImage } from '../sim/index';
import { removeLeftovers } from './atomicDirectory';
import { readChain, type ChainLink } from './chain';
import { ChainImages } from './chainImages';
import { CheckpointSections } from './sections';

/** A checkpoint that has been read and found whole, except that pages of memory are not checked. */
export interface OpenCheckpoint {
  /** The checkpoint itself first, the full one at the root of its chain last. */
  readonly chain: readonly ChainLink[];
  /** Its state. */
  readonly sections: CheckpointSections;
}

/**
 * Reads a checkpoint. Its time does not depend on how much memory is in it.
 * @throws {CheckpointError} when it is damaged, incomplete or newer than this mini-gem5
 */
export function openCheckpoint(directory: string): OpenCheckpoint {
  removeLeftovers(dirname(resolve(directory)));
  const chain = readChain(directory);
  const content = chain[0]?.content;
  const images = new Map<string, MemoryImage>();
  const read = new ChainImages();
  for (const { file } of content?.images ?? []) images.set(file, read.read(chain, file));
  const sections = new CheckpointSections(resolve(directory), new Map(content?.sections), images);
  return { chain, sections };
}
