/** What a failed system call looks like to the rest of the program. */
import { SimError } from '../base/index';
import { ERRNO_ROWS } from './errnoTable';

/** The name of a Linux error number, such as `'ENOENT'`. */
export type ErrnoName = (typeof ERRNO_ROWS)[number][1];

/**
 * Error numbers by name: `Errno.EINTR === 4`. The two names that share a number with another
 * (`EWOULDBLOCK`, `ENOTSUP`) are left out; write `EAGAIN` and `EOPNOTSUPP`.
 */
export const Errno = Object.freeze(
  Object.fromEntries(ERRNO_ROWS.map(([number, name]) => [name, number])),
) as Readonly<Record<ErrnoName, number>>;

const rowByNumber = new Map<number, { readonly name: string; readonly text: string }>(
  ERRNO_ROWS.map(([number, name, text]) => [number, { name, text }]),
);

/** The name of an error number, `'E<number>'` for one that Linux does not define. */
export function errnoName(errno: number): string {
  return rowByNumber.get(errno)?.name ?? `E${String(errno)}`;
}

/** The description of an error number, as the C library's `strerror` gives it. */
export function errnoText(errno: number): string {
  return rowByNumber.get(errno)?.text ?? `Unknown error ${String(errno)}`;
}

/** What is known about a failed call, given to {@link ErrnoError}. */
export interface ErrnoFailure {
  /** The C library function that failed, such as `'open'`. */
  readonly call: string;
  /** The (positive) error number it left. */
  readonly errno: number;
  /** What the program was doing, as a verb in -ing form: `'opening /dev/kvm'`. */
  readonly doing: string;
}

/**
 * A system call failed. Tests and callers look at {@link ErrnoError.code}, never at the message.
 */
export class ErrnoError extends SimError {
  readonly kind = 'errno';
  /** The C library function that failed. */
  readonly call: string;
  /** The (positive) error number. */
  readonly errno: number;
  /** The error number's name, such as `'ENOENT'`. */
  readonly code: string;
  /** What the program was doing. */
  readonly doing: string;

  constructor({ call, errno, doing }: ErrnoFailure) {
    const code = errnoName(errno);
    super(`${call} failed while ${doing}: ${errnoText(errno)} (${code})`);
    this.name = 'ErrnoError';
    this.call = call;
    this.errno = errno;
    this.code = code;
    this.doing = doing;
  }
}

/** True when `error` is an {@link ErrnoError}, and carries `code` if one is given. */
export function isErrnoError(error: unknown, code?: ErrnoName): error is ErrnoError {
  return error instanceof ErrnoError && (code === undefined || error.code === code);
}
