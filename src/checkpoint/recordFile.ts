/** Reading a file of records, with every length checked before memory is taken for it. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CheckpointError, fileError } from './checkpointError';
import { MAX_VARINT_BYTES, parseVarint, RECORD_TAG } from './record';

/** Where a record lies in its file, in bytes. */
export interface RecordPlace {
  readonly offset: number;
  readonly length: number;
}

/** Small reads are served from so many bytes that are read together. */
const WINDOW_BYTES = 16 * 1024;

/** A file of a checkpoint, open for reading. */
export class RecordFile {
  readonly path: string;
  /** Bytes in the file. */
  readonly size: number;
  readonly #descriptor: number;
  #position = 0;
  /** Part of the file, and its offset. */
  #window = new Uint8Array(0);
  #windowStart = 0;

  /** @throws {CheckpointError} when the file cannot be opened or is no regular file. */
  constructor(path: string) {
    this.path = path;
    try {
      this.#descriptor = openSync(path, 'r');
    } catch (error) {
      throw fileError(path, 'opening it', error);
    }
    const stat = fstatSync(this.#descriptor);
    this.size = stat.size;
    if (stat.isFile()) return;
    this.close();
    throw new CheckpointError({ file: path }, 'it is no regular file');
  }

  /** Where the next record is; undefined at the end of the file. */
  next(): RecordPlace | undefined {
    const start = this.#position;
    if (start === this.size) return undefined;
    const head = this.read(start, Math.min(1 + MAX_VARINT_BYTES, this.size - start));
    if (head[0] !== RECORD_TAG) this.fail(start, 'here should be the beginning of a record');
    const length = parseVarint(head.subarray(1));
    if (length === undefined) return this.fail(start, 'the length of a record is damaged');
    const offset = start + 1 + length.length;
    if (length.value > this.size - offset) {
      const there = `${String(this.size - offset)} bytes are left`;
      this.fail(start, `a record of ${String(length.value)} bytes is cut off: ${there}`);
    }
    this.#position = offset + length.value;
    return { offset, length: length.value };
  }

  /** Bytes of the file, for reading only. @throws {CheckpointError} when the file has become shorter */
  read(offset: number, length: number): Uint8Array {
    if (length > WINDOW_BYTES) {
      const bytes = new Uint8Array(length);
      this.readInto(bytes, offset);
      return bytes;
    }
    const start = this.#windowStart;
    if (offset < start || offset + length > start + this.#window.length) {
      const window = new Uint8Array(Math.max(length, Math.min(WINDOW_BYTES, this.size - offset)));
      this.readInto(window, offset);
      this.#window = window;
      this.#windowStart = offset;
    }
    const at = offset - this.#windowStart;
    return this.#window.subarray(at, at + length);
  }

  /** Fills `target` with bytes of the file. @throws {CheckpointError} as {@link read} */
  readInto(target: Uint8Array, offset: number): void {
    let done = 0;
    while (done < target.length) {
      let count: number;
      try {
        count = readSync(this.#descriptor, target, done, target.length - done, offset + done);
      } catch (error) {
        throw fileError(this.path, 'reading it', error);
      }
      if (count === 0) this.fail(offset + done, 'the file ends here, in the middle of a record');
      done += count;
    }
  }

  /** @throws {CheckpointError} always, naming the file and the offset. */
  fail(offset: number, message: string): never {
    throw new CheckpointError({ file: this.path, offset }, message);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Does something with a file of records, and closes it. */
export function withRecordFile<Result>(path: string, body: (file: RecordFile) => Result): Result {
  const file = new RecordFile(path);
  try {
    return body(file);
  } finally {
    file.close();
  }
}
