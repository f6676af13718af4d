/** Reading and writing `m5.cpt.pb`: everything of a checkpoint but the contents of memory. */
import { Reader } from 'protobufjs/minimal';
import { CheckpointError } from './checkpointError';
import { Limits } from './limits';
import { proto, toBigint, toNumber, toWire } from './proto';
import { CHECKSUM_BYTES, checkRecord, digestOf, frameHead, sealRecord } from './record';
import { withRecordFile, type RecordFile, type RecordPlace } from './recordFile';
import { decodeSection, encodeSection, sectionExcess } from './sectionCodec';
import type { SavedSection } from './sections';
import { xxh64 } from './xxh64';

/** The name of the file, in the directory of its checkpoint. */
export const CHECKPOINT_FILE = 'm5.cpt.pb';
/** Version of the file format. */
export const FORMAT_VERSION = 1;

/** The checkpoint that an incremental one builds upon. */
export interface ParentReference {
  /** Path of its directory, relative to the directory of the child. */
  readonly path: string;
  /** {@link CheckpointContent.digest} of it. */
  readonly digest: bigint;
}

/** An image that belongs to a checkpoint. */
export interface ImageReference {
  /** Name of the file, in the directory of the checkpoint. */
  readonly file: string;
  /** Bytes of memory. */
  readonly size: number;
  /** Digest at the end of the file. */
  readonly digest: bigint;
}

/** What m5.cpt.pb says. */
export interface CheckpointContent {
  readonly producer: string;
  /** Simulated time, in ticks. */
  readonly tick: number;
  /** In Hz. */
  readonly ticksPerSecond: number;
  readonly parent: ParentReference | undefined;
  /** The configuration, as config.json has it. */
  readonly configuration: string;
  readonly sections: ReadonlyMap<string, SavedSection>;
  readonly images: readonly ImageReference[];
}

type Body = Omit<proto.CheckpointRecord.$Properties, 'checksum'>;

/** The bytes of a file. @throws {CheckpointError} when it would be larger than it may be */
export function encodeCheckpoint(path: string, content: CheckpointContent): Uint8Array {
  const pieces: Uint8Array[] = [];
  const checksums: bigint[] = [];
  const add = (body: Body): void => {
    const bytes = proto.CheckpointRecord.encode(body).finish();
    if (body.section) checkSection(body.section.name ?? '', bytes);
    const { record, checksum } = sealRecord(bytes);
    checksums.push(checksum);
    pieces.push(frameHead(record.length), record);
  };
  const { producer, tick, ticksPerSecond, parent } = content;
  add({
    header: {
      ...{ formatVersion: FORMAT_VERSION, producer, tick, ticksPerSecond },
      ...(parent && { parent: { path: parent.path, digest: toWire(parent.digest) } }),
    },
  });
  add({ configuration: { json: content.configuration } });
  for (const [name, section] of content.sections) add({ section: encodeSection(name, section) });
  for (const { file, size, digest } of content.images) {
    add({ image: { file, size, digest: toWire(digest) } });
  }
  add({ end: { recordCount: checksums.length, digest: toWire(digestOf(checksums)) } });
  const bytes = Buffer.concat(pieces);
  if (bytes.length > Limits.fileBytes || checksums.length > Limits.records) {
    throw new CheckpointError({ file: path }, 'there is too much state for one checkpoint');
  }
  return bytes;
}

function checkSection(section: string, record: Uint8Array): void {
  const excess =
    record.length > Limits.recordBytes - CHECKSUM_BYTES
      ? `more than ${String(Limits.recordBytes)} bytes`
      : sectionExcess(messageIn(record) ?? record);
  if (excess === undefined) return;
  throw new CheckpointError({ section }, `it cannot be saved: it has ${excess}`);
}

/** Tag of the field `section` of a record. */
const SECTION_TAG = 0x22;

/** The message that is the only field of a record's body; undefined when it is not the only one. */
function messageIn(body: Uint8Array): Uint8Array | undefined {
  const reader = Reader.create(body);
  reader.uint32();
  const message = reader.bytes();
  return reader.pos === reader.len ? message : undefined;
}

/** What m5.cpt.pb says, and the checksum of the whole file. */
export interface CheckpointFileContent extends CheckpointContent {
  /** XXH64 of the whole file: which checkpoint it is. */
  readonly digest: bigint;
}

/**
 * Reads m5.cpt.pb.
 * @param path - of the file
 * @throws {CheckpointError} when it is damaged, or newer than this mini-gem5; with file and offset, or
 *   section and key
 */
export function readCheckpointFile(path: string): CheckpointFileContent {
  return withRecordFile(path, file => {
    if (file.size > Limits.fileBytes) {
      file.fail(0, `the file is larger than ${String(Limits.fileBytes)} bytes`);
    }
    return new FileReading(file).read();
  });
}

/**
 * The checkpoint that one builds upon, undefined for a full one; of the file no more is read.
 * @throws {CheckpointError} as {@link readCheckpointFile}
 */
export function readParent(path: string): ParentReference | undefined {
  return withRecordFile(path, file => new FileReading(file).readParent());
}

class FileReading {
  readonly #file: RecordFile;
  readonly #checksums: bigint[] = [];
  readonly #sections = new Map<string, SavedSection>();
  readonly #images: ImageReference[] = [];
  #header: proto.CheckpointHeader | undefined;
  #configuration = '';
  #ended = false;

  constructor(file: RecordFile) {
    this.#file = file;
  }

  read(): CheckpointFileContent {
    const file = this.#file;
    for (let place = file.next(); place !== undefined; place = file.next()) this.#take(place);
    const header = this.#header;
    if (header === undefined || !this.#ended)
      return file.fail(file.size, 'the file is cut off here');
    return {
      producer: header.producer,
      tick: toNumber(header.tick),
      ticksPerSecond: toNumber(header.ticksPerSecond),
      parent: parentOf(header),
      configuration: this.#configuration,
      sections: this.#sections,
      images: this.#images,
      digest: xxh64(file.read(0, file.size)),
    };
  }

  readParent(): ParentReference | undefined {
    const place = this.#file.next();
    if (place !== undefined) this.#take(place);
    return this.#header && parentOf(this.#header);
  }

  #take(place: RecordPlace): void {
    const { offset } = place;
    const file = this.#file;
    if (this.#ended) file.fail(offset, 'there is something behind the last record');
    if (place.length > Limits.recordBytes) {
      file.fail(offset, `a record has more than ${String(Limits.recordBytes)} bytes`);
    }
    if (this.#checksums.length >= Limits.records) {
      file.fail(offset, `the file has more than ${String(Limits.records)} records`);
    }
    const bytes = file.read(offset, place.length);
    const checksum = checkRecord(bytes);
    if (checksum === undefined) return file.fail(offset, 'the record is damaged: wrong checksum');
    this.#takeBody(this.#decode(bytes, offset), offset);
    this.#checksums.push(checksum);
  }

  #decode(bytes: Uint8Array, offset: number): proto.CheckpointRecord {
    const file = this.#file;
    try {
      const body = bytes.subarray(CHECKSUM_BYTES);
      const message = messageIn(body);
      if (message === undefined) return file.fail(offset, 'the record is not of one piece');
      const excess = body[0] === SECTION_TAG ? sectionExcess(message) : undefined;
      if (excess !== undefined) file.fail(offset, `a section has ${excess}`);
      return proto.CheckpointRecord.decode(bytes);
    } catch (error) {
      if (error instanceof CheckpointError) throw error;
      return file.fail(offset, `the record is damaged: ${(error as Error).message}`);
    }
  }

  #takeBody(record: proto.CheckpointRecord, offset: number): void {
    const { header, configuration, section, image, end } = record;
    if ((this.#header === undefined) !== (header !== null)) {
      this.#file.fail(offset, 'the header is not where it should be, at the beginning');
    }
    if (header !== null) this.#takeHeader(header, offset);
    else if (configuration !== null) this.#configuration = configuration.json;
    else if (section !== null) this.#takeSection(section, offset);
    else if (image !== null) this.#takeImage(image, offset);
    else if (end !== null) this.#takeEnd(end, offset);
    else this.#file.fail(offset, 'the record is of a kind unknown to this mini-gem5');
  }

  #takeHeader(header: proto.CheckpointHeader, offset: number): void {
    const { formatVersion } = header;
    if (formatVersion !== FORMAT_VERSION) {
      const known = `this mini-gem5 reads version ${String(FORMAT_VERSION)}`;
      this.#file.fail(offset, `the file format has version ${String(formatVersion)}; ${known}`);
    }
    for (const value of [header.tick, header.ticksPerSecond]) {
      if (!Number.isSafeInteger(toNumber(value)))
        this.#file.fail(offset, 'the time is beyond 2^53');
    }
    this.#header = header;
  }

  #takeSection(section: proto.Section, offset: number): void {
    if (this.#sections.has(section.name)) {
      this.#file.fail(offset, `the section '${section.name}' is there twice`);
    }
    this.#sections.set(section.name, decodeSection(section));
  }

  #takeImage({ file, size, digest }: proto.ImageReference, offset: number): void {
    const bytes = toNumber(size);
    if (!/^\w[\w.-]*$/.test(file)) this.#file.fail(offset, `'${file}' is no name of an image`);
    if (bytes > Limits.imageBytes) this.#file.fail(offset, `the image '${file}' is too large`);
    if (this.#images.some(image => image.file === file)) {
      this.#file.fail(offset, `the image '${file}' is there twice`);
    }
    this.#images.push({ file, size: bytes, digest: toBigint(digest) });
  }

  #takeEnd({ recordCount, digest }: proto.CheckpointEnd, offset: number): void {
    const agrees =
      toNumber(recordCount) === this.#checksums.length &&
      toBigint(digest) === digestOf(this.#checksums);
    if (!agrees) this.#file.fail(offset, 'records are missing, or are not those that were written');
    this.#ended = true;
  }
}

function parentOf({ parent }: proto.CheckpointHeader): ParentReference | undefined {
  return parent === null ? undefined : { path: parent.path, digest: toBigint(parent.digest) };
}
