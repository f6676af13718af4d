/** Open files of a program that are files of the host. */
import { closeSync, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { Errno, PollEvent, tryPoll, tryPread, tryPwrite, tryRead, tryWrite } from '../host/index';
import { HostFile } from './hostFile';
import { OpenFile, OpenFlag, type FileStatus, type HostSpan } from './openFile';
import { RESTART } from './syscallResult';
import type { FileBacking } from './vma';

/** Says whether the user wants the simulation to stop. */
export type InterruptCheck = () => boolean;

/** Milliseconds between looks at whether the user wants to stop, while a call waits. */
const LOOK_INTERVAL = 50;

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

/** A directory. */
export class DirectoryFile extends OpenFile {
  readonly #descriptor: number;

  constructor(descriptor: number, path: string, flags: number) {
    super(path, flags);
    this.#descriptor = descriptor;
  }

  override get descriptor(): number {
    return this.#descriptor;
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
  readonly #interrupted: InterruptCheck;
  readonly #terminal: boolean;

  /**
   * @param owned - close the descriptor with the file.
   * @param interrupted - asked while a call waits for the host.
   */
  constructor(
    descriptor: number,
    path: string,
    flags: number,
    owned: boolean,
    interrupted: InterruptCheck,
  ) {
    super(path, flags);
    this.#descriptor = descriptor;
    this.#owned = owned;
    this.#interrupted = interrupted;
    this.#terminal = isatty(descriptor);
  }

  override get terminal(): boolean {
    return this.#terminal;
  }

  override get descriptor(): number {
    return this.#descriptor;
  }

  /**
   * Waits until the host is ready, in steps, since a signal does not always end a wait.
   * @returns 0, EAGAIN (the program does not want to wait) or {@link RESTART}.
   */
  #wait(event: number): number {
    const patient = (this.flags & OpenFlag.NonBlock) === 0;
    for (;;) {
      const ready = tryPoll(this.#descriptor, event, patient ? LOOK_INTERVAL : 0);
      if (ready > 0) return 0;
      if (ready < 0 && ready !== -Errno.EINTR) return ready;
      if (!patient) return -Errno.EAGAIN;
      if (this.#interrupted()) return RESTART;
    }
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
      } else if (count === -Errno.EAGAIN) {
        const ready = this.#wait(PollEvent.Out);
        if (ready !== 0) return done > 0 ? done : ready;
      } else if (count !== -Errno.EINTR) {
        return done > 0 ? done : count;
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
