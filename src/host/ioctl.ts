/** `ioctl(2)`, for devices whose requests take an integer or one block of bytes. */
import { Errno, ErrnoError } from './errno';
import { lastErrno, libc } from './libc';
import type { HostPointer } from './libc';

/**
 * Asks a device driver for something.
 *
 * A call that a signal interrupts has done nothing and is made again, so `EINTR` is never thrown;
 * {@link ioctlRaw} is for requests that are meant to be interrupted.
 *
 * @param fd - open descriptor of the device
 * @param request - request number, below 2^32
 * @param argument - an integer or host address, or a view onto the request's struct, which the
 *   driver reads and writes in place; it must be as large as the struct that `request` encodes
 * @param doing - for the error message: what this is for, as a verb in -ing form
 * @returns what the driver returns, at least 0
 * @throws {ErrnoError} when the driver refuses
 */
export function ioctl(fd: number, request: number, argument: HostPointer, doing: string): number {
  for (;;) {
    // SAFETY: the caller passes an argument that fits the request; a view stays alive as a
    // parameter of this function.
    const result = libc.ioctl(fd, request, argument);
    if (result >= 0) return result;
    const errno = lastErrno();
    if (errno !== Errno.EINTR) throw new ErrnoError({ call: 'ioctl', errno, doing });
  }
}

/**
 * As {@link ioctl}, but returns the negated error number (`-Errno.EINTR`) instead of throwing,
 * makes an interrupted call only once, and allocates nothing: for requests on a hot path.
 */
export function ioctlRaw(fd: number, request: number, argument: HostPointer): number {
  // SAFETY: as in ioctl().
  const result = libc.ioctl(fd, request, argument);
  return result >= 0 ? result : -lastErrno();
}
