/** Reading the structure of a memory image, and, when asked, checking the pages in it. */
import { Reader } from 'protobufjs/minimal';
import { ImagePageBytes, type PageRun } from '../sim/index';
import { CheckpointError } from './checkpointError';
import { DATA_TAG, PAGES_TAG } from './imageLayout';
import { IMAGE_FORMAT_VERSION, type ImageBatch, type ImageStructure } from './imageStructure';
import { Limits } from './limits';
import { proto, toBigint, toNumber } from './proto';
import { CHECKSUM_BYTES, checkRecord, digestOf } from './record';
import { withRecordFile, type RecordFile, type RecordPlace } from './recordFile';
import { Xxh64 } from './xxh64';

/**
 * Reads the structure of an image file: its time does not depend on how much memory is in it.
 * @throws {CheckpointError} when it is damaged, or newer than this mini-gem5; with file and offset
 */
export function readImage(path: string): ImageStructure {
  return withRecordFile(path, file => new ImageReading(file).read());
}

/**
 * Reads an image file and checks every page in it.
 * @param progress - told how many bytes of the file have been checked
 * @throws {CheckpointError} as {@link readImage}
 */
export function verifyImage(path: string, progress: (bytes: number) => void): ImageStructure {
  return withRecordFile(path, file => {
    const image = new ImageReading(file).read();
    const piece = new Uint8Array(256 * 1024);
    for (const { dataOffset, dataBytes, dataChecksum } of image.batches) {
      if (dataBytes === 0) continue;
      const hash = new Xxh64();
      for (let done = 0; done < dataBytes; done += piece.length) {
        const part = piece.subarray(0, Math.min(piece.length, dataBytes - done));
        file.readInto(part, dataOffset + done);
        hash.update(part);
      }
      if (hash.digest() !== dataChecksum) {
        file.fail(dataOffset, 'pages of memory are damaged: wrong checksum');
      }
      progress(dataOffset + dataBytes);
    }
    return image;
  });
}

/** Enough for a record with one range of pages, its padding included. */
const FIRST_BYTES = 4608;

class ImageReading {
  readonly #file: RecordFile;
  readonly #checksums: bigint[] = [];
  readonly #batches: ImageBatch[] = [];
  #records = 0;
  #header: { readonly size: number; readonly incremental: boolean } | undefined;
  #digest: bigint | undefined;
  /** The first page that has not been named yet. */
  #nextPage = 0;

  constructor(file: RecordFile) {
    this.#file = file;
  }

  read(): ImageStructure {
    const file = this.#file;
    for (let place = file.next(); place !== undefined; place = file.next()) this.#take(place);
    const header = this.#header;
    const digest = this.#digest;
    if (header === undefined || digest === undefined) {
      return file.fail(file.size, 'the file is cut off here');
    }
    return { path: file.path, ...header, batches: this.#batches, digest };
  }

  #take({ offset, length }: RecordPlace): void {
    const file = this.#file;
    if (this.#digest !== undefined) file.fail(offset, 'there is something behind the last record');
    // Most records say where their pages are within a few bytes; the pages are not to be read.
    let start = file.read(offset, Math.min(length, FIRST_BYTES));
    let dataAt = start.length < length ? this.#tryFindData(start, offset, length) : undefined;
    if (dataAt === undefined) {
      start = file.read(offset, Math.min(length, Limits.batchStructureBytes));
      dataAt = this.#findData(start, offset, length);
    }
    const structure = dataAt === undefined ? start : start.subarray(0, dataAt);
    if (dataAt === undefined && start.length < length) file.fail(offset, 'a record is too large');
    const checksum = checkRecord(structure);
    if (checksum === undefined) return file.fail(offset, 'the record is damaged: wrong checksum');
    if (dataAt === undefined) {
      this.#takeRecord(this.#decode(start, offset), checksum, offset);
    } else {
      this.#takePages(structure, checksum, offset, length);
    }
  }

  /** As {@link #findData}, with so little of the record that it may not be found. */
  #tryFindData(start: Uint8Array, offset: number, length: number): number | undefined {
    try {
      return this.#findData(start, offset, length);
    } catch (error) {
      if (error instanceof CheckpointError) return undefined;
      throw error;
    }
  }

  /**
   * The offset in a record of the content of `PageBatch.data`.
   * @param start - the record, or its beginning when it is long
   * @returns undefined for a record without
   */
  #findData(start: Uint8Array, offset: number, length: number): number | undefined {
    if (start[CHECKSUM_BYTES] !== PAGES_TAG) return undefined;
    try {
      const reader = Reader.create(start);
      reader.pos = CHECKSUM_BYTES + 1;
      if (reader.uint32() + reader.pos !== length) {
        return this.#file.fail(offset, 'the record is not of one piece');
      }
      while (reader.pos < Math.min(reader.len, length)) {
        const tag = reader.uint32();
        if (tag !== DATA_TAG) {
          reader.skipType(tag & 7);
          continue;
        }
        const bytes = reader.uint32();
        if (reader.pos + bytes === length) return reader.pos;
        return this.#file.fail(offset, 'pages are not the last thing in the record');
      }
      return undefined;
    } catch (error) {
      return this.#damaged(offset, error);
    }
  }

  #damaged(offset: number, error: unknown): never {
    if (error instanceof CheckpointError) throw error;
    return this.#file.fail(offset, `the record is damaged: ${(error as Error).message}`);
  }

  #decode(record: Uint8Array, offset: number): proto.ImageRecord {
    try {
      return proto.ImageRecord.decode(record);
    } catch (error) {
      return this.#damaged(offset, error);
    }
  }

  #takeRecord(record: proto.ImageRecord, checksum: bigint, offset: number): void {
    const { header, pages, end } = record;
    const file = this.#file;
    if ((this.#header === undefined) !== (header !== null)) {
      file.fail(offset, 'the header is not where it should be, at the beginning');
    }
    if (header !== null) {
      this.#takeHeader(header, offset);
    } else if (pages !== null) {
      this.#addBatch(pages, 0, 0, offset);
      this.#checksums.push(checksum, 0n);
      this.#records++;
      return;
    } else if (end !== null) {
      this.#takeEnd(end, offset);
    } else {
      file.fail(offset, 'the record is of a kind unknown to this mini-gem5');
    }
    this.#checksums.push(checksum);
    this.#records++;
  }

  #takeHeader(header: proto.ImageHeader, offset: number): void {
    const file = this.#file;
    const { formatVersion, pageSize, incremental } = header;
    if (formatVersion !== IMAGE_FORMAT_VERSION) {
      const known = `this mini-gem5 reads version ${String(IMAGE_FORMAT_VERSION)}`;
      file.fail(offset, `the file format has version ${String(formatVersion)}; ${known}`);
    }
    if (pageSize !== ImagePageBytes) file.fail(offset, `pages of ${String(pageSize)} bytes`);
    const size = toNumber(header.size);
    if (size > Limits.imageBytes || size % ImagePageBytes !== 0) {
      file.fail(offset, `a memory of ${String(size)} bytes is none that there can be`);
    }
    this.#header = { size, incremental };
  }

  #takePages(structure: Uint8Array, checksum: bigint, offset: number, length: number): void {
    if (this.#header === undefined) this.#file.fail(offset, 'pages come before the header');
    // The message ends before the field `data`, whose content is not in `structure`.
    const dataBytes = length - structure.length;
    const batch = this.#decodePages(structure, offset);
    const dataChecksum = toBigint(batch.dataChecksum);
    this.#addBatch(batch, offset + structure.length, dataBytes, offset);
    this.#checksums.push(checksum, dataChecksum);
    this.#records++;
  }

  #decodePages(structure: Uint8Array, offset: number): proto.PageBatch {
    try {
      const reader = Reader.create(structure);
      reader.pos = CHECKSUM_BYTES + 1;
      reader.uint32();
      const fields = structure.subarray(reader.pos);
      let end = 0;
      for (const walk = Reader.create(fields); walk.pos < walk.len;) {
        end = walk.pos;
        const tag = walk.uint32();
        if (tag === DATA_TAG) break;
        walk.skipType(tag & 7);
      }
      return proto.PageBatch.decode(fields.subarray(0, end));
    } catch (error) {
      return this.#damaged(offset, error);
    }
  }

  #addBatch(batch: proto.PageBatch, dataOffset: number, dataBytes: number, offset: number): void {
    const file = this.#file;
    const { range, zero } = batch;
    if (range.length > Limits.batchRanges || zero.length > Limits.batchRanges) {
      file.fail(offset, 'the record names too many ranges of pages');
    }
    const ranges = range.map(toRun);
    const zeros = zero.map(toRun);
    if (ranges.length + zeros.length === 0) file.fail(offset, 'the record names no pages');
    this.#checkOrder(ranges, zeros, offset);
    const pages = ranges.reduce((sum, run) => sum + run.count, 0);
    if (pages > Limits.batchPages) file.fail(offset, 'the record has too many pages');
    if (pages * ImagePageBytes !== dataBytes) {
      file.fail(offset, `the record has ${String(dataBytes)} bytes for ${String(pages)} pages`);
    }
    if (dataOffset % ImagePageBytes !== 0) {
      file.fail(offset, `pages begin at byte ${String(dataOffset)}, which is no page border`);
    }
    if (zeros.length > 0 && this.#header?.incremental !== true) {
      file.fail(offset, 'a full image names pages that are zero');
    }
    const dataChecksum = toBigint(batch.dataChecksum);
    this.#batches.push({ ranges, zeros, dataOffset, dataBytes, dataChecksum });
  }

  /** All pages of all batches are in ascending order, and none is named twice. */
  #checkOrder(ranges: readonly PageRun[], zeros: readonly PageRun[], offset: number): void {
    const pages = (this.#header?.size ?? 0) / ImagePageBytes;
    for (const list of [ranges, zeros]) {
      const late = list.find((run, i) => run.first < (list[i - 1]?.first ?? 0));
      if (late !== undefined) {
        this.#file.fail(offset, `pages from ${String(late.first)} on are out of order`);
      }
    }
    for (const { first, count } of [...ranges, ...zeros].sort((a, b) => a.first - b.first)) {
      if (count < 1 || first < this.#nextPage || first + count > pages) {
        const what = `${String(count)} pages from ${String(first)} on`;
        this.#file.fail(offset, `${what} are out of order, or not in the memory`);
      }
      this.#nextPage = first + count;
    }
  }

  #takeEnd({ recordCount, digest }: proto.ImageEnd, offset: number): void {
    const expected = digestOf(this.#checksums);
    if (toNumber(recordCount) !== this.#records || toBigint(digest) !== expected) {
      this.#file.fail(offset, 'records are missing, or are not those that were written');
    }
    this.#digest = expected;
  }
}

function toRun({ first, count }: proto.PageRange): PageRun {
  return { first: toNumber(first), count: toNumber(count) };
}
