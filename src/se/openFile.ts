/**
 * Open files of a program: what Linux calls an open file description. Several descriptors may share
 * one, and with it the position.
 */
import { Errno, PollEvent } from '../host/index';
import type { FileBacking } from './vma';

/** Bytes in host memory that a call reads or fills: a program's own memory, or a buffer for it. */
export interface HostSpan {
  readonly bytes: Uint8Array;
  /** Where in `bytes` they begin. */
  readonly offset: number;
  /** The host address of the first of them. */
  readonly hostAddress: number;
}

/** Flags of open(2), as x86-64 Linux numbers them. */
export const OpenFlag = {
  AccessMode: 0o3,
  ReadOnly: 0,
  WriteOnly: 1,
  ReadWrite: 2,
  Create: 0o100,
  Exclusive: 0o200,
  Truncate: 0o1000,
  Append: 0o2000,
  NonBlock: 0o4000,
  DataSync: 0o10000,
  Direct: 0o40000,
  LargeFile: 0o100000,
  Directory: 0o200000,
  NoFollow: 0o400000,
  NoAccessTime: 0o1000000,
  CloseOnExec: 0o2000000,
  Sync: 0o4010000,
  Path: 0o10000000,
} as const;

/** What a file that can be read, or written, is ready for. */
export const READ_EVENTS: number = PollEvent.In | PollEvent.ReadNormal;
export const WRITE_EVENTS: number = PollEvent.Out | PollEvent.WriteNormal;

/** What is known about a file; fields as in stat(2). Times in nanoseconds since 1970. */
export interface FileStatus {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mode: bigint;
  readonly nlink: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly rdev: bigint;
  readonly size: bigint;
  readonly blksize: bigint;
  readonly blocks: bigint;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly birthtimeNs: bigint;
}

/** An open file. Calls return a result or a negated error number. */
export abstract class OpenFile {
  /** The path that the program opened, or what stands for one. */
  readonly path: string;
  /** Access mode, `Append` and `NonBlock`: what fcntl(F_GETFL) reports. */
  flags: number;
  /** Where the next read or write happens, in bytes, for files that have positions. */
  position = 0;
  #users = 1;

  constructor(path: string, flags: number) {
    this.path = path;
    this.flags = flags;
  }

  get readable(): boolean {
    return (this.flags & OpenFlag.AccessMode) !== OpenFlag.WriteOnly;
  }

  get writable(): boolean {
    return (this.flags & OpenFlag.AccessMode) !== OpenFlag.ReadOnly;
  }

  /** Whether the file has positions: it can be read at any offset. */
  get seekable(): boolean {
    return false;
  }

  /** Whether it is a terminal. */
  get terminal(): boolean {
    return false;
  }

  /** Whether it is a directory. */
  get isDirectory(): boolean {
    return false;
  }

  /** Where the file is: what it was opened by, unless the host knows of a move. */
  currentPath(): string {
    return this.path;
  }

  /** Bytes that can be read without waiting, -1 where nobody knows. */
  get waitingBytes(): number {
    return this.seekable ? Math.max(0, this.size() - this.position) : -1;
  }

  /**
   * What of it is ready, without waiting for it.
   * @param events - `PollEvent` bits to look at; errors and hang-ups are always reported.
   */
  poll(events: number): number {
    return events & (READ_EVENTS | WRITE_EVENTS);
  }

  /** Whether the host decides when it is ready, so that waiting for it takes host time. */
  get waitsForHost(): boolean {
    return false;
  }

  /** The host's descriptor, -1 where there is none. */
  get descriptor(): number {
    return -1;
  }

  /** Contents for memory mappings, `undefined` where there is no such thing. */
  get backing(): FileBacking | undefined {
    return undefined;
  }

  /** Reads up to `length` bytes; `position` only for seekable files. */
  abstract read(target: HostSpan, length: number, position: number): number;
  /** Writes up to `length` bytes; `position` only for seekable files. */
  abstract write(source: HostSpan, length: number, position: number): number;
  abstract status(): FileStatus;

  /** Bytes in a seekable file. */
  size(): number {
    return 0;
  }

  /** Called when the last descriptor is gone. */
  protected dispose(): void {
    // Nothing by default.
  }

  retain(): void {
    this.#users++;
  }

  release(): void {
    if (--this.#users === 0) this.dispose();
  }
}

const S_IFCHR = 0o020000;

/** A device that the simulator itself provides. */
export abstract class EmulatedDevice extends OpenFile {
  readonly #minor: number;

  /** @param minor - the device's number among Linux's memory devices. */
  constructor(path: string, flags: number, minor: number) {
    super(path, flags);
    this.#minor = minor;
  }

  status(): FileStatus {
    const time = 0n;
    return {
      ...{ dev: 5n, ino: BigInt(this.#minor), mode: BigInt(S_IFCHR | 0o666), nlink: 1n },
      ...{ uid: 0n, gid: 0n, rdev: BigInt((1 << 8) | this.#minor), size: 0n },
      ...{ blksize: 4096n, blocks: 0n },
      ...{ atimeNs: time, mtimeNs: time, ctimeNs: time, birthtimeNs: time },
    };
  }
}

/** `/dev/null` */
export class NullDevice extends EmulatedDevice {
  constructor(flags: number) {
    super('/dev/null', flags, 3);
  }

  read(): number {
    return 0;
  }

  write(_source: HostSpan, length: number): number {
    return length;
  }
}

/** `/dev/zero`, and `/dev/full`, to which nothing can be written. */
export class ZeroDevice extends EmulatedDevice {
  constructor(path: '/dev/zero' | '/dev/full', flags: number) {
    super(path, flags, path === '/dev/zero' ? 5 : 7);
  }

  read(target: HostSpan, length: number): number {
    target.bytes.fill(0, target.offset, target.offset + length);
    return length;
  }

  write(_source: HostSpan, length: number): number {
    return this.path === '/dev/full' ? -Errno.ENOSPC : length;
  }
}

/** `/dev/random` and `/dev/urandom`: the program's own random numbers, the same in every run. */
export class RandomDevice extends EmulatedDevice {
  readonly #fill: (target: Uint8Array) => void;

  constructor(path: string, flags: number, fill: (target: Uint8Array) => void) {
    super(path, flags, path === '/dev/random' ? 8 : 9);
    this.#fill = fill;
  }

  read(target: HostSpan, length: number): number {
    this.#fill(target.bytes.subarray(target.offset, target.offset + length));
    return length;
  }

  write(_source: HostSpan, length: number): number {
    return length;
  }
}
