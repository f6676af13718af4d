/** Writing a memory image: pages that are not zero, or that differ from those of the parent. */
import { writevSync } from 'node:fs';
import { startWriteback } from '../host/index';
import {
  ImagePageBytes,
  type ChangedPages,
  type MemoryImage,
  type MemoryImageSource,
  type PageRun,
} from '../sim/index';
import { layOutBatch, type BatchFrame } from './imageLayout';
import { Limits } from './limits';
import { proto, toWire } from './proto';
import { CHECKSUM_BYTES, digestOf, frameHead, sealRecord } from './record';
import { Xxh64 } from './xxh64';

/** Version of the file format of images. */
export const IMAGE_FORMAT_VERSION = 1;
/** Bytes that are written together: what a processor's cache holds. */
const PART_BYTES = 1024 * 1024;
/** What one writev(2) takes. */
const MAX_PIECES = 1024;

/** What was written. */
export interface WrittenImage {
  /** Digest at the end of the file. */
  readonly digest: bigint;
  /** Pages in the file. */
  readonly pages: number;
}

/** Told of every part of memory that is done, by its bytes. */
export type Progress = (bytes: number) => void;

/**
 * Writes an image.
 * @param descriptor - of an empty file
 * @param parent - the image that this one changes; absent: a full image
 * @throws {Error} what the system says when the file cannot be written
 */
export function writeImage(
  descriptor: number,
  source: MemoryImageSource,
  parent: MemoryImage | undefined,
  progress: Progress,
): WrittenImage {
  return new ImageWriting(descriptor, source, progress).write(parent);
}

class ImageWriting {
  readonly #descriptor: number;
  readonly #source: MemoryImageSource;
  readonly #progress: Progress;
  readonly #checksums: bigint[] = [];
  #records = 0;
  #position = 0;
  #pages = 0;
  #batch: ChangedPages[] = [];
  #batchPages = 0;
  #reported = 0;

  constructor(descriptor: number, source: MemoryImageSource, progress: Progress) {
    this.#descriptor = descriptor;
    this.#source = source;
    this.#progress = progress;
  }

  write(parent: MemoryImage | undefined): WrittenImage {
    const { size } = this.#source;
    this.#writeRecord({
      header: {
        ...{ formatVersion: IMAGE_FORMAT_VERSION, size, pageSize: ImagePageBytes },
        incremental: parent !== undefined,
      },
    });
    if (parent === undefined) {
      for (const { first, count } of this.#source.nonZeroPages()) {
        this.#add({ first, count, zero: false });
      }
    } else {
      for (const pages of this.#source.changedPages(parent)) this.#add(pages);
    }
    this.#writeBatch();
    const digest = digestOf(this.#checksums);
    this.#writeRecord({ end: { recordCount: this.#records, digest: toWire(digest) } });
    this.#report(size);
    return { digest, pages: this.#pages };
  }

  /** Adds pages to the batch, and writes it whenever it is full. */
  #add({ first, count, zero }: ChangedPages): void {
    for (let done = 0; done < count;) {
      const room = zero ? Infinity : Limits.batchPages - this.#batchPages;
      const part = Math.min(count - done, room);
      this.#addRun({ first: first + done, count: part, zero });
      if (!zero) this.#batchPages += part;
      done += part;
      const full =
        this.#batchPages >= Limits.batchPages || this.#batch.length >= Limits.batchRanges;
      if (full) this.#writeBatch();
    }
  }

  /** Pages that follow those before belong to them, so that the same pages give the same bytes. */
  #addRun(run: ChangedPages): void {
    const last = this.#batch.at(-1);
    if (last?.zero === run.zero && last.first + last.count === run.first) {
      this.#batch[this.#batch.length - 1] = { ...last, count: last.count + run.count };
    } else {
      this.#batch.push(run);
    }
  }

  #writeBatch(): void {
    if (this.#batch.length === 0) return;
    const range = this.#batch.filter(run => !run.zero);
    const zero = this.#batch.filter(run => run.zero);
    const dataBytes = this.#batchPages * ImagePageBytes;
    const runs = proto.PageBatch.encode({ range, zero }).finish();
    const frameWith = (dataChecksum: bigint): BatchFrame => {
      const checksum = range.length > 0 ? { dataChecksum: toWire(dataChecksum) } : {};
      const fields = Buffer.concat([runs, proto.PageBatch.encode(checksum).finish()]);
      return layOutBatch(this.#position, fields, dataBytes);
    };
    // The pages go to the file first: their checksum stands before them, and takes as much space
    // whatever it is, except that a message leaves zeros out.
    const { head, structure } = frameWith(1n);
    const dataAt = this.#position + head.length + CHECKSUM_BYTES + structure.length;
    const dataChecksum = this.#writeData(range, dataAt);
    const frame = frameWith(dataChecksum);
    const { record, checksum } = sealRecord(frame.structure);
    this.#checksums.push(checksum, dataChecksum);
    this.#records++;
    this.#writePieces([frame.head, record], this.#position);
    this.#position = dataAt + dataBytes;
    this.#pages += this.#batchPages;
    const last = this.#batch.at(-1);
    if (last !== undefined) this.#report((last.first + last.count) * ImagePageBytes);
    this.#batch = [];
    this.#batchPages = 0;
  }

  /** Writes pages, a little at a time: each part is fetched once, for the checksum and the file. */
  #writeData(range: readonly PageRun[], start: number): bigint {
    if (range.length === 0) return 0n;
    const hash = new Xxh64();
    let at = start;
    let part: Uint8Array[] = [];
    let bytes = 0;
    const flush = (): void => {
      this.#writePieces(part, at);
      // While the disk is busy with these pages, the next ones are looked at.
      startWriteback(this.#descriptor, at, bytes);
      at += bytes;
      part = [];
      bytes = 0;
    };
    for (const run of range) {
      for (const whole of this.#source.bytes(run)) {
        for (let done = 0; done < whole.length; done += PART_BYTES) {
          const piece = whole.subarray(done, done + PART_BYTES);
          hash.update(piece);
          part.push(piece);
          bytes += piece.length;
          if (bytes >= PART_BYTES || part.length >= MAX_PIECES) flush();
        }
      }
    }
    flush();
    return hash.digest();
  }

  #report(bytes: number): void {
    this.#progress(bytes - this.#reported);
    this.#reported = bytes;
  }

  #writeRecord(body: Omit<proto.ImageRecord.$Properties, 'checksum'>): void {
    const { record, checksum } = sealRecord(proto.ImageRecord.encode(body).finish());
    this.#checksums.push(checksum);
    this.#records++;
    this.#position = this.#writePieces([frameHead(record.length), record], this.#position);
  }

  /** Writes pieces to a place. @returns the offset behind them */
  #writePieces(pieces: readonly Uint8Array[], start: number): number {
    let rest = pieces.filter(piece => piece.length > 0);
    let at = start;
    while (rest.length > 0) {
      // The system may take fewer bytes than it is given.
      let written = writevSync(this.#descriptor, rest.slice(0, MAX_PIECES), at);
      at += written;
      const whole = rest.findIndex(piece => (written -= piece.length) < 0);
      if (whole < 0) return at;
      const piece = rest[whole] ?? new Uint8Array(0);
      rest = [piece.subarray(piece.length + written), ...rest.slice(whole + 1)];
    }
    return at;
  }
}
