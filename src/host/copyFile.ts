/** Copying files. */
import { constants, copyFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from './filesOnDisk';

/**
 * Copies the first bytes of a file: what somebody else appends meanwhile is left out. The folders of
 * the copy are made.
 *
 * @param length - bytes, at most those in the file
 * @throws what Node throws when either file cannot be used
 */
export function copyFileStart(from: string, to: string, length: number): void {
  makeFolders(dirname(to));
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
  truncateSync(to, length);
}
