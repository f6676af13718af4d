/** Writing a checkpoint: everything or nothing. */
import { writeSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { atomicDirectory } from './atomicDirectory';
import { readChain, type ChainLink } from './chain';
import { ChainImages, type OwnImage } from './chainImages';
import { CheckpointError } from './checkpointError';
import { refuseParent } from './children';
import { CHECKPOINT_FILE, encodeCheckpoint } from './checkpointFile';
import { writeImage, type Progress } from './imageWriter';
import { withNewFiles, type NewFiles } from './newFiles';
import type { CheckpointSections } from './sections';
import { xxh64 } from './xxh64';

/** What is to be written. */
export interface CheckpointRequest {
  /** All state, and the memories that belong to it. */
  readonly sections: CheckpointSections;
  /** Who writes it, for people. */
  readonly producer: string;
  /** Simulated time, in ticks. */
  readonly tick: number;
  /** In Hz. */
  readonly ticksPerSecond: number;
  /** The configuration, as config.json has it. */
  readonly configuration: string;
  /** Directory of a checkpoint to save the difference to; absent: a full checkpoint. */
  readonly parent?: string | undefined;
  /** What is known of the memory of checkpoints that were parents before. */
  readonly images?: ChainImages | undefined;
  /** Told of every part of memory that is done, by its bytes. */
  readonly progress?: Progress | undefined;
}

/** What was written. */
export interface WrittenCheckpoint {
  /** Absolute path of the directory. */
  readonly directory: string;
  /** Pages of memory that were written. */
  readonly pages: number;
  /** Which checkpoint it is: the checksum of its `m5.cpt.pb`. */
  readonly digest: bigint;
}

/**
 * Writes a checkpoint to the directory of its sections. When it fails, nothing is left of it, and a
 * checkpoint that was there stays.
 * @throws {CheckpointError} when it cannot be written, the parent is none, or it would replace one that
 *   others build upon
 */
export function writeCheckpoint(request: CheckpointRequest): WrittenCheckpoint {
  const { sections } = request;
  const directory = resolve(sections.directory);
  const chain = request.parent === undefined ? undefined : readChain(request.parent);
  if (chain?.some(link => link.directory === directory) === true) {
    throw new CheckpointError(
      { file: directory },
      'a checkpoint cannot replace one that it builds upon',
    );
  }
  const { written, own } = atomicDirectory(directory, folder =>
    withNewFiles(folder, directory, files => writeFiles(files, request, chain)),
  );
  for (const image of own) request.images?.wrote({ directory, checkpoint: written.digest }, image);
  return written;
}

/** What was written, and the images of it. */
interface WrittenFiles {
  readonly written: WrittenCheckpoint;
  readonly own: readonly OwnImage[];
}

function writeFiles(
  files: NewFiles,
  request: CheckpointRequest,
  chain: readonly ChainLink[] | undefined,
): WrittenFiles {
  const { sections } = request.sections;
  const directory = resolve(request.sections.directory);
  const { own, pages } = writeImages(files, request, chain);
  const images = own.map(({ name, structure: { size, digest } }) => ({ file: name, size, digest }));
  const parent = chain?.[0];
  const bytes = encodeCheckpoint(join(directory, CHECKPOINT_FILE), {
    ...{ ...request, sections, images },
    parent: parent && {
      path: relative(directory, parent.directory),
      digest: parent.content.digest,
    },
  });
  files.write(CHECKPOINT_FILE, descriptor => {
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
  });
  const digest = xxh64(bytes);
  refuseParent(directory, digest);
  return { written: { directory, pages, digest }, own };
}

function writeImages(
  files: NewFiles,
  { sections, progress, images: known = new ChainImages() }: CheckpointRequest,
  chain: readonly ChainLink[] | undefined,
): { readonly own: readonly OwnImage[]; readonly pages: number } {
  const own: OwnImage[] = [];
  let pages = 0;
  for (const [name, source] of sections.imageSources) {
    const parent = chain && known.read(chain, name);
    if (parent !== undefined && parent.size !== source.size) {
      const place = { file: chain?.[0]?.directory ?? '' };
      throw new CheckpointError(place, `it is of a system with other memory ('${name}')`);
    }
    const path = join(resolve(sections.directory), name);
    const written = files.write(name, descriptor =>
      writeImage({ descriptor, path }, source, parent, progress ?? (() => undefined)),
    );
    own.push({ name, parent, structure: written.structure, identity: written.identity });
    pages += written.pages;
  }
  return { own, pages };
}
