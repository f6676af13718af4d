/**
 * Compressing a text piece by piece into one gzip member. Compressed files that are several members,
 * one after the other, are as good by the standard, but viewers of timelines read only the first.
 *
 * Source: RFC 1952.
 */
import { constants, crc32, deflateRawSync } from 'node:zlib';

/** Magic number, deflate, no flags, no time, no hint, written on Unix. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);

/** Compresses one file. The pieces that it returns are to be written in order. */
export class GzipPieces {
  #checksum = 0;
  #length = 0;

  /** What the file begins with. */
  begin(): Uint8Array {
    return HEADER;
  }

  /** The next piece of the file. */
  piece(data: Uint8Array): Uint8Array {
    this.#checksum = crc32(data, this.#checksum);
    this.#length += data.length;
    // Ends at a byte's end, and leaves room for more.
    return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH });
  }

  /** What the file ends with. */
  end(): Uint8Array {
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.#checksum, 0);
    trailer.writeUInt32LE(this.#length % 2 ** 32, 4);
    return Buffer.concat([deflateRawSync(Buffer.alloc(0)), trailer]);
  }
}
