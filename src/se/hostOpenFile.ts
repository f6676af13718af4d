/** Open files of a program that are files of the host. */
import { closeSync, constants, fstatSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { isatty } from 'node:tty';
import { Errno, PollEvent, tryOpen, tryPoll, tryPread, tryPwrite } from '../host/index';
import { tryRead, tryWrite } from '../host/index';
import { descriptorPath } from './fileAccess';
import { HostFile } from './hostFile';
import { waitForHost, type HostWait } from './hostWait';
import { OpenFile, OpenFlag, type FileStatus, type HostSpan } from './openFile';
import { failWith } from './syscallFailure';
import { RESTART } from './syscallResult';
import type { FileBacking } from './vma';

function hostStatus(descriptor: number): FileStatus {
  return fstatSync(descriptor, { bigint: true });
}

/** A regular file: it has a position, kept here and not by the host. */
export class RegularFile extends OpenFile {
  readonly #file: HostFile;

  /** @param file - this object takes over one use of it. */
  constructor(file: HostFile, flags: number) {
    super(file.path, flags);
    this.#file = file;
  }

  override get seekable(): boolean {
    return true;
  }

  override get descriptor(): number {
    return this.#file.descriptor;
  }

  override get backing(): FileBacking {
    return this.#file;
  }

  override size(): number {
    return this.#file.size();
  }

  read(target: HostSpan, length: number, position: number): number {
    return tryPread(this.descriptor, target.hostAddress, length, position);
  }

  write(source: HostSpan, length: number, position: number): number {
    return tryPwrite(this.descriptor, source.hostAddress, length, position);
  }

  status(): FileStatus {
    return hostStatus(this.descriptor);
  }

  protected override dispose(): void {
    this.#file.release();
  }
}

/** One name in a directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly ino: bigint;
  /** File type bits of `st_mode`. */
  readonly type: number;
}

const S_IFMT = 0o170000;

/** A directory. Its position counts entries. */
export class DirectoryFile extends OpenFile {
  readonly #descriptor: number;
  #entries: readonly DirectoryEntry[] = [];

  constructor(descriptor: number, path: string, flags: number) {
    super(path, flags);
    this.#descriptor = descriptor;
  }

  override get descriptor(): number {
    return this.#descriptor;
  }

  override get isDirectory(): boolean {
    return true;
  }

  /** The entries, in order of names; listed anew when the position is at the start. */
  entries(): readonly DirectoryEntry[] {
    if (this.position === 0) {
      const folder = descriptorPath(this.#descriptor);
      const names = ['.', '..', ...readdirSync(folder).sort()];
      this.#entries = names.flatMap(name => {
        const stat = lstatSync(`${folder}/${name}`, { bigint: true, throwIfNoEntry: false });
        if (stat === undefined) return [];
        return [{ name, ino: stat.ino, type: Number(stat.mode) & S_IFMT }];
      });
    }
    return this.#entries;
  }

  /** Where the directory is now, if it is anywhere. */
  override currentPath(): string {
    return readlinkSync(descriptorPath(this.#descriptor));
  }

  /** Puts back the entries of a listing that is under way. */
  restoreEntries(entries: readonly DirectoryEntry[]): void {
    this.#entries = entries;
  }

  read(): number {
    return -Errno.EISDIR;
  }

  write(): number {
    return -Errno.EBADF;
  }

  status(): FileStatus {
    return hostStatus(this.#descriptor);
  }

  protected override dispose(): void {
    closeSync(this.#descriptor);
  }
}

/** Terminals, pipes and whatever else has no position of the program's own. */
export class StreamFile extends OpenFile {
  readonly #descriptor: number;
  readonly #owned: boolean;
  readonly #hostWait: HostWait;
  readonly #terminal: boolean;

  /**
   * @param owned - close the descriptor with the file.
   * @param hostWait - asked while a call waits for the host.
   */
  constructor(descriptor: number, path: string, flags: number, owned: boolean, hostWait: HostWait) {
    super(path, flags);
    this.#descriptor = descriptor;
    this.#owned = owned;
    this.#hostWait = hostWait;
    this.#terminal = isatty(descriptor);
  }

  override get terminal(): boolean {
    return this.#terminal;
  }

  override get descriptor(): number {
    return this.#descriptor;
  }

  override get waitingBytes(): number {
    return -1;
  }

  override get waitsForHost(): boolean {
    return true;
  }

  override poll(events: number): number {
    return Math.max(0, tryPoll(this.#descriptor, events, 0));
  }

  /** Waits until the host is ready. Returns 0, or why there is no more waiting. */
  #wait(event: number): number {
    const patient = (this.flags & OpenFlag.NonBlock) === 0;
    if (!patient && tryPoll(this.#descriptor, event, 0) === 0) return -Errno.EAGAIN;
    const look = (milliseconds: number): number => tryPoll(this.#descriptor, event, milliseconds);
    return Math.min(0, waitForHost(look, this.#hostWait));
  }

  read(target: HostSpan, length: number): number {
    for (;;) {
      const ready = this.#wait(PollEvent.In);
      if (ready !== 0) return ready;
      const count = tryRead(this.#descriptor, target.hostAddress, length);
      if (count !== -Errno.EAGAIN && count !== -Errno.EINTR) return count;
    }
  }

  write(source: HostSpan, length: number): number {
    let done = 0;
    while (done < length) {
      const count = tryWrite(this.#descriptor, source.hostAddress + done, length - done);
      if (count >= 0) {
        done += count;
        // The host takes less than all of it when a signal came.
        if (done < length && this.#hostWait.interrupted()) return done;
      } else if (count === -Errno.EAGAIN) {
        const ready = this.#wait(PollEvent.Out);
        if (ready !== 0) return done > 0 ? done : ready;
      } else if (count !== -Errno.EINTR) {
        return done > 0 ? done : count;
      } else if (this.#hostWait.interrupted()) {
        return done > 0 ? done : RESTART;
      }
    }
    return done;
  }

  status(): FileStatus {
    return hostStatus(this.#descriptor);
  }

  protected override dispose(): void {
    if (this.#owned) closeSync(this.#descriptor);
  }
}

const HOST_FLAGS: readonly (readonly [guest: number, host: number])[] = [
  [OpenFlag.Create, constants.O_CREAT],
  [OpenFlag.Exclusive, constants.O_EXCL],
  [OpenFlag.Truncate, constants.O_TRUNC],
  [OpenFlag.Append, constants.O_APPEND],
  [OpenFlag.DataSync, constants.O_DSYNC],
  [OpenFlag.Directory, constants.O_DIRECTORY],
  [OpenFlag.Sync, constants.O_SYNC],
];

/** Flags that stay with the open file. */
const KEPT_FLAGS = OpenFlag.AccessMode | OpenFlag.Append | OpenFlag.NonBlock;

/**
 * Opens a file of the host for a program.
 * @param hostPath - leads to the place; a symbolic link at its end is not followed.
 * @param place - canonical path, checked against what the program may use.
 * @param flags - the program's flags (`OpenFlag`).
 * @param mode - permissions of a file that is created.
 * @throws {SyscallFailure} with the host's error; EACCES for devices and sockets.
 */
export function openHostFile(
  hostPath: string,
  place: string,
  flags: number,
  mode: number,
  hostWait: HostWait,
): OpenFile {
  // The path has no symbolic links left; one that appears now was put there to get out.
  let hostFlags = (flags & OpenFlag.AccessMode) | constants.O_NOFOLLOW | constants.O_NOCTTY;
  for (const [guest, host] of HOST_FLAGS) if ((flags & guest) === guest) hostFlags |= host;
  // Opening one end of a named pipe would wait for the other with no way to interrupt it.
  const descriptor = tryOpen(hostPath, hostFlags | constants.O_NONBLOCK, mode);
  if (descriptor < 0) return failWith(-descriptor);
  const stat = fstatSync(descriptor);
  const kept = flags & KEPT_FLAGS;
  if (stat.isFile()) {
    const both = (flags & OpenFlag.AccessMode) === OpenFlag.ReadWrite;
    return new RegularFile(new HostFile(descriptor, place, both), kept);
  }
  if (stat.isDirectory()) return new DirectoryFile(descriptor, place, kept);
  if (stat.isFIFO()) return new StreamFile(descriptor, place, kept, true, hostWait);
  closeSync(descriptor);
  return failWith(Errno.EACCES);
}
