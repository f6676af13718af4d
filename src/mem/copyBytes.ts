/** Copying between stretches of byte arrays. */

/** Up to this size a loop beats the two objects that a typed-array copy makes. */
const LOOP_BYTES = 32;

/**
 * Copies `size` bytes. Within one array the stretches may overlap; the result is as if the bytes had
 * been taken out first. Short stretches of two views onto the same buffer must not overlap.
 *
 * @throws {RangeError} when a long stretch does not lie within its array
 */
export function copyBytes(
  source: Uint8Array,
  sourceOffset: number,
  target: Uint8Array,
  targetOffset: number,
  size: number,
): void {
  if (size > LOOP_BYTES) {
    target.set(source.subarray(sourceOffset, sourceOffset + size), targetOffset);
  } else if (source === target && sourceOffset < targetOffset) {
    for (let i = size - 1; i >= 0; i--) target[targetOffset + i] = source[sourceOffset + i] ?? 0;
  } else {
    for (let i = 0; i < size; i++) target[targetOffset + i] = source[sourceOffset + i] ?? 0;
  }
}
