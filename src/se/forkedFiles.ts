/** The open files of a program in a forked child. */
import { closeSync, constants, existsSync, fstatSync, realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fatal } from '../base/index';
import { copyFileStart, duplicateTo, errnoText, fcntl, tryOpen } from '../host/index';
import { FcntlCommand, FD_CLOEXEC } from '../host/index';
import { OpenFlag, type OpenFile } from './openFile';

/** Files of an output directory that a program has open, with their sizes at one moment. */
export class OutputFiles {
  /** The directory as it is called, and without symbolic links. */
  readonly #directories: readonly string[];
  readonly #sizes = new Map<OpenFile, number>();

  /**
   * Notes the files and their sizes; to be made before the fork, since the parent writes on.
   * @param directory - absolute
   */
  constructor(directory: string, files: Iterable<OpenFile>) {
    this.#directories = existsSync(directory) ? [directory, realpathSync(directory)] : [];
    for (const file of files) {
      if (file.seekable && this.#nameOf(file) !== undefined) {
        this.#sizes.set(file, fstatSync(file.descriptor).size);
      }
    }
  }

  /** The file's path from the directory on; undefined for one elsewhere. */
  #nameOf(file: OpenFile): string | undefined {
    const path = resolve(file.path);
    const directory = this.#directories.find(each => path.startsWith(`${each}/`));
    return directory === undefined ? undefined : relative(directory, path);
  }

  /**
   * In the child: the program goes on in copies of its own, at the same positions.
   * @throws {FatalError} when a copy cannot be made
   */
  moveTo(directory: string): void {
    const moved = new Map<number, string>();
    for (const [file, size] of this.#sizes) {
      const path = join(directory, this.#nameOf(file) ?? '');
      if (!moved.has(file.descriptor)) {
        copyFileStart(file.path, path, size);
        reopen(file, path);
      }
      moved.set(file.descriptor, path);
    }
  }
}

/** Lets the file's descriptor stand for another file, opened in the same way. */
function reopen(file: OpenFile, path: string): void {
  const append = (file.flags & OpenFlag.Append) === 0 ? 0 : constants.O_APPEND;
  // Standard output is opened for reading as well, so that memory can be mapped from it.
  const opened = tryOpen(path, (file.writable ? constants.O_RDWR : constants.O_RDONLY) | append);
  if (opened < 0) fatal(`cannot open ${path} for the program: ${errnoText(-opened)}`);
  duplicateTo(opened, file.descriptor);
  closeSync(opened);
  const doing = `opening ${path} for the program`;
  fcntl(file.descriptor, FcntlCommand.SetFdFlags, FD_CLOEXEC, doing);
}
