/** Files that are written one after the other and brought to the disk together. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { startWriteback } from '../host/index';
import { fileError } from './checkpointError';

interface NewFile {
  readonly path: string;
  readonly descriptor: number;
}

/**
 * Files that are being made. None is waited for before all are written: so one commit of a file
 * system's journal is enough for all of them.
 */
export class NewFiles {
  readonly #files: NewFile[] = [];

  /**
   * Makes a file.
   * @param body - writes it, through the descriptor that it is given
   * @returns what `body` returns
   * @throws {CheckpointError} when the file is there already or cannot be written
   */
  write<Result>(path: string, body: (descriptor: number) => Result): Result {
    try {
      const descriptor = openSync(path, 'wx', 0o664);
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

  close(): void {
    for (const { descriptor } of this.#files.splice(0)) closeSync(descriptor);
  }
}

/** Makes files, and has them on the disk in the end. @throws {CheckpointError} when that fails */
export function withNewFiles<Result>(body: (files: NewFiles) => Result): Result {
  const files = new NewFiles();
  try {
    const result = body(files);
    files.sync();
    return result;
  } finally {
    files.close();
  }
}
