/** How code below a system call's handler ends the call with an error number. */
import { Errno } from '../host/index';

/** Ends a system call. The dispatcher gives the program `-errno`; the error never gets further. */
export class SyscallFailure extends Error {
  /** The (positive) Linux error number. */
  readonly errno: number;

  constructor(errno: number) {
    super(`system call fails with error number ${String(errno)}`);
    this.name = 'SyscallFailure';
    this.errno = errno;
  }
}

// One object for all bad addresses: making an error, with its stack, is slow.
const badAddress = new SyscallFailure(Errno.EFAULT);

/** The program passed an address that it cannot use so itself. */
export function failBadAddress(): never {
  throw badAddress;
}

/** Does what could fail a system call. @returns false when it does */
export function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof SyscallFailure) return false;
    throw error;
  }
}

/** Ends the system call under way with this error number. */
export function failWith(errno: number): never {
  throw new SyscallFailure(errno);
}
