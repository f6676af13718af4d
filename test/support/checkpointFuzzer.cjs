/**
 * Target of the coverage-guided fuzzer (`npm run fuzz:checkpoint`), which a test has go through the
 * fuzzer's corpus: makes a checkpoint of any bytes and reads it. Whatever is wrong with it must be a
 * CheckpointError.
 *
 * A checksum would stop nearly every input at the door. So an input is a list of records without
 * theirs, which are added here: a byte that says what becomes of them, then for each record its length
 * in two bytes and the record.
 */
const { Buffer } = require('node:buffer');
const {
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const dist = join(__dirname, '..', '..', 'dist', 'checkpoint');
const { CheckpointError, openCheckpoint, verifyCheckpoint } = require(join(dist, 'index.js'));
const { encodeCheckpoint } = require(join(dist, 'checkpointFile.js'));
const { layOutBatch, PAGES_TAG } = require(join(dist, 'imageLayout.js'));
const { proto, toWire } = require(join(dist, 'proto.js'));
const { digestOf, frameHead, sealRecord } = require(join(dist, 'record.js'));

const IMAGE = 'memory.img';
const PAGE_BYTES = 4096;
/** Pages that are put behind a record; more are not there. */
const MOST_PAGES = 8;
const DATA_CHECKSUM = 0x1234n;

/** Bits of the first byte. */
const Mode = { image: 1, raw: 2, noEnd: 4 };

const folder = mkdtempSync(join(tmpdir(), 'mini-gem5-fuzz-'));
process.once('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

/** The records of an input. */
function* recordsOf(data) {
  for (let at = 0; at + 2 <= data.length;) {
    const length = data.readUInt16LE(at);
    yield data.subarray(at + 2, at + 2 + length);
    at += 2 + length;
  }
}

/** How many pages a record of an image names, and the message that names them; 0 for another record. */
function batchOf(body) {
  try {
    if (body[0] !== PAGES_TAG) return { pages: 0 };
    const record = proto.ImageRecord.decode(body);
    const { range, zero } = record.pages;
    const fields = proto.PageBatch.encode({ range, zero, dataChecksum: toWire(DATA_CHECKSUM) });
    const pages = range.reduce((sum, { count }) => sum + Number(count), 0);
    return { pages: Math.min(pages, MOST_PAGES), fields: fields.finish() };
  } catch {
    return { pages: 0 };
  }
}

/** A file of the records, with all checksums right, and the digest at its end. */
function seal(records, isImage, hasEnd) {
  const pieces = [];
  const checksums = [];
  let position = 0;
  let count = 0;
  const add = (...bytes) => {
    for (const piece of bytes) {
      pieces.push(piece);
      position += piece.length;
    }
  };
  for (const body of records) {
    count++;
    const { pages, fields } = isImage ? batchOf(body) : { pages: 0 };
    if (pages > 0) {
      const { head, structure } = layOutBatch(position, fields, pages * PAGE_BYTES);
      const { record, checksum } = sealRecord(structure);
      checksums.push(checksum, DATA_CHECKSUM);
      add(Uint8Array.from(head), record, new Uint8Array(pages * PAGE_BYTES));
    } else {
      const { record, checksum } = sealRecord(body);
      checksums.push(checksum);
      if (isImage && body[0] === PAGES_TAG) checksums.push(0n);
      add(frameHead(record.length), record);
    }
  }
  const digest = digestOf(checksums);
  if (hasEnd) {
    const end = { end: { recordCount: count, digest: toWire(digest) } };
    const message = isImage ? proto.ImageRecord : proto.CheckpointRecord;
    const { record } = sealRecord(message.encode(end).finish());
    add(frameHead(record.length), record);
  }
  return { bytes: Buffer.concat(pieces), digest };
}

/** A checkpoint around an image. */
function around(digest) {
  return encodeCheckpoint('', {
    ...{ producer: '', tick: 0, ticksPerSecond: 1, parent: undefined, configuration: '' },
    sections: new Map(),
    images: [{ file: IMAGE, size: 16 * PAGE_BYTES, digest }],
  });
}

/** Reads a checkpoint in every way there is. @returns 'read', or the error that says what is wrong */
function read(directory) {
  try {
    const { sections } = openCheckpoint(directory);
    for (const name of sections.sectionNames()) sections.section(name);
    verifyCheckpoint(directory);
    return 'read';
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    if (error.file === undefined && error.section === undefined) throw error;
    return error.message;
  }
}

/** One input. @returns what {@link read} says */
function fuzz(data) {
  const mode = data[0] ?? 0;
  const isImage = (mode & Mode.image) !== 0;
  const rest = data.subarray(1);
  const { bytes, digest } =
    (mode & Mode.raw) !== 0
      ? { bytes: rest, digest: 0n }
      : seal(recordsOf(rest), isImage, (mode & Mode.noEnd) === 0);
  const directory = join(folder, 'cpt');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'm5.cpt.pb'), isImage ? around(digest) : bytes);
  writeFileSync(join(directory, IMAGE), isImage ? bytes : '');
  return read(directory);
}

module.exports = { fuzz };

// By itself: goes through a folder of inputs, and prints what became of each, as JSON.
if (require.main === module) {
  const corpus = process.argv[2];
  const results = readdirSync(corpus).map(name => {
    const data = readFileSync(join(corpus, name));
    const before = process.memoryUsage();
    const said = fuzz(data);
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    const bytes = arrayBuffers - before.arrayBuffers + heapUsed - before.heapUsed;
    return { name, said, bytes };
  });
  console.log(JSON.stringify(results));
}
