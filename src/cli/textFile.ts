/** A text file that is written while the simulation runs, compressed if its name ends in .gz. */
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { fatal } from '../base/index';
import { GzipPieces } from './gzipPieces';

/** The file gets its text in pieces of about this many characters. */
const PIECE = 1 << 16;

/** Holds back one piece of text at most. */
export class TextFile {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #gzip: GzipPieces | null;
  readonly #ending: string;
  /** Where the next piece goes, or null to put it behind the last. */
  #position: number | null = null;
  #pending: string[] = [];
  #length = 0;
  #isOpen = true;

  /**
   * @param path - replaced if it exists
   * @param ending - closes the text. In a plain file it stands behind every piece until the next one
   *   takes its place, so that the text is whole however the process ends.
   * @throws {FatalError} when it cannot be written
   */
  constructor(path: string, ending = '') {
    this.#path = path;
    this.#ending = ending;
    this.#gzip = path.endsWith('.gz') ? new GzipPieces() : null;
    try {
      this.#descriptor = openSync(path, 'w');
      const hasPlaces = fstatSync(this.#descriptor).isFile();
      if (hasPlaces && ending !== '' && this.#gzip === null) this.#position = 0;
    } catch (error) {
      this.#refuse(error);
    }
    if (this.#gzip !== null) this.#put(this.#gzip.begin());
  }

  /**
   * Adds text. After {@link close} it is dropped.
   * @param text - whole by itself: what the ending may follow
   */
  write(text: string): void {
    if (!this.#isOpen) return;
    this.#pending.push(text);
    this.#length += text.length;
    if (this.#length >= PIECE) this.#writePiece();
  }

  /** Writes what is held back, except to a compressed file, where short pieces cost much room. */
  flush(): void {
    if (this.#isOpen && this.#gzip === null) this.#writePiece();
  }

  /** Writes what is held back, whatever the kind of file. */
  writeOut(): void {
    if (this.#isOpen) this.#writePiece();
  }

  /** Leaves the file as it is, to another process that has it open. What is held back is dropped. */
  abandon(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#descriptor);
  }

  /** Writes what is held back, and the ending. Further calls do nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#writePiece();
    const ending = Buffer.from(this.#ending);
    if (this.#gzip === null) {
      this.#put(ending);
    } else {
      this.#put(this.#gzip.piece(ending));
      this.#put(this.#gzip.end());
    }
    this.#isOpen = false;
    closeSync(this.#descriptor);
  }

  #writePiece(): void {
    if (this.#length === 0) return;
    const text = this.#pending.join('');
    this.#pending = [];
    this.#length = 0;
    if (this.#position === null) {
      const data = Buffer.from(text);
      this.#put(this.#gzip?.piece(data) ?? data);
    } else {
      this.#put(Buffer.from(text + this.#ending));
      this.#position += Buffer.byteLength(text);
    }
  }

  #put(data: Uint8Array): void {
    let done = 0;
    try {
      while (done < data.length) {
        const place = this.#position === null ? null : this.#position + done;
        done += writeSync(this.#descriptor, data, done, data.length - done, place);
      }
    } catch (error) {
      // The next attempt would fail too, and hide this one when the process ends by it.
      this.#isOpen = false;
      this.#refuse(error);
    }
  }

  #refuse(error: unknown): never {
    // Without Node's repetition of the path.
    const reason = error instanceof Error ? error.message.replace(/, \w+(?: '.*')?$/, '') : error;
    fatal(`cannot write '${this.#path}': ${String(reason)}`);
  }
}
