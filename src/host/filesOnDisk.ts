/** Files and folders on the disk: what Node has no functions for. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Errno, ErrnoError } from './errno';
import { lastErrno, libc } from './libc';

/**
 * Has the kernel begin to write part of a file to the disk, without waiting for it: advice, which a
 * file system may ignore. It is no replacement for fsync(2).
 */
export function startWriteback(fd: number, offset: number, length: number): void {
  const SYNC_FILE_RANGE_WRITE = 2;
  // SAFETY: integers only.
  libc.sync_file_range(fd, offset, length, SYNC_FILE_RANGE_WRITE);
}

/**
 * Makes a folder, and those above it that are missing. Node's own `recursive` does not return where the
 * kernel makes no folders and says that one above is missing, as in /proc.
 *
 * @throws what Node throws when the kernel refuses
 */
export function makeFolders(path: string): void {
  // Mostly it is there: to ask is cheaper than an exception.
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || existsSync(parent)) throw error;
    makeFolders(parent);
    makeFolders(path);
  }
}

const AT_FDCWD = -100;
const RENAME_EXCHANGE = 2;

/**
 * Gives each of two existing paths, on one file system, what the other has, in one step: whoever
 * looks finds the one state or the other (renameat2(2)).
 *
 * @returns false when the file system cannot do that
 * @throws {ErrnoError} when it fails otherwise
 */
export function exchangePaths(first: string, second: string): boolean {
  // SAFETY: koffi copies the paths into C strings for the time of the call.
  const result = libc.renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
  if (result === 0) return true;
  const errno = lastErrno();
  if (errno === Errno.EINVAL || errno === Errno.ENOSYS) return false;
  throw new ErrnoError({ call: 'renameat2', errno, doing: `exchanging ${first} and ${second}` });
}

/** Makes a FIFO. @returns 0, or the negated error number */
export function makeFifo(path: string, permissions: number): number {
  // SAFETY: koffi copies the path into a C string for the time of the call.
  const result = libc.mkfifo(path, permissions);
  return result < 0 ? -lastErrno() : 0;
}
