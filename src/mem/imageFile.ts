/** A file of the host whose contents become the contents of memory: a program, a disk, a dump. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { fatal, withProgress } from '../base/index';

/** Bytes that are read at a time; between two pieces, progress is shown. */
const PIECE = 1 << 23;

/** Takes one piece of an image. */
export type PieceTaker = (piece: Uint8Array, position: number) => void;

/** An image that is open for reading, until {@link close}. */
export class ImageFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly #descriptor: number;
  readonly #name: string;

  /**
   * @param name - what messages call it
   * @throws {FatalError} when it is missing, no regular file, or not readable
   */
  constructor(path: string, name = path) {
    this.path = path;
    this.#name = name;
    try {
      // Without O_NONBLOCK, opening a pipe waits for somebody who writes to it.
      this.#descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      this.#refuse(error);
    }
    const stat = fstatSync(this.#descriptor);
    this.size = stat.size;
    if (stat.isFile()) return;
    this.close();
    fatal(`${name} is not a regular file`);
  }

  /**
   * Reads what is at a position of the file.
   * @param target - filled, except where the file ends before
   * @param position - in bytes
   * @throws {FatalError} when the host cannot read it
   */
  read(target: Uint8Array, position: number): void {
    let done = 0;
    try {
      while (done < target.length) {
        const count = readSync(
          this.#descriptor,
          target,
          done,
          target.length - done,
          position + done,
        );
        if (count === 0) return;
        done += count;
      }
    } catch (error) {
      this.#refuse(error);
    }
  }

  /**
   * Reads the whole file piece by piece, showing progress.
   * @param take - gets each piece, which is its own only until it returns
   * @throws {FatalError} when the host cannot read it
   */
  forEachPiece(take: PieceTaker): void {
    const buffer = new Uint8Array(Math.min(this.size, PIECE));
    this.#inPieces((position, length) => {
      const piece = buffer.subarray(0, length);
      this.read(piece, position);
      take(piece, position);
    });
  }

  /** The whole file. @throws {FatalError} when the host cannot read it */
  readAll(): Uint8Array {
    const all = new Uint8Array(this.size);
    this.#inPieces((position, length) => {
      this.read(all.subarray(position, position + length), position);
    });
    return all;
  }

  #inPieces(visit: (position: number, length: number) => void): void {
    withProgress(`Loading ${basename(this.path)}`, this.size, advance => {
      for (let position = 0; position < this.size; position += PIECE) {
        const length = Math.min(PIECE, this.size - position);
        visit(position, length);
        advance(length);
      }
    });
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #refuse(error: unknown): never {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    fatal(
      code === 'ENOENT'
        ? `${this.#name} does not exist; check the path`
        : `${this.#name} cannot be read (${code})`,
    );
  }
}

/**
 * The contents of a file.
 * @throws {FatalError} when it is missing, no regular file, or not readable
 */
export function readImageFile(path: string): Uint8Array {
  const file = new ImageFile(path);
  try {
    return file.readAll();
  } finally {
    file.close();
  }
}
