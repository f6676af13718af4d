/**
 * Records: the pieces that the files of a checkpoint consist of. A record begins with its checksum;
 * in the file, a tag and its length stand before it, so that the whole file is one message.
 */
import { xxh64 } from './xxh64';

/** Tag of the field `record = 1` of both kinds of file. */
export const RECORD_TAG = 0x0a;
/** Tag of the field `checksum = 1` of both kinds of record. */
const CHECKSUM_TAG = 0x09;
/** Bytes of a record before what the checksum covers. */
export const CHECKSUM_BYTES = 9;
/** A varint of 64 bits has no more bytes. */
export const MAX_VARINT_BYTES = 10;

/** The bytes of a varint. @param value - from 0 to 2^53 */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** A varint at the beginning of `bytes`: its value and its length; undefined when there is none. */
export function parseVarint(bytes: Uint8Array): { value: number; length: number } | undefined {
  let value = 0;
  for (let i = 0; i < Math.min(bytes.length, MAX_VARINT_BYTES); i++) {
    const byte = bytes[i] ?? 0;
    value += (byte % 0x80) * 2 ** (7 * i);
    if (byte < 0x80) return { value, length: i + 1 };
  }
  return undefined;
}

/** A record with its checksum. @param body - all but the checksum's field */
export function sealRecord(body: Uint8Array): { record: Uint8Array; checksum: bigint } {
  const record = new Uint8Array(CHECKSUM_BYTES + body.length);
  record.set(body, CHECKSUM_BYTES);
  const checksum = xxh64(body);
  record[0] = CHECKSUM_TAG;
  new DataView(record.buffer).setBigUint64(1, checksum, true);
  return { record, checksum };
}

/**
 * The checksum of a record, compared.
 * @param record - the record, or as much of it as the checksum covers
 * @returns the checksum; undefined when it is wrong or missing
 */
export function checkRecord(record: Uint8Array): bigint | undefined {
  if (record.length < CHECKSUM_BYTES || record[0] !== CHECKSUM_TAG) return undefined;
  const checksum = new DataView(record.buffer, record.byteOffset).getBigUint64(1, true);
  return xxh64(record.subarray(CHECKSUM_BYTES)) === checksum ? checksum : undefined;
}

/** What stands in a file before a record of so many bytes. */
export function frameHead(recordBytes: number): Uint8Array {
  return Uint8Array.from([RECORD_TAG, ...varint(recordBytes)]);
}

/** The digest of a file's end: the checksum of checksums. */
export function digestOf(checksums: readonly bigint[]): bigint {
  return xxh64(new Uint8Array(BigUint64Array.from(checksums).buffer));
}
