/** Making one full checkpoint of a chain. */
import { withProgress } from '../base/index';
import { openCheckpoint } from './readCheckpoint';
import { FileImage } from './fileImage';
import { CheckpointSections } from './sections';
import { verifyCheckpoint } from './verify';
import { writeCheckpoint, type WrittenCheckpoint } from './writeCheckpoint';

/**
 * Writes a checkpoint, with everything that it builds upon, as a full one: the same, byte by byte,
 * that would have been written without parents.
 * @param source - directory of the checkpoint
 * @param target - directory to write; it may be the source itself
 * @throws {CheckpointError} when the chain is damaged, or the target cannot be written
 */
export function squashCheckpoint(source: string, target: string): WrittenCheckpoint {
  // Damaged pages must not get a checksum that says they are whole.
  verifyCheckpoint(source);
  const { chain, sections } = openCheckpoint(source);
  const [link] = chain;
  const content = link?.content;
  const full = new CheckpointSections(target, new Map(sections.sections));
  const images: FileImage[] = [];
  try {
    let total = 0;
    for (const { file, size } of content?.images ?? []) {
      const image = new FileImage(sections.memoryImage(file));
      images.push(image);
      full.addMemoryImage(file, image);
      total += size;
    }
    return withProgress('Squashing checkpoint', total, progress =>
      writeCheckpoint({
        ...{ sections: full, progress },
        producer: content?.producer ?? '',
        tick: content?.tick ?? 0,
        ticksPerSecond: content?.ticksPerSecond ?? 0,
        configuration: content?.configuration ?? '',
      }),
    );
  } finally {
    for (const image of images) image.close();
  }
}
