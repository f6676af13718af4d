/** Writing to the standard descriptors without losing anything. */
import { writeSync } from 'node:fs';

/**
 * Writes all of `data`, at once and in order, so that nothing is lost when the process ends.
 * A closed pipe has no reader to tell: what is left is dropped.
 */
export function writeAll(descriptor: number, data: Uint8Array): void {
  let rest = data;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      // A full pipe that does not block is tried again.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}
