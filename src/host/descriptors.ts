/**
 * File descriptors, without Node's own layer: synchronous, at any host address, and honest about
 * interruptions.
 *
 * Two styles. Functions whose name begins with `try` make one call and return its result or the
 * negated error number: what an emulated system call wants, and what lets a signal end a wait. The
 * others finish the job: they make an interrupted call again and throw on failure.
 */
import { constants as fsConstants } from 'node:fs';
import { Errno, ErrnoError } from './errno';
import { hostResources } from './hostResources';
import type { HostResource } from './hostResources';
import { lastErrno, libc } from './libc';
import type { HostPointer } from './libc';

/** What to wait for in {@link tryPoll} (`POLL*`), to be or-ed. */
export const PollEvent = {
  In: 0x001,
  Out: 0x004,
  Error: 0x008,
  HangUp: 0x010,
  Invalid: 0x020,
  ReadNormal: 0x040,
  WriteNormal: 0x100,
} as const;

/** Commands of {@link fcntl}. */
export const FcntlCommand = {
  DuplicateFd: 0,
  GetFdFlags: 1,
  SetFdFlags: 2,
  GetStatusFlags: 3,
  SetStatusFlags: 4,
  SetSignal: 10,
  SetOwnerEx: 15,
  DuplicateFdCloexec: 1030,
} as const;

/** The descriptor flag for `FcntlCommand.SetFdFlags`: close when another program is executed. */
export const FD_CLOEXEC = 1;
const O_CLOEXEC = 0o2000000;

/** Makes `call` until no signal interrupts it. `call` returns a result or a negated errno. */
function uninterrupted(call: () => number): number {
  for (;;) {
    const result = call();
    if (result !== -Errno.EINTR) return result;
  }
}

function orThrow(result: number, call: string, doing: string): number {
  if (result < 0) throw new ErrnoError({ call, errno: -result, doing });
  return result;
}

/** Opens a file: a descriptor, or the negated error number. It is closed on exec. */
export function tryOpen(path: string, flags: number, mode = 0o666): number {
  // SAFETY: koffi copies the path into a C string for the time of the call.
  const fd = libc.open(path, flags | O_CLOEXEC, mode);
  return fd >= 0 ? fd : -lastErrno();
}

/**
 * Opens a file or a device, closed on exec.
 *
 * @param flags - `O_*` from `node:fs` `constants`; default: read and write
 * @param mode - permissions of a file that is created
 * @throws {ErrnoError} when it cannot be opened
 */
export function open(path: string, flags: number = fsConstants.O_RDWR, mode = 0o666): number {
  const fd = uninterrupted(() => tryOpen(path, flags, mode));
  return orThrow(fd, 'open', `opening ${path}`);
}

/**
 * Closes a descriptor.
 *
 * Linux frees the descriptor whatever happens, so an interruption is no failure and the call is
 * never made twice: by then the number may be somebody else's.
 *
 * @throws {ErrnoError} when `fd` is not open (EBADF), or data written earlier was lost (EIO, ENOSPC)
 */
export function close(fd: number, doing = `closing descriptor ${String(fd)}`): void {
  // SAFETY: the caller owns the descriptor and does not use it again.
  const result = libc.close(fd);
  const errno = lastErrno();
  if (result < 0 && errno !== Errno.EINTR) throw new ErrnoError({ call: 'close', errno, doing });
}

/** One `read(2)`: bytes read (0 at the end of the file), or the negated error number. */
export function tryRead(fd: number, target: HostPointer, length: number): number {
  // SAFETY: the caller vouches for `length` writable bytes at `target`.
  const result = libc.read(fd, target, length);
  return result >= 0 ? result : -lastErrno();
}

/** One `write(2)`: bytes written, or the negated error number. */
export function tryWrite(fd: number, source: HostPointer, length: number): number {
  // SAFETY: the caller vouches for `length` readable bytes at `source`.
  const result = libc.write(fd, source, length);
  return result >= 0 ? result : -lastErrno();
}

/** One `pread(2)` at a file offset in bytes: bytes read, or the negated error number. */
export function tryPread(fd: number, target: HostPointer, length: number, offset: number): number {
  // SAFETY: as for tryRead().
  const result = libc.pread(fd, target, length, offset);
  return result >= 0 ? result : -lastErrno();
}

/** One `pwrite(2)` at a file offset in bytes: bytes written, or the negated error number. */
export function tryPwrite(fd: number, source: HostPointer, length: number, offset: number): number {
  // SAFETY: as for tryWrite().
  const result = libc.pwrite(fd, source, length, offset);
  return result >= 0 ? result : -lastErrno();
}

/**
 * One `readv(2)`: bytes read, or the negated error number.
 *
 * @param iovec - array of `struct iovec` (host address and length, 8 bytes each)
 * @param count - entries in it, at most 1024
 */
export function tryReadv(fd: number, iovec: HostPointer, count: number): number {
  // SAFETY: the caller vouches for `count` entries, each naming writable memory.
  const result = libc.readv(fd, iovec, count);
  return result >= 0 ? result : -lastErrno();
}

/** One `writev(2)`: bytes written, or the negated error number. Arguments as {@link tryReadv}. */
export function tryWritev(fd: number, iovec: HostPointer, count: number): number {
  // SAFETY: the caller vouches for `count` entries, each naming readable memory.
  const result = libc.writev(fd, iovec, count);
  return result >= 0 ? result : -lastErrno();
}

/**
 * One `poll(2)` on a caller's array of `struct pollfd`: entries that are ready, 0 after the
 * timeout, or the negated error number (`-Errno.EINTR` when a signal arrives).
 *
 * @param entries - array of `struct pollfd` (int fd, short events, short revents)
 * @param timeout - milliseconds; -1 waits for ever
 */
export function tryPollAll(entries: HostPointer, count: number, timeout: number): number {
  // SAFETY: the caller vouches for `count` entries of 8 bytes, which the kernel writes in place.
  const result = libc.poll(entries, count, timeout);
  return result >= 0 ? result : -lastErrno();
}

const pollEntry = new Int32Array(2);

/**
 * Waits until one descriptor is ready: the `PollEvent` bits that are true of it, 0 after the
 * timeout, or the negated error number (`-Errno.EINTR` when a signal arrives).
 *
 * @param events - `PollEvent` bits; errors and hang-ups are always reported
 * @param timeout - milliseconds; -1 waits for ever
 */
export function tryPoll(fd: number, events: number, timeout: number): number {
  pollEntry[0] = fd;
  pollEntry[1] = events; // revents, the upper half, starts at 0
  const result = tryPollAll(pollEntry, 1, timeout);
  return result > 0 ? pollEntry[1] >>> 16 : result;
}

/**
 * Reads until `target` is full or the file ends, waiting where the descriptor would block. Signals
 * do not end the wait.
 *
 * @returns bytes read; fewer than asked only at the end of the file
 * @throws {ErrnoError} when reading fails
 */
export function readFully(fd: number, target: Uint8Array, doing: string): number {
  let done = 0;
  while (done < target.length) {
    const rest = target.subarray(done);
    const count = tryRead(fd, rest, rest.length);
    if (count === -Errno.EAGAIN) tryPoll(fd, PollEvent.In, -1);
    else if (count === 0) break;
    else if (count !== -Errno.EINTR) done += orThrow(count, 'read', doing);
  }
  return done;
}

/**
 * Writes all of `source`, waiting where the descriptor would block. Signals do not end the wait.
 *
 * @throws {ErrnoError} when writing fails
 */
export function writeFully(fd: number, source: Uint8Array, doing: string): void {
  let done = 0;
  while (done < source.length) {
    const rest = source.subarray(done);
    const count = tryWrite(fd, rest, rest.length);
    if (count === -Errno.EAGAIN) tryPoll(fd, PollEvent.Out, -1);
    else if (count !== -Errno.EINTR) done += orThrow(count, 'write', doing);
  }
}

/**
 * Asks about or changes a descriptor.
 *
 * @param command - one of {@link FcntlCommand} whose argument is an integer
 * @throws {ErrnoError} when the kernel refuses
 */
export function fcntl(fd: number, command: number, argument: number, doing: string): number {
  // SAFETY: the commands offered take integers only.
  const result = libc.fcntl(fd, command, argument);
  if (result < 0) throw new ErrnoError({ call: 'fcntl', errno: lastErrno(), doing });
  return result;
}

/**
 * A second descriptor for the same open file, closed on exec.
 *
 * @param lowest - the new descriptor's number is at least this
 * @throws {ErrnoError} EBADF when `fd` is not open, EMFILE when there are too many
 */
export function dup(fd: number, lowest = 0): number {
  const doing = `duplicating descriptor ${String(fd)}`;
  return fcntl(fd, FcntlCommand.DuplicateFdCloexec, lowest, doing);
}

/**
 * Makes the descriptor `target` another one for the open file of `fd`, closing what it was.
 *
 * @throws {ErrnoError} EBADF when `fd` is not open
 */
export function duplicateTo(fd: number, target: number): void {
  // SAFETY: integers.
  const result = uninterrupted(() => {
    const duplicate = libc.dup2(fd, target);
    return duplicate < 0 ? -lastErrno() : duplicate;
  });
  if (result < 0) {
    const doing = `making descriptor ${String(target)} a duplicate of ${String(fd)}`;
    throw new ErrnoError({ call: 'dup2', errno: -result, doing });
  }
}

/**
 * A pipe, both ends closed on exec.
 *
 * @param flags - `O_NONBLOCK` or 0
 * @throws {ErrnoError} EMFILE when there are too many descriptors
 */
export function pipe(flags = 0): { readonly readEnd: number; readonly writeEnd: number } {
  const ends = new Int32Array(2);
  // SAFETY: the kernel writes two ints into `ends`.
  const result = libc.pipe2(ends, flags | O_CLOEXEC);
  if (result < 0)
    throw new ErrnoError({ call: 'pipe2', errno: lastErrno(), doing: 'opening a pipe' });
  return { readEnd: ends[0] ?? -1, writeEnd: ends[1] ?? -1 };
}

/**
 * An anonymous file in memory, closed on exec: for memory that several mappings or processes share.
 *
 * @param length - its size in bytes
 * @throws {ErrnoError} when it cannot be made that large
 */
export function memoryFile(name: string, length: number): number {
  const doing = `making the memory file ${name}`;
  const MFD_CLOEXEC = 1;
  // SAFETY: koffi copies the name for the time of the call.
  const fd = libc.memfd_create(name, MFD_CLOEXEC);
  if (fd < 0) throw new ErrnoError({ call: 'memfd_create', errno: lastErrno(), doing });
  // SAFETY: integers only.
  const result = libc.ftruncate(fd, length);
  const errno = lastErrno();
  if (result < 0) {
    close(fd);
    throw new ErrnoError({ call: 'ftruncate', errno, doing });
  }
  return fd;
}

/** Owns one descriptor. */
export class HostDescriptor implements HostResource {
  #fd: number;

  /** Takes over an open descriptor, whatever call returned it. */
  constructor(fd: number) {
    this.#fd = fd;
    hostResources.add(this);
  }

  /** Opens a file or a device as {@link open} does, and owns it. */
  static open(path: string, flags?: number, mode?: number): HostDescriptor {
    return new HostDescriptor(open(path, flags, mode));
  }

  /** The descriptor's number, -1 once closed: the kernel answers EBADF to that. */
  get fd(): number {
    return this.#fd;
  }

  /** Closes the descriptor; a second call does nothing. */
  dispose(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    hostResources.remove(this);
    close(fd);
  }
}
