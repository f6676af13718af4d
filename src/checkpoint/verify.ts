/** Checking all of a checkpoint, pages of memory and parents included. */
import { statSync } from 'node:fs';
import { withProgress } from '../base/index';
import { imageFiles, checkReference } from './chain';
import { verifyImage } from './imageReader';
import { openCheckpoint } from './readCheckpoint';

/** What was checked. */
export interface VerifiedCheckpoint {
  /** Checkpoints in the chain, 1 for a full one. */
  readonly checkpoints: number;
  readonly sections: number;
  /** Bytes of image files that were read. */
  readonly bytes: number;
}

/**
 * Checks everything.
 * @throws {CheckpointError} when something is damaged, with file and offset
 */
export function verifyCheckpoint(directory: string): VerifiedCheckpoint {
  const { chain, sections } = openCheckpoint(directory);
  const files = (chain[0]?.content.images ?? []).flatMap(({ file }) => {
    const references = imageFiles(chain, file);
    return references.map((reference, i) => ({
      reference,
      isRoot: i === references.length - 1,
      bytes: statSync(reference.path).size,
    }));
  });
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  withProgress('Verifying checkpoint', bytes, advance => {
    for (const { reference, isRoot } of files) {
      let before = 0;
      const image = verifyImage(reference.path, done => {
        advance(done - before);
        before = done;
      });
      checkReference(image, reference, isRoot);
    }
  });
  return { checkpoints: chain.length, sections: sections.sectionNames().length, bytes };
}
