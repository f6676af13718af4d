/** Exchanging two files or folders in one step. */
import { Errno, ErrnoError } from './errno';
import { lastErrno, libc } from './libc';

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
