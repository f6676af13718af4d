/** Files that are written one after the other and brought to the disk together. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { startWriteback } from '../host/index';
import { fileError } from './checkpointError';

interface NewFile {
  /** The path that it will have. */
  readonly path: string;
  readonly descriptor: number;
}

/**
 * Files that are being made in a directory that is yet to get its name. None is waited for before all
 * are written: so one commit of a file system's journal is enough for all of them.
 */
export class NewFiles {
  readonly #folder: string;
  readonly #directory: string;
  readonly #files: NewFile[] = [];

  /**
   * @param folder - the directory now
   * @param directory - its path in the end, which errors name
   */
  constructor(folder: string, directory: string) {
    this.#folder = folder;
    this.#directory = directory;
  }

  /**
   * Makes a file.
   * @param name - its name in the directory
   * @param body - writes it, through the descriptor that it is given
   * @returns what `body` returns
   * @throws {CheckpointError} when the file is there already or cannot be written
   */
  write<Result>(name: string, body: (descriptor: number) => Result): Result {
    const path = join(this.#directory, name);
    try {
      const descriptor = openSync(join(this.#folder, name), 'wx', 0o664);
      this.#files.push({ path, descriptor });
      const result = body(descriptor);
      startWriteback(descriptor, 0, 0);
      return result;
    } catch (error) {
      throw fileError(path, 'writing it', error);
    }
  }

  /** Waits until all of them are on the disk. @throws {CheckpointError} when one does not get there */
  sync(): void {
    for (const { path, descriptor } of this.#files) {
      try {
        fsyncSync(descriptor);
      } catch (error) {
        throw fileError(path, 'writing it', error);
      }
    }
  }

  /** Closes them. Each must have been waited for, or nobody wants it any more. */
  close(): void {
    for (const { descriptor } of this.#files.splice(0)) closeSync(descriptor);
  }
}

/**
 * Makes files, and has them on the disk in the end.
 * @param folder - the directory now
 * @param directory - its path in the end, which errors name
 * @throws {CheckpointError} when that fails
 */
export function withNewFiles<Result>(
  folder: string,
  directory: string,
  body: (files: NewFiles) => Result,
): Result {
  const files = new NewFiles(folder, directory);
  try {
    const result = body(files);
    files.sync();
    return result;
  } finally {
    files.close();
  }
}
