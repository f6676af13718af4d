/** Where the parts of a record with pages lie in its file. */
import { ImagePageBytes } from '../sim/index';
import { CHECKSUM_BYTES, frameHead, varint } from './record';

/** Tags of ImageRecord.pages, PageBatch.padding and PageBatch.data. */
export const PAGES_TAG = 0x1a;
export const PADDING_TAG = 0x72;
export const DATA_TAG = 0x7a;

/** A record with pages, without the pages themselves. */
export interface BatchFrame {
  /** What stands in the file before the record: tag and length. */
  readonly head: Uint8Array;
  /** The record from its byte 9 on, up to the content of `data`. */
  readonly structure: Uint8Array;
}

const varintBytes = (value: number): number => varint(value).length;

/**
 * Lays out a record so that its pages begin at a multiple of the page size in the file.
 * @param start - offset in the file at which the frame begins
 * @param fields - the encoded PageBatch without padding and data
 * @param dataBytes - bytes of all pages, 0 for none
 */
export function layOutBatch(start: number, fields: Uint8Array, dataBytes: number): BatchFrame {
  if (dataBytes === 0) return frame(fields, new Uint8Array(0), 0);
  // Longer padding makes lengths longer in turn: a target that cannot be met is followed by the next.
  const least = start + 40 + fields.length;
  let target = Math.ceil(least / ImagePageBytes) * ImagePageBytes;
  for (; ; target += ImagePageBytes) {
    for (const lengthBytes of [1, 2]) {
      const rest = target - start - lengthBytes;
      const padding = paddingFor(rest, fields.length, dataBytes);
      if (padding < 0 || varintBytes(padding) !== lengthBytes) continue;
      const result = frame(fields, beforeData(padding, dataBytes), dataBytes);
      if (start + result.head.length + CHECKSUM_BYTES + result.structure.length === target) {
        return result;
      }
    }
  }
}

/** The padding that fills up `rest` bytes of frame, given that the outer lengths are as they will be. */
function paddingFor(rest: number, fieldBytes: number, dataBytes: number): number {
  const inner = fieldBytes + 2 + varintBytes(dataBytes); // and the tags of padding and data
  const about = rest + dataBytes;
  const outer = 1 + varintBytes(about) + CHECKSUM_BYTES + 1 + varintBytes(about);
  return rest - inner - outer;
}

/** The padding, and what stands before the content of `data`. */
function beforeData(padding: number, dataBytes: number): Uint8Array {
  const head = [PADDING_TAG, ...varint(padding)];
  const end = [DATA_TAG, ...varint(dataBytes)];
  const bytes = new Uint8Array(head.length + padding + end.length);
  bytes.set(head);
  bytes.set(end, head.length + padding);
  return bytes;
}

function frame(fields: Uint8Array, tail: Uint8Array, dataBytes: number): BatchFrame {
  const batchBytes = fields.length + tail.length + dataBytes;
  const structure = Buffer.concat([Uint8Array.of(PAGES_TAG, ...varint(batchBytes)), fields, tail]);
  const recordBytes = CHECKSUM_BYTES + structure.length + dataBytes;
  return { head: frameHead(recordBytes), structure };
}
