/** Building C structs before they are copied to a program. Little-endian, offsets in bytes. */

/** A buffer for one struct at a time. */
export class StructWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** @param capacity - bytes of the largest struct. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The bytes written so far. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Begins a struct of `size` bytes, all zero. */
  begin(size: number): this {
    this.#bytes.fill(0, 0, size);
    return this;
  }

  u16(offset: number, value: number): this {
    this.#view.setUint16(offset, value, true);
    return this;
  }

  /** The low 32 bits of a number. */
  u32(offset: number, value: number): this {
    this.#view.setUint32(offset, value, true);
    return this;
  }

  /** A number within ±2^53 as 64 bits. */
  i64(offset: number, value: number): this {
    this.#view.setUint32(offset, value >>> 0, true);
    this.#view.setInt32(offset + 4, Math.floor(value / 2 ** 32), true);
    return this;
  }

  u64(offset: number, value: bigint): this {
    this.#view.setBigUint64(offset, BigInt.asUintN(64, value), true);
    return this;
  }

  /** A string and zeros up to `size` bytes, cut so that one zero remains. */
  text(offset: number, value: string, size: number): this {
    const text = Buffer.from(value).subarray(0, size - 1);
    this.#bytes.fill(0, offset, offset + size);
    this.#bytes.set(text, offset);
    return this;
  }
}
