/** Whether a file is still the one that this process has written. */
import { fstatSync, statSync, type BigIntStats } from 'node:fs';

/** What changes when a file is replaced or written to. */
const FIELDS = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const;

/** Which file it is, and in which state. */
export type FileIdentity = Pick<BigIntStats, (typeof FIELDS)[number]>;

/** Of an open file that is written no more. */
export function identityOf(descriptor: number): FileIdentity {
  return fstatSync(descriptor, { bigint: true });
}

/**
 * Whether a path leads to the same file, which nobody has written to since. Before Linux 6.13, what is
 * written within the same tick of the kernel's clock, some milliseconds, is not noticed.
 */
export function isUnchanged(path: string, identity: FileIdentity): boolean {
  try {
    const now = statSync(path, { bigint: true });
    return FIELDS.every(field => now[field] === identity[field]);
  } catch {
    return false;
  }
}
