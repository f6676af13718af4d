/** Writing a memory image: pages that are not zero, or that differ from those of the parent. */
import { writeSync } from 'node:fs';
import { startWriteback } from '../host/index';
import {
  ImagePageBytes,
  type ChangedPages,
  type MemoryImage,
  type MemoryImageSource,
  type PageRun,
} from '../sim/index';
import { identityOf, type FileIdentity } from './fileIdentity';
import { layOutBatch, type BatchFrame } from './imageLayout';
import { IMAGE_FORMAT_VERSION, type ImageBatch, type ImageStructure } from './imageStructure';
import { Limits } from './limits';
import { proto, toWire } from './proto';
import { CHECKSUM_BYTES, digestOf, frameHead, sealRecord } from './record';
import { Xxh64 } from './xxh64';

/** Bytes that the disk is told of together. */
const WRITEBACK_BYTES = 1024 * 1024;

/** What was written. */
export interface WrittenImage {
  /** What a reader would find in the file. */
  readonly structure: ImageStructure;
  /** Pages in the file. */
  readonly pages: number;
  /** Which file it is. */
  readonly identity: FileIdentity;
}

/** Told of every part of memory that is done, by its bytes. */
export type Progress = (bytes: number) => void;

/**
 * Writes an image.
 * @param file - an empty file: its descriptor, and the path that it will have
 * @param parent - the image that this one changes; absent: a full image
 * @throws {Error} what the system says when the file cannot be written
 */
export function writeImage(
  file: { readonly descriptor: number; readonly path: string },
  source: MemoryImageSource,
  parent: MemoryImage | undefined,
  progress: Progress,
): WrittenImage {
  const { descriptor, path } = file;
  const { batches, digest, pages } = new ImageWriting(descriptor, source, progress).write(parent);
  const structure = { path, size: source.size, incremental: parent !== undefined, batches, digest };
  return { structure, pages, identity: identityOf(descriptor) };
}

class ImageWriting {
  readonly #descriptor: number;
  readonly #source: MemoryImageSource;
  readonly #progress: Progress;
  readonly #checksums: bigint[] = [];
  #records = 0;
  #position = 0;
  #pages = 0;
  readonly #batches: ImageBatch[] = [];
  #batch: ChangedPages[] = [];
  #batchPages = 0;
  #reported = 0;

  constructor(descriptor: number, source: MemoryImageSource, progress: Progress) {
    this.#descriptor = descriptor;
    this.#source = source;
    this.#progress = progress;
  }

  write(parent: MemoryImage | undefined): {
    readonly batches: readonly ImageBatch[];
    readonly digest: bigint;
    readonly pages: number;
  } {
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
    return { batches: this.#batches, digest, pages: this.#pages };
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
    this.#write(Buffer.concat([frame.head, record]), this.#position);
    this.#batches.push({ ranges: range, zeros: zero, dataOffset: dataAt, dataBytes, dataChecksum });
    this.#position = dataAt + dataBytes;
    this.#pages += this.#batchPages;
    const last = this.#batch.at(-1);
    if (last !== undefined) this.#report((last.first + last.count) * ImagePageBytes);
    this.#batch = [];
    this.#batchPages = 0;
  }

  /**
   * Writes pages, a little at a time: each part is fetched once, for the checksum and the file, which
   * therefore agree.
   */
  #writeData(range: readonly PageRun[], start: number): bigint {
    if (range.length === 0) return 0n;
    let at = start;
    let begun = start;
    const beginWriteback = (): void => {
      startWriteback(this.#descriptor, begun, at - begun);
      begun = at;
    };
    const hash = new Xxh64(bytes => {
      at = this.#write(bytes, at);
      // While the disk is busy with these pages, the next ones are looked at.
      if (at - begun >= WRITEBACK_BYTES) beginWriteback();
    });
    for (const run of range) {
      for (const bytes of this.#source.bytes(run)) hash.update(bytes);
    }
    const checksum = hash.digest();
    if (at > begun) beginWriteback();
    return checksum;
  }

  #report(bytes: number): void {
    this.#progress(bytes - this.#reported);
    this.#reported = bytes;
  }

  #writeRecord(body: Omit<proto.ImageRecord.$Properties, 'checksum'>): void {
    const { record, checksum } = sealRecord(proto.ImageRecord.encode(body).finish());
    this.#checksums.push(checksum);
    this.#records++;
    this.#position = this.#write(Buffer.concat([frameHead(record.length), record]), this.#position);
  }

  /** Writes bytes to a place, of which the system may take fewer at a time. @returns the offset behind them */
  #write(bytes: Uint8Array, start: number): number {
    let at = start;
    for (let done = 0; done < bytes.length; at = start + done) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, at);
    }
    return at;
  }
}
